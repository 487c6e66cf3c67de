// How Botan names our signature schemes. For the sources of crypto/keys alone.
#pragma once

#include <string_view>

#include "crypto/keys/signature.h"

namespace culvert::crypto {

enum class SchemeFamily { ecdsa, rsa, ed25519, none };

struct SchemeRow {
  std::string_view padding;
  SchemeFamily family;
};

SchemeRow scheme_row(SignatureScheme scheme);
SchemeFamily family_of(KeyKind kind);

}  // namespace culvert::crypto
