// Finds the boundary lines of a multipart (RFC 2046, 5.1.1) in a stream that need not fit into
// memory.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/mime/entity.h"
#include "crypto/mime/part_source.h"

namespace culvert::crypto {

// RFC 2046, 5.1.1.
inline constexpr std::size_t kMaxBoundaryOctets = 70;

// A boundary line may have white space after the boundary. A line of mail is no longer than this
// (RFC 5322, 2.1.1), its line end not counted.
inline constexpr std::size_t kMaxDelimiterLineOctets = 998;

// The boundary of a multipart. Refused (mime_refusal.h): no_boundary, bad_boundary. Printable ASCII
// beyond what RFC 2046 lists is accepted, because senders use it.
Result<std::string> boundary_of(const ContentType& type);

// A line that begins with `--` and the boundary.
struct BoundaryLine {
  enum class Kind {
    delimiter,  // only white space after it
    closing,    // `--` and only white space after it
    // Something else after it. RFC 2046 asks readers to compare the beginning only, but many
    // compare the whole line, so readers would not agree on what a part is.
    ambiguous,
  };
  Kind kind = Kind::delimiter;
  std::uint64_t begin = 0;  // of the line end before it; of the line itself if first
  std::uint64_t end = 0;    // after its own line end
  // The number of lines that end in LF alone before `begin`, and before `end`.
  std::uint64_t bare_before_begin = 0;
  std::uint64_t bare_before_end = 0;
};

class DelimiterScanner {
 public:
  // The first octet fed has the number `start` and begins a line.
  explicit DelimiterScanner(std::string_view boundary, std::uint64_t start = 0)
      : dashed_("--" + std::string(boundary)), offset_(start), line_begin_(start) {}

  // Appends to `found` the boundary lines that `octets` completes.
  void feed(ByteView octets, std::vector<BoundaryLine>& found);
  // To be called at the end: the last line may have no line end.
  void finish(std::vector<BoundaryLine>& found);

 private:
  enum class LineEnd : std::uint8_t { none = 0, lf = 1, crlf = 2 };

  void take(std::string_view piece);
  void end_line(LineEnd how, std::vector<BoundaryLine>& found);

  std::string dashed_;
  std::uint64_t offset_;
  std::uint64_t line_begin_;
  std::uint64_t bare_ = 0;
  LineEnd before_ = LineEnd::none;
  char last_ = 0;  // the last octet of the line so far
  bool may_match_ = true;
  std::string line_;  // the front of a line that may match
};

// The boundary lines of `input` from the octet `start` on, which begins a line. Stops when
// `is_enough` says so of the lines found so far; `is_enough` may drop some of them.
Result<std::vector<BoundaryLine>> find_boundary_lines(
    SharedInput& input, std::uint64_t start, std::string_view boundary,
    const std::function<bool(std::vector<BoundaryLine>&)>& is_enough);

}  // namespace culvert::crypto
