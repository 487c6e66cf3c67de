// A secret inside a record: sealed, and bound to what it is and to the record's id. Empty stays
// empty. For files of this folder.
#pragma once

#include <string_view>

#include "crypto/keys/sealing.h"

namespace culvert::store {

inline Bytes seal_field(const crypto::SealingKey& key, const SecretBytes& secret,
                        std::string_view what, ByteView id) {
  if (secret.empty()) return {};
  Bytes associated = to_bytes(what);
  append(associated, id);
  return crypto::seal(key, secret.view(), associated);
}

inline Result<SecretBytes> open_field(const crypto::SealingKey& key, ByteView sealed,
                                      std::string_view what, ByteView id) {
  if (sealed.empty()) return SecretBytes();
  Bytes associated = to_bytes(what);
  append(associated, id);
  return crypto::open_sealed(key, sealed, associated);
}

}  // namespace culvert::store
