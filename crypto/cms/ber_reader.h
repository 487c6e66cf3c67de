// Reads BER (X.690) piece by piece: definite and indefinite lengths, primitive and constructed
// strings, from a stream that may give one octet at a time or from memory. It accepts what BER
// allows and CMS uses, and nothing else: low tag numbers, at most kMaxBerDepth levels, lengths that
// fit what encloses them. Every refusal is a `Refusal`. After one, nothing more may be read.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/cms/asn1_tag.h"
#include "crypto/cms/limits.h"

namespace culvert::crypto {

class BerReader {
 public:
  // `from` must outlive the reader. It is read in large pieces, so its position afterwards means
  // nothing unless `expect_end` succeeded.
  explicit BerReader(Source& from);
  // `all` must outlive the reader; nothing is copied.
  explicit BerReader(ByteView all);

  // The identifier octet of the next element in the element that was entered last; kTagEnd at its
  // end, or at the end of the input.
  Result<std::uint8_t> peek();

  // Enters the next element, which must be constructed and have this identifier.
  Status enter(std::uint8_t identifier);
  // Leaves the element entered last, which must have been read to its end.
  Status leave();

  // The content of the next element, which must be primitive and have this identifier.
  Result<Bytes> content(std::uint8_t identifier, std::size_t limit_bytes);
  // The content of an OBJECT IDENTIFIER, checked.
  Result<Bytes> oid();
  // The whole next element, as on the wire.
  Result<Bytes> element(std::size_t limit_bytes);
  // Skips the next element, whatever its kind and size.
  Status skip();

  // Begins the next element as an OCTET STRING under `identifier` (given as primitive). It may be
  // constructed of OCTET STRINGs, which may be constructed too.
  Status begin_octets(std::uint8_t identifier);
  // Its next piece, valid until the next call. At its end, one empty piece.
  Result<ByteView> next_octets();
  // A whole string of this kind.
  Result<Bytes> octets(std::uint8_t identifier, std::size_t limit_bytes);

  // Done if the input ends here.
  Status expect_end();

 private:
  static constexpr std::uint64_t kNoEnd = std::numeric_limits<std::uint64_t>::max();
  struct Frame {
    std::uint64_t end;  // absolute; if indefinite, that of the nearest definite length
    bool indefinite;
  };
  struct Header {
    std::uint8_t identifier = 0;
    std::optional<std::uint64_t> length;  // nothing: indefinite
  };

  Status require(std::size_t count);
  std::uint64_t bound() const { return frames_.empty() ? kNoEnd : frames_.back().end; }
  Result<std::uint8_t> next_octet();
  Result<Header> header();
  Status read_length(std::uint8_t first, Header& header);
  Status push(const Header& header);
  Status take(std::uint64_t count, Bytes* into);
  Status pass_element(Bytes* into, std::size_t limit_bytes);

  Source* from_ = nullptr;
  Bytes buffer_;
  ByteView available_;
  std::uint64_t position_ = 0;
  std::vector<Frame> frames_;
  Bytes header_octets_;  // the header read last, as on the wire

  std::uint64_t piece_left_ = 0;
  std::size_t string_depth_ = 0;
  bool in_string_ = false;
};

// True if `element` is one whole element in DER (X.690, 10 and 11) as far as its form tells:
// shortest definite lengths, primitive strings, minimal INTEGERs, sorted SET OFs. `outer_is_set`
// says that the outermost element is a SET OF under an implicit tag.
enum class OuterForm { as_tagged, set_of };
bool is_der(ByteView element, OuterForm outer);

}  // namespace culvert::crypto
