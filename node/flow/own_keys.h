// The node's own keys and certificates, loaded from the store into a key ring: those that seal,
// those that open, and those that identify the node. A snapshot; loaded again when the keyring
// changes.
#pragma once

#include <memory>
#include <vector>

#include "crypto/keys/certificate.h"
#include "crypto/keys/memory_key_ring.h"
#include "store/store.h"

namespace culvert::node {

struct OwnKeys {
  crypto::MemoryKeyRing ring;
  crypto::Certificate identity;
  crypto::Certificate signing;     // the newest tunnel signing certificate that is valid
  crypto::Certificate encryption;  // the newest tunnel encryption certificate that is valid
  // Every tunnel encryption certificate that was ever announced or made: mail for one of them is
  // tunnel mail, whether or not its key is still held.
  std::vector<crypto::IssuerAndSerial> announced;
  SecretBytes token_key;  // for the tokens of tunnel addresses

  OwnKeys(crypto::Certificate identity_, crypto::Certificate signing_,
          crypto::Certificate encryption_)
      : identity(std::move(identity_)),
        signing(std::move(signing_)),
        encryption(std::move(encryption_)) {}
};

// The secret of the tunnel tokens, made by `init` with the identity.
inline constexpr const char* kTokenKeyName = "tunnel-token";

// permanent `no-identity` or `no-tunnel-certificate` (the text says what to do), errors of the
// store.
Result<std::shared_ptr<const OwnKeys>> load_own_keys(const store::Store& store, Time now);

}  // namespace culvert::node
