// AES-GCM over content of any length, in place, with the parameters of RFC 5084, 3.2.
#pragma once

#include <memory>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/cms/algorithms.h"

namespace culvert::crypto {

// GCMParameters. We write a nonce of 12 octets and an explicit length of 16.
struct GcmParameters {
  Bytes nonce;
  std::size_t tag_bytes = 0;
};

inline constexpr std::size_t kGcmNonceBytes = 12;
inline constexpr std::size_t kGcmTagBytes = 16;

// Refuses what is no GCMParameters in DER form, nonces that are not of 12 to 16 octets, and tag
// lengths below 12 or above 16. An absent length means 12.
Result<GcmParameters> read_gcm_parameters(ByteView parameters);
Bytes der_gcm_parameters(const GcmParameters& parameters);

class ContentCipher {
 public:
  enum class Direction { seal, open };
  struct Setup {
    const CipherRow& row;  // an AEAD
    const GcmParameters& parameters;
    const SecretBytes& key;
    ByteView associated;
  };
  // `key-size-mismatch` if the key is not of the cipher's size.
  static Result<ContentCipher> start(Direction direction, const Setup& setup);
  ~ContentCipher();
  ContentCipher(ContentCipher&&) noexcept;

  // Pieces given to `process` have a multiple of this.
  static constexpr std::size_t kBlockBytes = 16;

  // Works on `piece` in place.
  Status process(MutableBytes piece);
  // Works on the last piece, of any size, in place; returns the tag.
  Result<Bytes> finish_seal(MutableBytes last);
  // The same, and compares the tag: `bad-tag`, and all that was processed is worthless.
  Status finish_open(MutableBytes last, ByteView tag);

 private:
  struct Engine;
  explicit ContentCipher(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

}  // namespace culvert::crypto
