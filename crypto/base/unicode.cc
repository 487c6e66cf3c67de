#include "crypto/base/unicode.h"

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <memory>

#include "crypto/base/utf8.h"

namespace culvert {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD
constexpr ucs4_t kIdeographicDot = 0x3002;                 // a dot of domain names (RFC 3490, 3.1)
constexpr std::string_view kRightToLeftOverride = "\xe2\x80\xae";

const std::uint8_t* as_utf8(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

bool is_plain(char c) { return c >= 0x20 && c < 0x7f; }

// Arabic phrases in one character, U+FDFA and U+FDFB. NFKC makes up to eighteen characters of one,
// with blanks, so no domain name holds it. All other characters grow to at most six octets for one.
bool is_phrase(std::string_view character) {
  return character == "\xef\xb7\xba" || character == "\xef\xb7\xbb";
}

// The text as valid UTF-8.
std::string repaired(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(length, 1));
    const bool fits = length > 0 && !is_phrase(character);
    // One for a whole run; otherwise text in another charset would triple.
    if (fits || !out.ends_with(kReplacement)) out += fits ? character : kReplacement;
    text.remove_prefix(character.size());
  }
  return out;
}

struct Range {
  ucs4_t first;
  ucs4_t last;
};
// Characters that NFKC leaves as they are if all their neighbours are of this kind too: Latin,
// Cyrillic, Chinese and Japanese letters, invisible signs, U+FFFD. Most texts have no others, and
// normalizing costs more than all the rest.
constexpr Range kStable[] = {{0x00ad, 0x00ad}, {0x00c0, 0x0131}, {0x0134, 0x013e}, {0x0141, 0x0148},
                             {0x014a, 0x017e}, {0x0400, 0x0482}, {0x048a, 0x04ff}, {0x200b, 0x200f},
                             {0x202a, 0x202e}, {0x2060, 0x2064}, {0x3041, 0x3096}, {0x30a1, 0x30fa},
                             {0x4e00, 0x9fff}, {0xfeff, 0xfeff}, {0xfffd, 0xfffd}};

bool is_stable(ucs4_t code) {
  return code < 0x80 || std::any_of(std::begin(kStable), std::end(kStable), [code](Range range) {
           return code >= range.first && code <= range.last;
         });
}

// A character of valid UTF-8.
struct Character {
  ucs4_t code = 0;
  std::size_t length = 1;
};
Character character_at(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80) return {first, 1};
  Character found;
  found.length =
      static_cast<std::size_t>(u8_mbtouc_unsafe(&found.code, as_utf8(text), text.size()));
  return found;
}

bool is_stable(std::string_view text) {
  while (!text.empty()) {
    const Character character = character_at(text);
    if (!is_stable(character.code)) return false;
    text.remove_prefix(character.length);
  }
  return true;
}

std::string normalized(std::string_view text) {
  if (is_stable(text)) return std::string(text);
  std::size_t size = 0;
  const std::unique_ptr<std::uint8_t, decltype(&std::free)> made(
      u8_normalize(UNINORM_NFKC, as_utf8(text), text.size(), nullptr, &size), &std::free);
  if (!made) return std::string(text);
  return {reinterpret_cast<const char*>(made.get()), size};
}

// Characters that Unicode counts as letters or signs but that have no ink in any font: the blank
// pattern of Braille, the null note head, and the fillers of Khitan and of hieroglyphs.
constexpr ucs4_t kWithoutInk[] = {0x2800, 0x13441, 0x13442, 0x16fe4, 0x1d159};

// What a character of the normalized text counts as; empty if nobody sees it.
std::string_view seen(std::string_view character, ucs4_t code) {
  if (code == '\t' || code == '\r' || code == '\n') return " ";
  if (code == kIdeographicDot) return ".";
  const std::uint32_t category = uc_general_category(code).bitmask;
  if ((category & UC_CATEGORY_MASK_Z) != 0) return " ";
  if ((category & (UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf)) != 0 ||
      uc_is_property(code, UC_PROPERTY_DEFAULT_IGNORABLE_CODE_POINT) ||
      std::find(std::begin(kWithoutInk), std::end(kWithoutInk), code) != std::end(kWithoutInk)) {
    return {};
  }
  return character;
}

}  // namespace

std::string as_seen(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), is_plain)) return std::string(text);
  const std::string whole = is_ascii(text) ? std::string(text) : normalized(repaired(text));
  std::string out;
  out.reserve(whole.size());
  for (std::string_view rest = whole; !rest.empty();) {
    const Character character = character_at(rest);
    if (character.length == 1 && is_plain(rest.front())) {
      out.push_back(rest.front());
    } else {
      out += seen(rest.substr(0, character.length), character.code);
    }
    rest.remove_prefix(character.length);
  }
  return out;
}

std::string without_case(std::string_view text) {
  const std::string shown = as_seen(text);
  std::size_t size = 0;
  const std::unique_ptr<std::uint8_t, decltype(&std::free)> made(
      u8_casefold(as_utf8(shown), shown.size(), nullptr, UNINORM_NFKC, nullptr, &size), &std::free);
  if (!made) return shown;
  return {reinterpret_cast<const char*>(made.get()), size};
}

bool turns_direction(std::string_view text) {
  return text.find(kRightToLeftOverride) != std::string_view::npos;
}

std::string reversed(std::string_view text) {
  std::string out(text.size(), '\0');
  std::size_t end = out.size();
  while (!text.empty()) {
    const std::size_t length = character_at(text).length;
    end -= length;
    std::copy_n(text.begin(), length, out.begin() + static_cast<std::ptrdiff_t>(end));
    text.remove_prefix(length);
  }
  return out;
}

std::size_t label_character_length(std::string_view text) {
  if (text.empty()) return 0;
  const char first = text.front();
  const bool is_ascii_label = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') ||
                              (first >= '0' && first <= '9') || first == '-';
  if (is_ascii_label) return 1;
  const Character character = character_at(text);
  constexpr std::uint32_t kInNames = UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M | UC_CATEGORY_MASK_Nd;
  const bool is_in_names =
      character.length > 1 && uc_is_general_category_withtable(character.code, kInNames);
  return is_in_names ? character.length : 0;
}

}  // namespace culvert
