#include "node/flow/own_keys.h"

#include "crypto/keys/private_key.h"
#include "store/keyring.h"
#include "store/secrets.h"

namespace culvert::node {
namespace {

struct Loaded {
  std::vector<store::StoredCertificate> certificates;
  std::map<std::string, SecretBytes> keys;
  SecretBytes token_key;
};

Result<Loaded> read_all_keys(const store::Store& store) {
  Loaded loaded;
  const Status read = store.read([&loaded](const store::ReadTransaction& txn) -> Status {
    loaded.certificates = store::list_certificates(txn);
    for (const store::StoredCertificate& c : loaded.certificates) {
      if (c.key_name.empty()) continue;
      if (auto secret = store::find_secret(txn, c.key_name)) {
        loaded.keys.insert_or_assign(c.key_name, *std::move(secret));
      }
    }
    if (auto token = store::find_secret(txn, kTokenKeyName)) loaded.token_key = *std::move(token);
    return done();
  });
  if (!read) return read.error();
  return loaded;
}

// The newest certificate of a role that is valid now and whose key is held.
Result<crypto::Certificate> newest(const Loaded& loaded, store::CertificateRole role, Time now) {
  const store::StoredCertificate* best = nullptr;
  for (const store::StoredCertificate& c : loaded.certificates) {
    const bool usable = c.role == role && loaded.keys.count(c.key_name) == 1 &&
                        c.not_before <= now && now <= c.not_after;
    if (usable && (best == nullptr || c.not_before > best->not_before)) best = &c;
  }
  if (best == nullptr) {
    return permanent_error(
        "no-certificate", std::string("this node has no valid certificate '") +
                              store::role_name(role) +
                              "'; check the clock of this machine, and remove nothing: this node's "
                              "partners and mail are in its store");
  }
  return crypto::Certificate::from_der(best->der);
}

Status fill_ring(const Loaded& loaded, OwnKeys& own) {
  for (const store::StoredCertificate& c : loaded.certificates) {
    if (c.role == store::CertificateRole::tunnel_encrypt) {
      own.announced.push_back({c.issuer, c.serial});
    }
    const auto secret = loaded.keys.find(c.key_name);
    if (secret == loaded.keys.end()) continue;
    auto certificate = crypto::Certificate::from_der(c.der);
    if (!certificate) return certificate.error();
    auto key = crypto::PrivateKey::from_pkcs8(secret->second.view());
    if (!key) return key.error();
    // Only encryption keys open: mail sealed for another key of this node finds no key.
    if (c.role != store::CertificateRole::tunnel_encrypt) {
      own.ring.add_signing_key(*key);
      continue;
    }
    if (const Status added = own.ring.add(*key, *certificate); !added) return added;
  }
  return done();
}

}  // namespace

Result<std::shared_ptr<const OwnKeys>> load_own_keys(const store::Store& store, Time now) {
  auto loaded = read_all_keys(store);
  if (!loaded) return loaded.error();
  auto identity = newest(*loaded, store::CertificateRole::identity, now);
  if (!identity) return identity.error();
  auto signing = newest(*loaded, store::CertificateRole::tunnel_sign, now);
  if (!signing) return signing.error();
  auto encryption = newest(*loaded, store::CertificateRole::tunnel_encrypt, now);
  if (!encryption) return encryption.error();
  if (loaded->token_key.empty()) {
    return permanent_error("no-certificate",
                           "this node has no token key; put the data directory back from a copy");
  }
  auto own = std::make_shared<OwnKeys>(*identity, *signing, *encryption);
  own->token_key = std::move(loaded->token_key);
  if (const Status filled = fill_ring(*loaded, *own); !filled) return filled.error();
  return std::shared_ptr<const OwnKeys>(std::move(own));
}

}  // namespace culvert::node
