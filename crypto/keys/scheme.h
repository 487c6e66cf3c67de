// Botan's names for our signature schemes. For the sources of crypto/keys only.
#pragma once

#include <string_view>

#include "crypto/keys/signature.h"

namespace culvert::crypto {

enum class SchemeFamily { ecdsa, rsa_v15, rsa_pss, ed25519, ed448 };

struct SchemeRow {
  std::string_view padding;
  SchemeFamily family;
};

SchemeRow scheme_row(SignatureScheme scheme);
// True if a key of that kind makes signatures of that family.
bool can_make(KeyKind kind, SchemeFamily family);

}  // namespace culvert::crypto
