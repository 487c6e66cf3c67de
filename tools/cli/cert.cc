// `culvert cert`: the node's own certificates and keys.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/keys/certificate.h"
#include "crypto/keys/private_key.h"
#include "store/keyring.h"
#include "store/meta.h"
#include "store/secrets.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/key_output.h"
#include "tools/cli/open_node.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

using Json = nlohmann::ordered_json;
using store::StoredCertificate;

struct CertificateView {
  StoredCertificate stored;
  crypto::Certificate certificate;
};

Result<std::vector<CertificateView>> views_of(const store::ReadTransaction& txn) {
  std::vector<CertificateView> views;
  for (StoredCertificate& stored : store::list_certificates(txn)) {
    auto certificate = crypto::Certificate::from_der(stored.der);
    if (!certificate) return certificate.error();
    views.push_back({std::move(stored), *std::move(certificate)});
  }
  std::stable_sort(views.begin(), views.end(), [](const auto& a, const auto& b) {
    return std::pair(a.stored.role, b.stored.not_before) <
           std::pair(b.stored.role, a.stored.not_before);
  });
  return views;
}

Result<std::vector<CertificateView>> read_views(const OpenNode& node) {
  return read_store<std::vector<CertificateView>>(*node.store, views_of);
}

Json json_of(const CertificateView& view) {
  const crypto::Certificate& certificate = view.certificate;
  return {{"name", store::role_name(view.stored.role)},
          {"fingerprint", certificate.certificate_hash().hex()},
          {"key_id", certificate.key_id().hex()},
          {"subject", certificate.subject_text()},
          {"serial", certificate.serial_hex()},
          {"not_before", to_rfc3339(certificate.not_before())},
          {"not_after", to_rfc3339(certificate.not_after())},
          {"key_kind", crypto::key_kind_name(certificate.key_kind())},
          {"key_held", !view.stored.key_name.empty()}};
}

Result<Report> cert_list(const Arguments& arguments) {
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto views = read_views(*node);
  if (!views) return views.error();
  Table table({"NAME", "FINGERPRINT", "SUBJECT", "KIND", "ENDS", "KEY"});
  Json list = Json::array();
  for (const CertificateView& view : *views) {
    const crypto::Certificate& certificate = view.certificate;
    const bool over = certificate.not_after() < node->now;
    table.add({store::role_name(view.stored.role),
               certificate.certificate_hash().hex().substr(0, 16), certificate.subject_text(),
               std::string(crypto::key_kind_name(certificate.key_kind())),
               (over ? "ENDED " : "") + relative_time(certificate.not_after(), node->now),
               view.stored.key_name.empty() ? "removed" : "held"});
    list.push_back(json_of(view));
  }
  return Report{.text = table.text(), .json = json_text(list)};
}

// By role, the newest certificate. By digits of the fingerprint, the one that matches.
Result<CertificateView> find_by_name(const std::vector<CertificateView>& views,
                                     const std::string& name) {
  constexpr std::size_t kLeastDigits = 16;
  std::vector<const CertificateView*> found;
  for (const CertificateView& view : views) {
    if (name == store::role_name(view.stored.role)) return view;
    if (name.size() >= kLeastDigits &&
        view.certificate.certificate_hash().hex().starts_with(name)) {
      found.push_back(&view);
    }
  }
  if (found.size() == 1) return *found.front();
  return permanent_error(found.empty() ? "not-found" : "ambiguous",
                         "'" + printable(name, 80) +
                             (found.empty() ? "' names no certificate of this node"
                                            : "' names more than one certificate") +
                             " (`culvert cert list` shows names and fingerprints)");
}

Result<std::string> key_pem(const OpenNode& node, const CertificateView& view) {
  std::string pem;
  const Status read = node.store->read([&](const store::ReadTransaction& txn) -> Status {
    const auto secret = store::find_secret(txn, view.stored.key_name);
    if (!secret) {
      return permanent_error("no-key", "the private key of this certificate is not held any more");
    }
    const auto key = crypto::PrivateKey::from_pkcs8(secret->view());
    if (!key) return key.error();
    pem = to_text(key->pem().view());
    return done();
  });
  if (!read) return read.error();
  return pem;
}

// Commits an empty change, so that the node logs the command: a key leaves the node.
Status note_export(const OpenNode& node) {
  return node.store->write([](store::WriteTransaction& txn) -> Status {
    store::raise_generation(txn);
    return done();
  });
}

// Exports the certificate, and with --with-key its private key.
Result<Report> cert_export(const Arguments& arguments) {
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto views = read_views(*node);
  if (!views) return views.error();
  const auto view = find_by_name(*views, *arguments.value("NAME"));
  if (!view) return view.error();
  std::string key;
  if (arguments.has("--with-key")) {
    if (const Status noted = note_export(*node); !noted) return noted.error();
    auto pem = key_pem(*node, *view);
    if (!pem) return pem.error();
    key = *std::move(pem);
  }
  const std::string pem = view->certificate.pem() + key;
  Json json = json_of(*view);
  const auto out = arguments.value("--out");
  if (out && *out != "-") {
    if (const Status written = write_key_file(*out, pem); !written) return written.error();
    json["file"] = *out;
    return Report{.text = "Written to " + printable(*out) + ", which only its owner can read.\n",
                  .json = json_text(json)};
  }
  const Status guarded = key.empty() ? done() : guard_standard_output();
  if (!guarded) return guarded.error();
  json["pem"] = view->certificate.pem();
  if (!key.empty()) json["key_pem"] = key;
  return Report{.text = pem, .json = json_text(json)};
}

}  // namespace

std::vector<Command> cert_commands() {
  return {{.name = "cert list",
           .summary = "lists the node's certificates and when they end",
           .operands = {},
           .options = {},
           .detail = {},
           .example = "culvert cert list",
           .run = cert_list},
          {.name = "cert export",
           .summary = "writes a certificate of the node as PEM",
           .operands =
               {{"NAME", Operand::Count::one,
                 "identity, tunnel-sign, tunnel-encrypt, tls, starttls (the newest of each), or "
                 "16 digits of a fingerprint"}},
           .options = {{"--with-key", "", "the private key as well, unprotected: keep it safe"},
                       {"--out", "FILE",
                        "a new file of mode 0600, in the place of one of that name; default: "
                        "standard output"}},
           .detail =
               "With the key of tunnel-encrypt, `openssl cms -decrypt` opens what peers sealed for "
               "this node.",
           .example = "culvert cert export tunnel-encrypt --with-key --out key.pem",
           .run = cert_export}};
}

}  // namespace culvert::cli
