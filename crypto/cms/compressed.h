// CompressedData (RFC 3274) with zlib (RFC 1950), read as a stream in constant memory. It is read
// because others send it. It is never written: if content is compressed and then encrypted, its
// size reveals what it holds.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"

namespace culvert::crypto {

// A ContentInfo in, BER or DER, the inflated content out.
class CompressedDataReader final : public Source {
 public:
  // Reads up to the content. `from` must outlive the reader; content of more than `limit_bytes` is
  // refused. Refusals: `not-cms`, `content-missing`, `unsupported-compression` (anything but zlib
  // without parameters), malformed.
  static Result<std::unique_ptr<CompressedDataReader>> open(Source& from,
                                                            std::uint64_t limit_bytes);
  ~CompressedDataReader() override;

  // The content, piece by piece, as it is inflated. Nothing authenticates it. Only the 0 at its end
  // says that it was whole: the checksum (Adler-32) is right, and the object and `from` end where
  // they must. If an error comes instead, the caller throws away what it has. Refusals:
  //   unsupported-compression  a preset dictionary
  //   bad-compression          no zlib stream, a damaged one, one that ends too early, or one with
  //                            octets after it
  //   compression-ratio        more than kMaxCompressionRatio times its compressed size
  //   content-too-large        more than `limit_bytes`
  // and those of the encoding after the content. After an error, each call returns the same error.
  Result<std::size_t> read(MutableBytes into) override;

  // Dotted OID of eContentType.
  std::string content_type() const;

 private:
  struct State;
  explicit CompressedDataReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace culvert::crypto
