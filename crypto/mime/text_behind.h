// Lines of text after the end of a base64 text. A relay or a list appends them to a body without
// looking what it is (`-- `, `scanned by …`). They are shown to nobody and are not part of what was
// sealed or signed. More base64 is not such text: it may be another object, and is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/base/result.h"

namespace culvert::crypto {

// A notice or a list's footer is shorter.
inline constexpr std::uint64_t kMaxTextBehindOctets = 64 * 1024;
// A line of four, eight or twelve letters is a word; a longer line of whole groups is base64.
inline constexpr std::size_t kLeastBase64Line = 16;

class TextBehind {
 public:
  // `not_text` is the error for more base64: a line of it, or any character of it in the line in
  // which it should have ended.
  explicit TextBehind(Error not_text) : not_text_(std::move(not_text)) {}

  // Takes what follows the last character, in pieces of any size. `not_text`, or a permanent
  // `bad-base64` for too much.
  Status take(std::string_view text);
  // To be called at the end.
  Status finish();
  // How many octets there were, without line ends.
  std::uint64_t octets() const { return octets_; }

 private:
  enum class Line { last_of_base64, first_of_text, of_text };
  Status end_line();

  Error not_text_;
  Line line_ = Line::last_of_base64;
  std::string first_;  // the line so far, while it decides
  std::uint64_t octets_ = 0;
};

}  // namespace culvert::crypto
