// What the CMS fuzz targets share: the keys that the seeds are for.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "crypto/keys/certificate_maker.h"
#include "crypto/keys/files/pem_key.h"
#include "crypto/keys/memory_key_ring.h"
#include "tests/fuzz/cut.h"
#include "tests/fuzz/remembering_ring.h"
#include "tests/support/trickling_source.h"

namespace culvert::crypto::fuzz {

using culvert::fuzz::cut_of;

inline void expect(bool good) {
  if (!good) std::abort();
}

inline std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// A file of the shared vectors ($CULVERT_SHARED), or nothing.
inline std::string key_text(const std::string& name) {
  const char* shared = std::getenv("CULVERT_SHARED");
  return text_of(std::string(shared != nullptr ? shared : ".") + "/vectors/keys/" + name);
}

// The keys of the shared vectors, the shared key and the password of most of them; without the
// vectors just the last two.
inline const KeyRing& keys() {
  static MemoryKeyRing ring;
  static const RememberingRing remembering(ring);
  static const bool filled = [] {
    for (const std::string name : {"p256", "rsa2048", "x25519", "mlkem768", "p384"}) {
      const auto key = private_key_from_pem(key_text(name + ".key.pem"));
      const auto certificate = Certificate::from_pem(key_text(name + ".cert.pem"));
      if (key && certificate) expect(ring.add(*key, *certificate, ContentRule::any).ok());
    }
    const auto shared =
        from_hex("25cac6548e8f6044c8b3e3def19ff83d9c03d38fbc42c09f4d92c36e03c3947e");
    ring.add_shared_key(Bytes{0xC0, 0xFF, 0xEE}, SecretBytes(ByteView(*shared)));
    ring.set_password(SecretBytes(as_bytes("pass word")));
    return true;
  }();
  expect(filled);
  return remembering;
}

}  // namespace culvert::crypto::fuzz
