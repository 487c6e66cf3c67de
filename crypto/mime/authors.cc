#include "crypto/mime/authors.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <unordered_set>

#include "crypto/base/limits.h"
#include "crypto/base/unicode.h"
#include "crypto/mime/address_list.h"
#include "crypto/mime/comments.h"
#include "crypto/mime/encoded_words.h"

namespace culvert::crypto {
namespace {

// An A-label has at least one octet for each character of a name, and UTF-8 at most four.
constexpr std::size_t kLongestName = 4 * kMaxDomainOctets;

// What may surround the parts of an address, and blanks.
constexpr std::string_view kSyntax = "\"\\[] \t";

// Without the blanks around the dots and the `@` of an address (RFC 5322, 4.4), and without what
// may surround its parts: quotes, backslashes and brackets.
std::string without_syntax(std::string_view text) {
  const auto joins = [](char c) { return c == '.' || c == '@'; };
  const auto is_syntax = [](char c) { return c == '"' || c == '\\' || c == '[' || c == ']'; };
  std::string out;
  bool blank = false;
  for (const char c : text) {
    if (is_syntax(c)) continue;
    if (c == ' ' || c == '\t') {
      blank = true;
      continue;
    }
    if (blank && !out.empty() && !joins(out.back()) && !joins(c)) out.push_back(' ');
    blank = false;
    out.push_back(c);
  }
  return out;
}

// The longest run of characters that a name may have, with its dots: no two in a row, none at the
// ends.
std::string name_at(std::string_view text) {
  std::string name;
  while (!text.empty() && name.size() <= kLongestName) {
    const bool is_dot = text.front() == '.';
    const std::size_t length = is_dot ? 1 : label_character_length(text);
    if (length == 0) break;
    if (!is_dot || (!name.empty() && name.back() != '.')) name.append(text.substr(0, length));
    text.remove_prefix(length);
  }
  while (name.ends_with('.') || name.ends_with('-'))
    name.pop_back();
  return name;
}

std::string_view ascii_front(std::string_view name) {
  const auto end = std::find_if(name.begin(), name.end(),
                                [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  return name.substr(0, static_cast<std::size_t>(end - name.begin()));
}

// The domains found in texts, up to the limit.
class FoundDomains {
 public:
  bool is_full() const { return names_.size() > kMaxAuthorDomains; }
  bool is_empty() const { return domains_.empty(); }
  // True if something may name any domain.
  bool is_doubtful() const { return doubtful_; }
  void note_doubt() { doubtful_ = true; }
  std::set<Domain> take() { return std::move(domains_); }

  // Adds what follows each `@`.
  void note(std::string_view text) {
    for (std::size_t at = text.find('@'); at != text.npos && !is_full();
         at = text.find('@', at + 1)) {
      const std::string_view rest = text.substr(at + 1);
      if (rest.starts_with('.') || label_character_length(rest) > 0) add(name_at(rest));
    }
  }

 private:
  void add(const std::string& name) {
    if (name.empty() || name.size() > kLongestName || !names_.insert(name).second) return;
    auto domain = Domain::parse(name);
    // Characters that may not be together in a name end it as well.
    if (!domain) domain = Domain::parse(ascii_front(name));
    if (domain) domains_.insert(*std::move(domain));
  }

  std::unordered_set<std::string> names_;
  std::set<Domain> domains_;
  bool doubtful_ = false;
};

// The fillers of Hangul, the Mongolian vowel separator and other characters with a width and no ink
// (unicode.h). Some programs show nothing for them, but most fonts have a blank, at which an
// address seems to end.
constexpr std::string_view kFillers[] = {"\u115f",     "\u1160",    "\u180e",     "\u2800",
                                         "\u3164",     "\uffa0",    "\U00013441", "\U00013442",
                                         "\U00016fe4", "\U0001d159"};

std::string with_blanks_for_fillers(std::string_view text) {
  std::string out(text);
  for (const std::string_view filler : kFillers) {
    for (std::size_t at = out.find(filler); at != out.npos; at = out.find(filler, at))
      std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(at), filler.size(), ' ');
  }
  return out;
}

void note_one_form(std::string_view text, FoundDomains& found) {
  const std::string seen = as_seen(text);
  found.note(seen);
  if (seen.find_first_of(kSyntax) != seen.npos) found.note(without_syntax(seen));
  if (seen.find('(') != seen.npos) found.note(without_syntax(without_comments(seen)));
  if (turns_direction(text)) found.note(reversed(seen));
}

void note_as_seen(std::string_view text, FoundDomains& found) {
  note_one_form(text, found);
  if (const std::string shown = with_blanks_for_fillers(text); shown != text)
    note_one_form(shown, found);
}

// Notes all readings of an unfolded text: readers differ in what they decode and skip.
void note_readings(std::string_view text, CharsetReader& charsets, FoundDomains& found) {
  note_as_seen(text, found);
  if (!has_encoded_words(text)) return;
  for (const std::string& decoded : all_readings(text, charsets))
    if (decoded != text) note_as_seen(decoded, found);
  if (charsets.take_doubt()) found.note_doubt();
}

struct Authors {
  CharsetReader charsets;
  FoundDomains in_addresses;
  FoundDomains anywhere;

  void note(const std::vector<HeaderField>& fields, std::string_view name) {
    for (const std::string_view body : bodies_of(fields, name)) {
      const std::string text = unfolded(body);
      const auto addresses = plain_addresses(text);
      note_readings(text, charsets, addresses ? anywhere : in_addresses);
      if (!addresses) continue;
      for (const std::string_view address : *addresses)
        note_readings(address, charsets, in_addresses);
    }
  }
};

}  // namespace

AuthorDomains author_domains(const std::vector<HeaderField>& fields) {
  Authors found;
  found.note(fields, "From");
  if (found.in_addresses.is_empty()) {
    for (const std::string_view name : {"Sender", "Resent-From", "Resent-Sender"})
      found.note(fields, name);
  }
  AuthorDomains authors;
  authors.too_many = found.in_addresses.is_full() || found.anywhere.is_full();
  authors.doubtful_address = found.in_addresses.is_doubtful();
  authors.doubtful_name = !authors.doubtful_address && found.anywhere.is_doubtful();
  std::set<Domain> addresses = found.in_addresses.take();
  // Some domains hold invisible characters (RFC 5892, A.1): their exact form counts as well.
  if (const auto one = single_from(fields)) addresses.insert(one->domain());
  const std::set<Domain> all = found.anywhere.take();
  authors.addresses.assign(addresses.begin(), addresses.end());
  std::set_difference(all.begin(), all.end(), addresses.begin(), addresses.end(),
                      std::back_inserter(authors.names));
  return authors;
}

}  // namespace culvert::crypto
