// CompressedData (RFC 3274) with zlib (RFC 1950), read as a stream in constant memory. It is read
// because others send it, and never written: what is compressed before it is encrypted tells by its
// size what it holds.
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

  // The content, piece by piece, as it is inflated. Nothing authenticates it, and only the 0 at its
  // end says that it was whole: that the checksum (Adler-32) is right and the object, with `from`,
  // ends where it must. The caller throws away what it has if an error comes instead. Refusals:
  //   unsupported-compression  a preset dictionary
  //   bad-compression          no zlib stream, a damaged one, one that ends too early or before the
  //                            octets that hold it do
  //   compression-ratio        more than kMaxCompressionRatio times as much as it was
  //   content-too-large        more than `limit_bytes`
  // and those of the encoding behind the content. The same error comes again after an error.
  Result<std::size_t> read(MutableBytes into) override;

  // Dotted OID of eContentType.
  std::string content_type() const;

 private:
  struct State;
  explicit CompressedDataReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace culvert::crypto
