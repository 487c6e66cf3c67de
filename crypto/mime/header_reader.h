// Finds where a header ends: at the first empty line; without one, everything is header (RFC 5322,
// 2.1). Only this file decides it. Two readers that find different ends see different fields in the
// same octets, and then a field that one of them removed or verified is text for the other.
//
// Any thread; an object belongs to one caller at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/mime/header_limits.h"

namespace culvert::crypto {

// What ends a line.
enum class HeaderLines {
  crlf,        // in mail: a CR or LF alone is part of its line
  crlf_or_lf,  // in files
};

// Finds the lines of a header and its end while its octets grow. It keeps none of them.
class HeaderScan {
 public:
  explicit HeaderScan(HeaderLines lines) : lines_(lines) {}

  // Looks at the octets that are new since the last call; `octets` are all so far. True once the
  // empty line is among them; do not call it again then.
  bool advance(std::string_view octets);
  // Ends the header: `octets` are all there are, without an empty line.
  void finish(std::string_view octets);

  // Octets of the header found so far, with line ends.
  std::size_t header_bytes() const { return header_bytes_; }
  std::size_t empty_line_bytes() const { return empty_line_bytes_; }
  std::size_t fields() const { return fields_; }
  // Lines of the header that end in LF alone, and whether the empty line does.
  std::size_t bare_line_ends() const { return bare_line_ends_; }
  bool has_bare_empty_line() const { return empty_line_bytes_ == 1; }

 private:
  void take_line(std::string_view octets, std::size_t end);

  const HeaderLines lines_;
  std::size_t header_bytes_ = 0;  // also where the current line begins
  std::size_t searched_ = 0;
  std::size_t fields_ = 0;
  std::size_t bare_line_ends_ = 0;
  std::size_t empty_line_bytes_ = 0;
};

// Collects a header from pieces of any size.
class HeaderReader {
 public:
  explicit HeaderReader(const HeaderLimits& limits, HeaderLines lines = HeaderLines::crlf)
      : limits_(limits), scan_(lines) {}

  // Takes all of `octets`, which may be empty. Not after the end. permanent `header-too-large`.
  Status write(ByteView octets);
  // Nothing more comes: if the header has not ended, it ends here. permanent `header-too-large`.
  Status finish();

  // Reads `from` until the header has ended, and maybe beyond.
  Status read_from(Source& from);

  bool has_ended() const { return has_ended_; }

  // All that was written.
  std::string_view octets() const { return octets_; }
  // For the rest: only after the end; the views live as long as this object.
  // Every line with its end, without the empty line.
  std::string_view header() const;
  // What was written after it: begins with the empty line, or is empty.
  std::string_view rest() const;
  // The same without the empty line.
  std::string_view body() const;
  const HeaderScan& scan() const { return scan_; }

 private:
  Status within_limits(std::size_t line_octets) const;

  const HeaderLimits limits_;
  HeaderScan scan_;
  std::string octets_;
  bool has_ended_ = false;
};

// A message's header, and what was read after it.
struct MessageHead {
  std::string header;  // every line with its CRLF; without the empty line
  Bytes rest;          // the first octets after it: begins with the empty line, or is empty

  // Whether there was an empty line.
  bool has_end() const { return !rest.empty(); }
  // Moves out what was read of the body: `rest` without its empty line.
  Bytes take_body();
};

// Reads `from`, whose lines end in CRLF, up to the empty line. permanent `header-too-large`.
Result<MessageHead> read_head(Source& from, const HeaderLimits& limits = kMessageHeader);

// Views into an entity in memory, whose lines end in CRLF.
struct SplitEntity {
  std::string_view header;
  std::string_view body;  // after the empty line; empty without one
};
SplitEntity split_entity(std::string_view entity);

}  // namespace culvert::crypto
