// Seals or opens content of any length, in place.
#pragma once

#include <memory>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/cms/content_algorithm.h"

namespace culvert::crypto {

class ContentCipher {
 public:
  enum class Direction { seal, open };
  struct Setup {
    const ContentAlgorithm& algorithm;
    const SecretBytes& key;  // after derive_content_key
    ByteView associated;     // empty for a cipher without a tag
  };
  // `key-size-mismatch` if the key is not of the cipher's size.
  static Result<ContentCipher> start(Direction direction, const Setup& setup);
  ~ContentCipher();
  ContentCipher(ContentCipher&&) noexcept;

  // The size of a piece given to `process` is a multiple of this.
  static constexpr std::size_t kBlockBytes = 16;

  // Works on `piece` in place.
  Status process(MutableBytes piece);

  struct Sealed {
    std::size_t kept = 0;  // how much of the last piece is ciphertext now
    Bytes more;            // ciphertext after it: the padded block
    Bytes tag;             // empty for a cipher without one
  };
  // Works on the last piece, of any size, in place.
  Result<Sealed> finish_seal(MutableBytes last);

  // Works on the last piece in place. Returns how many octets at the end of all content are padding
  // and not plaintext; they may lie in the piece before. After `bad-tag`, or `bad-content` for a
  // cipher without a tag, all that was processed is worthless.
  Result<std::size_t> finish_open(MutableBytes last, ByteView tag);

 private:
  struct Engine;
  explicit ContentCipher(std::unique_ptr<Engine> engine);
  Result<Bytes> finish_with(MutableBytes rest, ByteView tag);
  Result<std::size_t> finish_blocks(MutableBytes last);
  std::unique_ptr<Engine> engine_;
};

}  // namespace culvert::crypto
