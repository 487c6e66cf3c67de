#include "crypto/mime/text_behind.h"

#include <algorithm>

#include "crypto/mime/base64_groups.h"

namespace culvert::crypto {
namespace {

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == line.npos; }

bool is_character(char c) { return base64_value(c) != kNotBase64; }

// True for whole groups and nothing else, apart from blanks at the ends and padding.
bool is_base64_line(std::string_view line) {
  if (is_blank(line)) return false;
  line.remove_prefix(line.find_first_not_of(" \t\r"));
  line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
  if (line.size() < kLeastBase64Line || line.size() % 4 != 0) return false;
  for (int padding = 0; padding < 2 && line.ends_with('='); ++padding)
    line.remove_suffix(1);
  return std::all_of(line.begin(), line.end(), is_character);
}

}  // namespace

// Blank lines decide nothing.
Status TextBehind::end_line() {
  if (line_ == Line::last_of_base64) {
    line_ = Line::first_of_text;
  } else if (line_ == Line::first_of_text) {
    if (is_base64_line(first_)) return not_text_;
    if (!is_blank(first_)) line_ = Line::of_text;
    first_.clear();
  }
  return done();
}

Status TextBehind::take(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view piece = text.substr(0, end);
    if (line_ == Line::last_of_base64 && std::any_of(piece.begin(), piece.end(), [](char c) {
          return c == '=' || is_character(c);
        })) {
      return not_text_;
    }
    if (line_ == Line::first_of_text) first_.append(piece);
    octets_ += piece.size() - (piece.ends_with('\r') ? 1 : 0);
    if (octets_ > kMaxTextBehindOctets) {
      return permanent_error("bad-base64",
                             "the base64 text is damaged: more than 64 KiB of text follow it");
    }
    if (end == text.size()) break;
    if (const Status s = end_line(); !s) return s.error();
    text.remove_prefix(end + 1);
  }
  return done();
}

Status TextBehind::finish() { return end_line(); }

}  // namespace culvert::crypto
