// The canonical form of what is signed and encrypted (RFC 8551, 3.1.1): lines end in CRLF. Mail
// that came by SMTP has them; files that people sign, and mail that was stored on Unix, often end
// their lines in LF alone.
#pragma once

#include "crypto/base/limits.h"
#include "crypto/base/stream.h"

namespace culvert::crypto {

// How the lines of something end.
enum class LineEnds {
  crlf,       // all in CRLF (a CR that no LF follows is not a line end)
  converted,  // some in LF alone; these are passed on with CRLF
};

// Gives what `from` gives, with CRLF for each LF that no CR precedes. All else stays as it is, also
// a CR without LF. The result does not depend on how the input is cut. `from` must outlive this.
class CanonicalSource final : public RewindableSource {
 public:
  explicit CanonicalSource(RewindableSource& from) : from_(from) {}
  Result<std::size_t> read(MutableBytes into) override;
  Status rewind() override;

  // For what was read so far.
  LineEnds line_ends() const { return line_ends_; }

 private:
  Result<std::size_t> refill();
  std::size_t convert(MutableBytes into);

  RewindableSource& from_;
  Bytes raw_;  // its first raw_size_ octets were read
  std::size_t raw_size_ = 0;
  std::size_t at_ = 0;
  std::uint8_t last_ = 0;  // the octet before raw_[at_]
  bool owes_lf_ = false;
  LineEnds line_ends_ = LineEnds::crlf;
};

}  // namespace culvert::crypto
