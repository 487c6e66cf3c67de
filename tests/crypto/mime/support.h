// What the tests of crypto/mime share: sources read in awkward pieces.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/stream.h"
#include "crypto/mime/mime_refusal.h"
#include "crypto/mime/multipart_signed.h"
#include "tests/support/trickling_source.h"

namespace culvert::crypto::testing {

// Sizes of the pieces that a source gives at most.
inline const std::vector<std::size_t> kSteps{1, 2, 3, 7, 64, 1'000'000};

// All of `from`, asked for in pieces of at most `step` octets; an error as its word.
inline std::string read_in_pieces(Source& from, std::size_t step) {
  std::string all;
  Bytes piece(std::min<std::size_t>(step, 65536));
  while (true) {
    const auto count = from.read(piece);
    if (!count) return "error: " + count.error().code;
    if (*count == 0) return all;
    all += as_text(ByteView(piece).first(*count));
  }
}

// What a message was split into; `error` is the word of a refusal.
struct Split {
  std::string error;
  std::string content;
  std::string signature;
  std::string micalg;
  LineEnds line_ends = LineEnds::crlf;
  bool operator==(const Split&) const = default;
};

inline Split split_in_pieces(std::string_view message, std::size_t step) {
  TricklingSource source(as_bytes(message), step);
  const auto parts = MultipartSigned::open(source);
  if (!parts) return {parts.error().code, {}, {}, {}, LineEnds::crlf};
  Split out;
  out.content = read_in_pieces((*parts)->content(), step);
  out.signature = read_in_pieces((*parts)->signature(), step);
  out.micalg = (*parts)->micalg();
  out.line_ends = (*parts)->line_ends();
  return out;
}

// The same however it is cut.
inline Split split(std::string_view message) {
  const Split whole = split_in_pieces(message, kSteps.back());
  for (const std::size_t step : kSteps)
    EXPECT_TRUE(split_in_pieces(message, step) == whole) << "in pieces of " << step;
  return whole;
}

}  // namespace culvert::crypto::testing
