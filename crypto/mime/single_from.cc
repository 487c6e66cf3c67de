// Finds whom a From field names, if that is beyond doubt; header.h says what for. RFC 5322, 3.2.2,
// 3.4 and 3.6.2; RFC 6854.
//
// Attack: Two readers. Programs differ in what they know of comments, quotes, backslashes, encoded
// words and groups. What is accepted here leaves them no choice: there is one `@`, in whatever form
// and order the field is read. Nothing that is passed over touches the address, or could be a
// bracket or an end of something for one program and not for another.
#include <algorithm>

#include "crypto/base/charset.h"
#include "crypto/base/unicode.h"
#include "crypto/mime/encoded_words.h"
#include "crypto/mime/header.h"
#include "crypto/mime/header_fields.h"

namespace culvert::crypto {
namespace {

// True for what is in quotes, which is passed over; false for all else.
class Quotes {
 public:
  bool hold(char c) {
    if (escaped_) {
      escaped_ = false;
      return true;
    }
    if (c == '"') {
      inside_ = !inside_;
      return true;
    }
    escaped_ = inside_ && c == '\\';
    return inside_;
  }

 private:
  bool inside_ = false;
  bool escaped_ = false;
};

// One past the comment that begins at `at`. Nothing if it does not end, or if readers differ in
// where it ends or what it is: some know no quoted pairs, some look for brackets alone.
std::optional<std::size_t> plain_comment_end(std::string_view text, std::size_t at) {
  int depth = 0;
  int unquoted_depth = 0;  // for readers to whom a backslash is nothing
  bool escaped = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '<' || c == '>') return std::nullopt;
    const int step = c == '(' ? 1 : c == ')' ? -1 : 0;
    unquoted_depth += step;
    if (!escaped) depth += step;
    escaped = !escaped && c == '\\';
    if (depth == 0 && unquoted_depth == 0) return at + 1;
    if (depth == 0 || unquoted_depth == 0) return std::nullopt;
  }
  return std::nullopt;
}

// Each comment becomes a blank: what is on its two sides is not one word.
std::optional<std::string> without_plain_comments(std::string_view text) {
  std::string out;
  Quotes quotes;
  for (std::size_t at = 0; at < text.size();) {
    if (!quotes.hold(text[at]) && text[at] == '(') {
      const auto end = plain_comment_end(text, at);
      if (!end) return std::nullopt;
      at = *end;
      out.push_back(' ');
    } else {
      out.push_back(text[at++]);
    }
  }
  return unfolded(out);
}

// The content of the group that is all of `text`: `name: …;` (RFC 6854); `text` itself if it is not
// a group.
std::string_view inside_group(std::string_view text) {
  constexpr std::string_view kNotInAName = "()<>[]@,;\\";
  Quotes quotes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quotes.hold(c)) continue;
    if (c == ':' && at > 0 && text.ends_with(';')) {
      return text.substr(at + 1, text.size() - at - 2);
    }
    if (c == ':') break;
    if (kNotInAName.find(c) != std::string_view::npos) break;
  }
  return text;
}

// The address in `phrase <address>` or `address`. Nothing if a quoted string does not end, or a
// special is where it could mean a second address.
std::optional<std::string_view> address_part(std::string_view text) {
  constexpr std::string_view kForbidden = "(),:;@[]\\>";
  std::size_t at = 0;
  bool in_quotes = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (in_quotes) {
      if (c == '\\') ++at;
      if (c == '"') in_quotes = false;
    } else if (c == '"') {
      in_quotes = true;
    } else if (c == '<') {
      if (text.back() != '>') return std::nullopt;
      const std::string_view inner = text.substr(at + 1, text.size() - at - 2);
      if (inner.find_first_of("<>") != std::string_view::npos) return std::nullopt;
      return inner;
    } else if (kForbidden.find(c) != std::string_view::npos) {
      break;
    }
  }
  if (in_quotes) return std::nullopt;
  return text.find_first_of("<>(),;:") == std::string_view::npos
             ? std::optional<std::string_view>(text)
             : std::nullopt;
}

// Whom one reading of a field names.
struct Reading {
  Mailbox author;
  bool is_plain;  // nothing was passed over
};

// Reads a text that may hold comments or be a group.
std::optional<Reading> read_beside_comments(std::string_view text) {
  const auto bare = without_plain_comments(text);
  if (!bare) return std::nullopt;
  const std::string_view inside = inside_group(*bare);
  const bool is_plain = inside.size() == text.size();
  const std::string member = unfolded(inside);
  const auto address = address_part(member);
  if (!address) return std::nullopt;
  auto author = Mailbox::parse(is_plain ? std::string(*address) : unfolded(*address));
  if (!author) return std::nullopt;
  return Reading{*std::move(author), is_plain};
}

std::optional<Reading> read_author(std::string_view text) {
  if (text.find('(') != text.npos || text.ends_with(';')) return read_beside_comments(text);
  const auto address = address_part(text);
  if (!address) return std::nullopt;
  auto author = Mailbox::parse(*address);
  return author ? std::optional(Reading{*std::move(author), true}) : std::nullopt;
}

// True if a comment or a quoted string before the address is folded inside: for some programs it
// ends with its line, and its next word is the author. Readers that differ in what is a comment and
// what is quoted find each fold in one of the two.
bool folds_a_name(std::string_view body) {
  std::size_t depth = 0;
  bool in_quotes = false;
  for (const char c : body.substr(0, body.find('@'))) {
    if (c == '(') ++depth;
    if (c == ')' && depth > 0) --depth;
    if (c == '"') in_quotes = !in_quotes;
    if (c == '\r' && (depth > 0 || in_quotes)) return true;
  }
  return false;
}

// True if every reading names this author. Some programs decode words before they look for
// comments, and show full-width signs as plain ones.
bool is_read_alike(std::string_view text, const Mailbox& author) {
  if (turns_direction(text)) return false;
  CharsetReader charsets;
  const auto readings = all_readings(text, charsets);
  if (charsets.take_doubt()) return false;
  return std::all_of(readings.begin(), readings.end(), [&](const std::string& reading) {
    const std::string seen = as_seen(reading);
    const auto read = read_author(reading);
    return std::count(seen.begin(), seen.end(), '@') == 1 && !turns_direction(reading) && read &&
           read->author == author;
  });
}

}  // namespace

std::optional<Mailbox> single_from(const std::vector<HeaderField>& fields) {
  const auto bodies = bodies_of(fields, "From");
  if (bodies.size() != 1) return std::nullopt;
  const std::string text = unfolded(bodies.front());
  if (has_control(text)) return std::nullopt;
  auto read = read_author(text);
  if (!read) return std::nullopt;
  const bool is_safe =
      read->is_plain || (is_read_alike(text, read->author) && !folds_a_name(bodies.front()));
  return is_safe ? std::optional(std::move(read->author)) : std::nullopt;
}

}  // namespace culvert::crypto
