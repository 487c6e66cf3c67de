// why_no_single_from of header.h: which rule of single_from.cc a From field breaks.
#include <algorithm>

#include "crypto/mime/comments.h"
#include "crypto/mime/header.h"
#include "crypto/mime/header_fields.h"

namespace culvert::crypto {
namespace {

constexpr std::string_view kNotOne = "the message does not name exactly one author in From";

std::string doubt(std::string_view why) {
  return std::string(kNotOne) + " on whom all programs agree: " + std::string(why);
}

// The comments in `text`, one after the other.
std::string comments_in(std::string_view text) {
  std::string out;
  bool in_quotes = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_quotes && c == '\\') {
      ++at;
    } else if (c == '"') {
      in_quotes = !in_quotes;
    } else if (!in_quotes && c == '(') {
      const std::size_t end = skip_comments(text, at);
      out += text.substr(at, end - at);
      at = end - 1;
    }
  }
  return out;
}

// What in a comment makes programs disagree.
struct Doubt {
  std::string_view holds;
  std::string_view why;  // follows "a comment in parentheses holds "
};
constexpr std::string_view kBrackets = "< or >, which some take for the brackets of an address";
constexpr Doubt kDoubts[] = {
    {"@", "an @, which some take for an address"},
    {"<", kBrackets},
    {">", kBrackets},
    {"\\", "a backslash, behind which some see its end"},
    {"=?", "encoded words, which some decode before they look for an address"},
};

// For a field that names one mailbox once its comments are gone.
std::string why_comments(std::string_view comments) {
  for (const Doubt& row : kDoubts) {
    if (comments.find(row.holds) == comments.npos) continue;
    return doubt("a comment in parentheses holds " + std::string(row.why));
  }
  return doubt(
      "a comment in parentheses stands inside the address, goes over two lines, or does "
      "not end");
}

// `<@relay.example:jo@a.example>` (RFC 5322, 4.4).
bool has_route(std::string_view text) {
  const std::size_t at = text.find("<@");
  return at != text.npos && text.find(':', at) != text.npos;
}

bool is_one_without_comments(std::string_view text) {
  const std::string field = "From: " + unfolded(without_comments(text)) + "\r\n";
  return single_from(field).has_value();
}

}  // namespace

std::string why_no_single_from(const std::vector<HeaderField>& fields) {
  const auto bodies = bodies_of(fields, "From");
  if (bodies.empty()) return std::string(kNotOne) + ": there is no such field";
  if (bodies.size() > 1) return std::string(kNotOne) + ": the field is there more than once";
  const std::string text = unfolded(bodies.front());
  if (has_control(text)) return doubt("it holds a control character");
  if (has_route(text)) {
    return doubt(
        "its address begins with a route (<@relay:address>), which is obsolete (RFC 5322, "
        "4.4)");
  }
  const std::string comments = comments_in(text);
  if (!comments.empty() && is_one_without_comments(text)) return why_comments(comments);
  return std::string(kNotOne);
}

}  // namespace culvert::crypto
