#include "node/flow/tls_material.h"

#include "crypto/base/secret_file.h"
#include "crypto/keys/certificate_maker.h"
#include "node/flow/key_records.h"
#include "store/keyring.h"
#include "store/secrets.h"

namespace culvert::node {
namespace {

constexpr std::size_t kMaxPemFileBytes = 1024 * 1024;

Result<SecretBytes> read_pem_file(const std::filesystem::path& file) {
  auto text = read_secret_file(file.string(), kMaxPemFileBytes);
  if (text && !text->empty()) return text;
  if (!text && text.error().code == "too-large") {
    return permanent_error("tls-file", file.string() + " is too large for a PEM file");
  }
  return permanent_error("tls-file",
                         file.string() +
                             " cannot be read, or is empty (smtp.tls_certificate and smtp.tls_key "
                             "name PEM files)",
                         text ? "" : text.error().detail);
}

struct StoredPair {
  store::StoredCertificate certificate;
  SecretBytes pkcs8;
};

Result<std::optional<StoredPair>> newest_pair(const store::Store& store,
                                              store::CertificateRole role) {
  std::optional<StoredPair> found;
  const Status read = store.read([&](const store::ReadTransaction& txn) -> Status {
    for (store::StoredCertificate& c : store::list_certificates(txn, role)) {
      auto key = store::find_secret(txn, c.key_name);
      if (!key) continue;
      found = StoredPair{std::move(c), *std::move(key)};
      break;
    }
    return done();
  });
  if (!read) return read.error();
  return found;
}

TlsMaterial material(const crypto::PrivateKey& key, std::string chain) {
  return {std::move(chain), key.pem()};
}

// The stored pair while it is valid; otherwise makes one with `make` and stores it.
template <typename Make>
Result<TlsMaterial> stored_or_new(store::Store& store, store::CertificateRole role, Time now,
                                  const Make& make) {
  auto pair = newest_pair(store, role);
  if (!pair) return pair.error();
  if (*pair && now + kTlsRenewalLead < (*pair)->certificate.not_after) {
    auto key = crypto::PrivateKey::from_pkcs8((*pair)->pkcs8.view());
    if (!key) return key.error();
    auto certificate = crypto::Certificate::from_der((*pair)->certificate.der);
    if (!certificate) return certificate.error();
    return material(*key, certificate->pem());
  }
  auto made = make();
  if (!made) return made.error();
  const Status kept = store.write([&](store::WriteTransaction& txn) -> Status {
    put_key(txn, role, *made, now);
    return done();
  });
  if (!kept) return kept.error();
  return material(made->key, made->certificate.pem());
}

}  // namespace

Result<TlsMaterial> configured_tls(const Config& config) {
  const auto chain = read_pem_file(config.smtp.tls_certificate);
  if (!chain) return chain.error();
  auto key = read_pem_file(config.smtp.tls_key);
  if (!key) return key.error();
  return TlsMaterial{to_text(chain->view()), *std::move(key)};
}

Result<TlsMaterial> smtp_tls_material(const Config& config, store::Store& store, Time now) {
  if (config.smtp.tls_certificate.empty()) {
    return stored_or_new(store, store::CertificateRole::starttls, now,
                         [&] { return crypto::make_self_signed_tls(config.node.name, now); });
  }
  return configured_tls(config);
}

Result<TlsMaterial> peering_tls_material(const Config& config, store::Store& store, Time now) {
  auto identity = newest_pair(store, store::CertificateRole::identity);
  if (!identity) return identity.error();
  if (!*identity)
    return permanent_error(
        "no-identity",
        "the store holds no identity of this node; put the data directory back from a copy");
  auto key = crypto::PrivateKey::from_pkcs8((*identity)->pkcs8.view());
  if (!key) return key.error();
  auto certificate = crypto::Certificate::from_der((*identity)->certificate.der);
  if (!certificate) return certificate.error();
  auto tls = stored_or_new(store, store::CertificateRole::tls, now, [&] {
    return crypto::make_tls_certificate({*key, *certificate}, config.node.name, now);
  });
  if (tls) tls->chain_pem += certificate->pem();
  return tls;
}

}  // namespace culvert::node
