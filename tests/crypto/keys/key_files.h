// What the tests of key files share.
#pragma once

#include <gtest/gtest.h>

#include "crypto/keys/files/key_bundle.h"
#include "crypto/keys/files/pem_key.h"
#include "tests/crypto/keys/work_folder.h"
#include "tests/crypto/vectors/manifest.h"

namespace culvert::crypto::testing {

inline std::string problem(const Result<KeyBundle>& result) {
  return result ? "none" : result.error().code + ": " + result.error().text;
}

// Keys of the shared vectors by the names of their files (`p256`).
inline PrivateKey vector_key(const std::filesystem::path& root, const std::string& name) {
  return *private_key_from_pem(read_text(root / "keys" / (name + ".key.pem")));
}
inline Certificate vector_certificate(const std::filesystem::path& root, const std::string& name) {
  return *Certificate::from_pem(read_text(root / "keys" / (name + ".cert.pem")));
}

}  // namespace culvert::crypto::testing
