#include "crypto/smime/pem_words.h"

#include <algorithm>
#include <array>
#include <string>

namespace culvert::crypto {
namespace {

// Fields that describe certificates (`Subject:`, `Issuer:`; RFC 7468, 5.2) are not among them.
constexpr std::array<std::string_view, 16> kFields{
    "from",        "sender",       "author",       "reply-to",      "to",         "cc",
    "bcc",         "date",         "message-id",   "in-reply-to",   "references", "received",
    "return-path", "delivered-to", "mime-version", "dkim-signature"};
constexpr std::array<std::string_view, 4> kFamilies{"content-", "list-", "resent-", "x-"};

bool is_text(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return (octet >= 0x20 && octet != 0x7f) || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

// Where some programs end a line: NEL, and Unicode's separators.
constexpr std::array<std::string_view, 3> kOtherLineEnds{"\xc2\x85", "\xe2\x80\xa8",
                                                         "\xe2\x80\xa9"};

bool is_plain_text(std::string_view words) {
  return std::all_of(words.begin(), words.end(), is_text) &&
         std::none_of(kOtherLineEnds.begin(), kOtherLineEnds.end(), [&](std::string_view end) {
           return words.find(end) != std::string_view::npos;
         });
}

// What is left of a field's name if a reader skips everything that cannot be in one.
std::string name_in(std::string_view line) {
  std::string name;
  for (const char c : line.substr(0, line.find(':'))) {
    if (c >= 'A' && c <= 'Z') name += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || c == '-') name += c;
  }
  return name;
}

// `From jane@a.example Mon Jan  1 …`, as an mbox separates its messages.
bool is_mbox_line(std::string_view line) {
  constexpr std::string_view kFrom = "From ";
  if (!line.starts_with(kFrom)) return false;
  line.remove_prefix(kFrom.size());
  return line.substr(0, line.find(' ')).find('@') != std::string_view::npos;
}

bool is_field(std::string_view line) {
  if (is_mbox_line(line)) return true;
  if (line.find(':') == std::string_view::npos) return false;
  const std::string name = name_in(line);
  return std::find(kFields.begin(), kFields.end(), name) != kFields.end() ||
         std::any_of(kFamilies.begin(), kFamilies.end(),
                     [&](std::string_view family) { return name.starts_with(family); });
}

// A certificate's subject is followed directly by its PEM block, a message's by the end of its
// header.
bool is_subject(std::string_view line) {
  return line.find(':') != std::string_view::npos && name_in(line) == "subject";
}

}  // namespace

bool may_be_header(std::string_view words) {
  if (!is_plain_text(words)) return true;
  bool has_subject = false;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find_first_of("\r\n\f"), words.size());
    const std::string_view line = words.substr(0, end);
    const bool is_crlf = words.substr(end).starts_with("\r\n");
    words.remove_prefix(std::min(words.size(), end + (is_crlf ? 2 : 1)));
    if (is_field(line) || (has_subject && line.empty())) return true;
    has_subject = has_subject || is_subject(line);
  }
  return false;
}

}  // namespace culvert::crypto
