// The parts of a private key. For the sources of crypto/keys only: it names types of Botan, which
// stay behind private_key.h.
#pragma once

#include <botan/ecdh.h>
#include <botan/pk_keys.h>

#include <memory>
#include <optional>

#include "crypto/keys/private_key.h"

namespace culvert::crypto {

struct PrivateKeyParts {
  std::unique_ptr<const Botan::Private_Key> key;
  // The same EC key for agreement: Botan has one class for each use.
  std::unique_ptr<const Botan::ECDH_PrivateKey> agreement;
  KeyKind kind = KeyKind::other;
  // For an rsa_pss key, the algorithm in its PrivateKeyInfo; Botan keeps only that it is RSA.
  std::optional<Botan::AlgorithmIdentifier> pss;
  Bytes public_key_info;
  KeyId key_id;
};

}  // namespace culvert::crypto
