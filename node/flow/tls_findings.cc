#include "node/flow/tls_findings.h"

#include <fmt/format.h>

#include "crypto/keys/certificate.h"
#include "node/flow/tls_material.h"
#include "node/net/tls_context.h"

namespace culvert::node {
namespace {

using Weight = Finding::Weight;

constexpr const char* kCertificateKey = "smtp.tls_certificate";
constexpr const char* kKeyKey = "smtp.tls_key";

bool is_there(const std::filesystem::path& file) {
  std::error_code error;
  return std::filesystem::is_regular_file(file, error);
}

// Why servers that verify refuse a certificate.
struct Fault {
  std::string what;         // empty: there is none
  bool is_to_come = false;  // they take it now
};

// `place` of the chain: 0 is the server's own.
Fault fault_of(const crypto::Certificate& certificate, std::size_t place, Time now) {
  if (place == 0 && !certificate.may_serve_tls())
    return {"is not made for servers (serverAuth is missing in its extended key usage)"};
  if (certificate.not_after() < now) return {"expired at " + to_rfc3339(certificate.not_after())};
  if (now < certificate.not_before())
    return {"is not valid before " + to_rfc3339(certificate.not_before())};
  if (certificate.not_after() < now + kTlsEndsSoon)
    return {"ends at " + to_rfc3339(certificate.not_after()), true};
  return {};
}

}  // namespace

std::vector<Finding> tls_findings(const Config& config, Time now) {
  const auto& smtp = config.smtp;
  if (!is_there(smtp.tls_certificate) || !is_there(smtp.tls_key)) return {};
  std::vector<Finding> findings;
  const auto add = [&](Weight weight, const char* key, std::string text) {
    findings.push_back({weight, config.file.string(), 0, key, std::move(text)});
  };
  const auto material = configured_tls(config);
  if (!material) {
    add(Weight::error, kCertificateKey, material.error().text);
    return findings;
  }
  const auto usable = TlsServerContext::make(material->chain_pem, material->key_pem);
  if (!usable) {
    const bool key = usable.error().code == "bad-key";
    add(Weight::error, key ? kKeyKey : kCertificateKey,
        fmt::format("{} ({} and {})", usable.error().text, smtp.tls_key.string(),
                    smtp.tls_certificate.string()));
  }
  const auto chain = crypto::Certificate::all_from_pem(material->chain_pem);
  if (!chain) return findings;  // `usable` has told it
  for (std::size_t i = 0; i < chain->size(); ++i) {
    const Fault fault = fault_of((*chain)[i], i, now);
    if (fault.what.empty()) continue;
    add(Weight::warning, kCertificateKey,
        fmt::format(
            "{}: certificate {} ({}) {}; servers that verify this node's TLS refuse {}: replace it",
            smtp.tls_certificate.string(), i + 1, (*chain)[i].subject_text(), fault.what,
            fault.is_to_come ? "it then" : "it"));
  }
  return findings;
}

}  // namespace culvert::node
