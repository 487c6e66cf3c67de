#include "crypto/mime/trust_mark.h"

#include <algorithm>
#include <iterator>

#include "crypto/base/ascii.h"
#include "crypto/base/charset.h"
#include "crypto/base/unicode.h"
#include "crypto/mime/comments.h"
#include "crypto/mime/encoded_words.h"
#include "crypto/mime/entity.h"

namespace culvert::crypto {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// True for an octet of a longer name. One above 0x7F does not count: in some charset it is a blank.
bool is_name_octet(char c) {
  return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '.' || c == '_';
}

// A value in somebody else's results may hold our name: `smtp.helo=gate.a.example`.
bool makes_a_value(char c) { return std::string_view("=@/%+!:").find(c) != std::string_view::npos; }

std::string without(std::string_view text, std::string_view octets) {
  std::string out;
  std::copy_if(text.begin(), text.end(), std::back_inserter(out),
               [octets](char c) { return octets.find(c) == octets.npos; });
  return out;
}

// Calls `found(before, behind)` for each place where the name is not the end of a longer one: with
// the octet before it (a blank at the beginning), and the text after it and its final dot.
template <typename Found>
bool any_place(std::string_view text, std::string_view name, Found found) {
  for (std::size_t at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
    const char before = at == 0 ? ' ' : text[at - 1];
    std::string_view behind = text.substr(at + name.size());
    if (behind.starts_with('.')) behind.remove_prefix(1);
    if (!is_name_octet(before) && found(before, behind)) return true;
  }
  return false;
}

bool stands_as_word(std::string_view text, std::string_view name) {
  return any_place(text, name, [](char before, std::string_view behind) {
    return !makes_a_value(before) && (behind.empty() || !is_name_octet(behind.front()));
  });
}

// `text` has no blanks: a version (RFC 8601, 2.2) may follow the name.
bool claims_a_seal(std::string_view text, std::string_view name) {
  return any_place(text, name, [](char, std::string_view behind) {
    while (!behind.empty() && is_digit(behind.front()))
      behind.remove_prefix(1);
    return behind.starts_with(";smime=");
  });
}

bool speaks_as(std::string_view text, std::string_view name) {
  const std::string bare = without_comments(text);
  constexpr std::string_view kSyntax = " \"\\()";
  return stands_as_word(without(bare, "\\"), name) || claims_a_seal(without(bare, kSyntax), name) ||
         claims_a_seal(without(text, kSyntax), name);
}

}  // namespace

bool is_trust_mark(const HeaderField& field, std::string_view authserv_id) {
  const std::string name = bare_field_name(field.name);
  if (name.starts_with("culvert-")) return true;
  if (name != "authentication-results" || authserv_id.empty()) return false;
  CharsetReader charsets;
  const auto readings = all_readings(unfolded(field.body), charsets);
  return std::any_of(readings.begin(), readings.end(), [&](const std::string& text) {
    return speaks_as(lower_case(as_seen(text)), authserv_id);
  });
}

}  // namespace culvert::crypto
