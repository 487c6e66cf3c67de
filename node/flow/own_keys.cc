#include "node/flow/own_keys.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "crypto/keys/private_key.h"
#include "peering/rollover.h"
#include "store/keyring.h"
#include "store/peers.h"
#include "store/secrets.h"

namespace culvert::node {
namespace {

struct Loaded {
  std::vector<store::StoredCertificate> certificates;
  std::map<std::string, SecretBytes> keys;
  SecretBytes token_key;
  std::set<Bytes> revoked;  // key ids
};

// The keys of this node that it revoked: they sign no more. Those that open go on, for mail that
// was sealed before partners knew.
std::set<Bytes> own_revoked_keys(const store::ReadTransaction& txn,
                                 const std::vector<store::StoredCertificate>& all) {
  std::set<Bytes> revoked;
  for (const store::StoredCertificate& c : all) {
    if (c.role != store::CertificateRole::identity) continue;
    const auto identity = crypto::Certificate::from_der(c.der);
    if (!identity) continue;
    for (Bytes& key : store::list_revoked(txn, identity->key_id()))
      revoked.insert(std::move(key));
  }
  return revoked;
}

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
    loaded.revoked = own_revoked_keys(txn, loaded.certificates);
    return done();
  });
  if (!read) return read.error();
  return loaded;
}

Result<crypto::Certificate> identity_of(const Loaded& loaded, Time now) {
  for (const store::StoredCertificate& c : loaded.certificates) {
    const bool is_held = loaded.keys.count(c.key_name) == 1;
    if (c.role != store::CertificateRole::identity || !is_held) continue;
    if (peering::is_usable(c, now)) return crypto::Certificate::from_der(c.der);
  }
  return permanent_error("no-certificate",
                         "this node has no valid certificate 'identity'; check the clock of this "
                         "machine, and remove nothing: this node's partners and mail are in its "
                         "store");
}

std::vector<store::StoredCertificate> of_role(const Loaded& loaded, store::CertificateRole role) {
  std::vector<store::StoredCertificate> out;
  std::copy_if(loaded.certificates.begin(), loaded.certificates.end(), std::back_inserter(out),
               [role](const auto& c) { return c.role == role; });
  return out;
}

Time next_renewal(const Loaded& loaded, Time now) {
  using Role = store::CertificateRole;
  return std::min(peering::next_renewal(of_role(loaded, Role::tunnel_sign), now),
                  peering::next_renewal(of_role(loaded, Role::tunnel_encrypt), now));
}

void note_signer(const store::StoredCertificate& stored, crypto::Certificate certificate,
                 OwnKeys& own) {
  if (stored.role != store::CertificateRole::tunnel_sign) return;
  OwnSigner signer{std::move(certificate), std::nullopt};
  if (stored.announced) signer.listed_since = stored.listed_serial;
  own.signing.push_back(std::move(signer));
}

// `loaded` is sorted, the newest first.
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
    const Bytes key_id(certificate->key_id().view().begin(), certificate->key_id().view().end());
    const bool is_revoked = loaded.revoked.contains(key_id);
    if (c.role != store::CertificateRole::tunnel_encrypt) {
      if (is_revoked && c.role == store::CertificateRole::tunnel_sign) continue;
      own.ring.add_signing_key(*key);
      note_signer(c, *std::move(certificate), own);
      continue;
    }
    if (const Status added = own.ring.add(*key, *certificate); !added) return added;
  }
  return done();
}

}  // namespace

const crypto::Certificate* OwnKeys::signer_for(std::uint64_t taken_serial, Time now) const {
  for (const OwnSigner& signer : signing) {
    const bool is_known = signer.listed_since && *signer.listed_since <= taken_serial;
    if (is_known && signer.certificate.valid_at(now)) return &signer.certificate;
  }
  return nullptr;
}

const crypto::Certificate* OwnKeys::newest_signer(Time now) const {
  for (const OwnSigner& signer : signing) {
    if (signer.certificate.valid_at(now)) return &signer.certificate;
  }
  return nullptr;
}

Result<std::shared_ptr<const OwnKeys>> load_own_keys(const store::Store& store, Time now) {
  auto loaded = read_all_keys(store);
  if (!loaded) return loaded.error();
  auto identity = identity_of(*loaded, now);
  if (!identity) return identity.error();
  if (loaded->token_key.empty()) {
    return permanent_error("no-certificate",
                           "this node has no token key; put the data directory back from a copy");
  }
  auto own = std::make_shared<OwnKeys>(*std::move(identity));
  own->renewal = next_renewal(*loaded, now);
  own->token_key = std::move(loaded->token_key);
  if (const Status filled = fill_ring(*loaded, *own); !filled) return filled.error();
  return std::shared_ptr<const OwnKeys>(std::move(own));
}

}  // namespace culvert::node
