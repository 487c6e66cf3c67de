// add_node_keys of keys.h.
#include "store/keyring.h"
#include "store/secrets.h"
#include "tools/cli/open_node.h"
#include "tools/cli/smime/keys.h"

namespace culvert::cli {
namespace {

Status add_stored_key(const store::ReadTransaction& txn, const store::StoredCertificate& stored,
                      crypto::MemoryKeyRing& ring) {
  if (stored.key_name.empty()) return done();
  const auto secret = store::find_secret(txn, stored.key_name);
  if (!secret) return done();
  const auto key = crypto::PrivateKey::from_pkcs8(secret->view());
  if (!key) return key.error();
  const auto certificate = crypto::Certificate::from_der(stored.der);
  if (!certificate) return certificate.error();
  return ring.add(*key, *certificate);
}

}  // namespace

Status add_node_keys(const Arguments& arguments, crypto::MemoryKeyRing& ring) {
  auto node = open_node(arguments);
  if (!node) return node.error();
  return node->store->read([&](const store::ReadTransaction& txn) -> Status {
    for (const auto& stored :
         store::list_certificates(txn, store::CertificateRole::tunnel_encrypt)) {
      if (const Status added = add_stored_key(txn, stored, ring); !added) return added.error();
    }
    return done();
  });
}

}  // namespace culvert::cli
