// What the CMS fuzz targets share: a source in pieces of any size, and the key that seeds are for.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "crypto/base/stream.h"
#include "crypto/keys/certificate_maker.h"
#include "crypto/keys/memory_key_ring.h"

namespace culvert::crypto::fuzz {

inline void expect(bool good) {
  if (!good) std::abort();
}

class PieceSource final : public RewindableSource {
 public:
  PieceSource(ByteView all, std::size_t step) : all_(all), step_(step) {}
  Result<std::size_t> read(MutableBytes into) override {
    const std::size_t count = std::min({into.size(), step_, all_.size() - at_});
    std::copy_n(all_.begin() + static_cast<std::ptrdiff_t>(at_), count, into.begin());
    at_ += count;
    return count;
  }
  Status rewind() override {
    at_ = 0;
    return done();
  }

 private:
  ByteView all_;
  std::size_t step_;
  std::size_t at_ = 0;
};

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
