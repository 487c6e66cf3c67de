// What the CMS fuzz targets share: the key that seeds are for.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "crypto/keys/certificate_maker.h"
#include "crypto/keys/memory_key_ring.h"
#include "tests/support/trickling_source.h"

namespace culvert::crypto::fuzz {

inline void expect(bool good) {
  if (!good) std::abort();
}

inline std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The P-256 key of the shared vectors ($CULVERT_SHARED), which the seeds are sealed for; without it
// a key that nothing is sealed for.
inline const MemoryKeyRing& keys() {
  static MemoryKeyRing ring;
  static const bool filled = [] {
    const char* shared = std::getenv("CULVERT_SHARED");
    const std::string folder = std::string(shared != nullptr ? shared : ".") + "/vectors/keys/";
    const auto key = PrivateKey::from_pem(text_of(folder + "p256.key.pem"));
    const auto certificate = Certificate::from_pem(text_of(folder + "p256.cert.pem"));
    if (key && certificate) return ring.add(*key, *certificate).ok();
    const auto made = make_self_signed_tls(*Domain::parse("a.example"), from_unix(1'772'366'400));
    return ring.add(made->key, made->certificate).ok();
  }();
  expect(filled);
  return ring;
}

}  // namespace culvert::crypto::fuzz
