#include "tools/cli/smime_keys.h"

#include <vector>

#include "crypto/base/log.h"
#include "store/keyring.h"
#include "store/secrets.h"
#include "tools/cli/open_node.h"
#include "tools/cli/smime_files.h"

namespace culvert::cli {
namespace {

constexpr std::size_t kMaxKeyFileBytes = 1024 * 1024;

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

Status add_given_keys(const Arguments& arguments, crypto::MemoryKeyRing& ring) {
  std::vector<crypto::Certificate> certificates;
  std::vector<crypto::PrivateKey> keys;
  for (const char* option : {"--certificate", "--key"}) {
    for (const std::string& name : arguments.all(option)) {
      auto pem = read_small_file(name, kMaxKeyFileBytes);
      if (!pem) return pem.error();
      auto found = crypto::Certificate::all_from_pem(*pem);
      if (!found) return found.error();
      certificates.insert(certificates.end(), found->begin(), found->end());
      if (std::string_view(option) == "--key") {
        auto key = crypto::PrivateKey::from_pem(*pem);
        wipe({reinterpret_cast<std::uint8_t*>(pem->data()), pem->size()});
        if (!key) return key.error();
        keys.push_back(*std::move(key));
      }
    }
  }
  for (const crypto::PrivateKey& key : keys) {
    bool used = false;
    for (const crypto::Certificate& certificate : certificates) {
      if (!key.belongs_to(certificate)) continue;
      if (const Status added = ring.add(key, certificate); !added) return added;
      used = true;
    }
    if (!used) return usage_error("no certificate for a key was given (--certificate FILE)");
  }
  return done();
}

Status add_node_keys(const Arguments& arguments, crypto::MemoryKeyRing& ring) {
  auto node = open_node(arguments);
  if (!node) return node.error();
  return node->store->read([&](const store::ReadTransaction& txn) -> Status {
    for (const auto& stored :
         store::list_certificates(txn, store::CertificateRole::tunnel_encrypt)) {
      if (const Status added = add_stored_key(txn, stored, ring); !added) return added;
    }
    return done();
  });
}

}  // namespace culvert::cli
