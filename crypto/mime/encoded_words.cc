#include "crypto/mime/encoded_words.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>

#include "crypto/mime/header.h"

namespace culvert::crypto {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

struct EncodedWord {
  std::string_view charset;
  char encoding = 'q';  // `q` or `b`
  std::string_view text;
  std::size_t size = 0;  // of the whole word
};

// The place of the `?=` of the word whose text begins at `begins`; npos if there is none.
std::size_t word_end(std::string_view text, std::size_t begins, WordBounds bounds) {
  if (bounds != WordBounds::strict) return text.find("?=", begins);
  const std::size_t end = text.find_first_of("? \t", begins);
  return end != text.npos && text.substr(end).starts_with("?=") ? end : text.npos;
}

// The word at the front of `text`, if one is there. `text` begins with `=?`.
std::optional<EncodedWord> word_at(std::string_view text, WordBounds bounds) {
  const std::size_t charset_end = text.find('?', 2);
  if (charset_end == text.npos || charset_end + 2 >= text.size()) return std::nullopt;
  const char letter = text[charset_end + 1];
  const bool is_q = letter == 'q' || letter == 'Q';
  const bool is_b = letter == 'b' || letter == 'B';
  if ((!is_q && !is_b) || text[charset_end + 2] != '?') return std::nullopt;
  const std::size_t begins = charset_end + 3;
  const std::size_t ends = word_end(text, begins, bounds);
  if (ends == text.npos) return std::nullopt;
  std::string_view charset = text.substr(2, charset_end - 2);
  charset = charset.substr(0, charset.find('*'));  // a language (RFC 2231, 5)
  return EncodedWord{charset, is_q ? 'q' : 'b', text.substr(begins, ends - begins), ends + 2};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// A `=` that begins no escape stays.
void append_q(std::string_view text, std::string& out) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool is_escape = text[at] == '=' && at + 2 < text.size() &&
                           hex_digit(text[at + 1]) >= 0 && hex_digit(text[at + 2]) >= 0;
    if (is_escape) {
      out.push_back(static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2])));
      at += 2;
    } else {
      out.push_back(text[at] == '_' ? ' ' : text[at]);
    }
  }
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

// Skips what is not base64. Padding starts a new group, and leftover bits are dropped.
void append_b(std::string_view text, std::string& out) {
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') count = 0;
    const int digit = base64_digit(c);
    if (digit < 0) continue;
    bits = (bits << 6) | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<char>((bits >> count) & 0xff));
  }
}

// Whether other readings can differ from the one that was made.
struct Hints {
  bool by_blanks = false;    // a word had a blank in it
  bool by_marks = false;     // or a `?`
  bool by_splicing = false;  // a word ended within a group of digits or an escape
};

bool ends_within_group(char encoding, std::string_view text) {
  if (encoding == 'q')
    return text.substr(text.size() - std::min<std::size_t>(text.size(), 2)).find('=') != text.npos;
  // Padding ends a group, and only digits count.
  const std::size_t padding = text.rfind('=');
  if (padding != text.npos) text.remove_prefix(padding + 1);
  return std::count_if(text.begin(), text.end(), [](char c) { return base64_digit(c) >= 0; }) % 4 !=
         0;
}

// One pass over a text.
class WordDecoder {
 public:
  WordDecoder(const WordReading& reading, CharsetReader& charsets, Hints& hints)
      : reading_(reading), charsets_(charsets), hints_(hints) {}

  std::string decode(std::string_view text) {
    // No word begins after the last end. A search from each beginning would not be linear.
    const std::size_t last_end = text.rfind("?=");
    std::size_t taken = 0;
    std::size_t begins = last_end == text.npos ? text.npos : text.find("=?");
    while (begins != text.npos && begins + 2 <= last_end) {
      const auto word = word_at(text.substr(begins), reading_.bounds);
      if (word) {
        take_text(text.substr(taken, begins - taken));
        take_word(*word);
        taken = begins + word->size;
      }
      begins = text.find("=?", word ? taken : begins + 2);
    }
    take_text(text.substr(taken));
    end_words();
    return std::move(out_);
  }

 private:
  void take_text(std::string_view text) {
    // Blanks between two words belong to them; before other text they count.
    if (in_words_ && text.find_first_not_of(kBlanks) == text.npos) {
      blanks_.append(text);
      return;
    }
    end_words();
    out_.append(text);
  }

  void take_word(const EncodedWord& word) {
    blanks_.clear();
    hints_.by_blanks = hints_.by_blanks || word.text.find_first_of(" \t") != word.text.npos;
    hints_.by_marks = hints_.by_marks || word.text.find('?') != word.text.npos;
    hints_.by_splicing = hints_.by_splicing || ends_within_group(word.encoding, word.text);
    const bool apart = reading_.joins == WordJoins::apart;
    if (apart || !same_name(word.charset, charset_)) end_words();
    if (reading_.joins != WordJoins::spliced || word.encoding != encoding_) decode_digits();
    if (apart) out_.push_back(' ');
    charset_ = word.charset;
    encoding_ = word.encoding;
    in_words_ = true;
    const bool keeps_blanks = reading_.bounds != WordBounds::without_blanks;
    std::copy_if(word.text.begin(), word.text.end(), std::back_inserter(digits_),
                 [&](char c) { return keeps_blanks || (c != ' ' && c != '\t'); });
  }

  void decode_digits() {
    encoding_ == 'q' ? append_q(digits_, octets_) : append_b(digits_, octets_);
    digits_.clear();
  }

  void end_words() {
    decode_digits();
    if (!octets_.empty()) out_.append(charsets_.to_utf8(charset_, octets_));
    if (in_words_ && reading_.joins == WordJoins::apart) out_.push_back(' ');
    out_.append(blanks_);
    octets_.clear();
    blanks_.clear();
    in_words_ = false;
  }

  const WordReading reading_;
  CharsetReader& charsets_;
  Hints& hints_;
  std::string out_;
  std::string_view charset_;  // of the pending octets
  char encoding_ = 'q';       // of the digits
  std::string digits_;        // pending
  std::string octets_;
  std::string blanks_;  // after the last word
  bool in_words_ = false;
};

std::string decode(std::string_view text, const WordReading& reading, CharsetReader& charsets,
                   Hints& hints) {
  std::string decoded(text);
  for (std::size_t round = 0; round < kMaxWordRounds && has_encoded_words(decoded); ++round) {
    std::string next = WordDecoder(reading, charsets, hints).decode(decoded);
    if (next == decoded) break;
    decoded = std::move(next);
  }
  return decoded;
}

}  // namespace

bool has_encoded_words(std::string_view text) { return text.find("=?") != text.npos; }

std::string decode_words(std::string_view text, const WordReading& reading,
                         CharsetReader& charsets) {
  Hints hints;
  return decode(text, reading, charsets, hints);
}

std::vector<std::string> all_readings(std::string_view text, CharsetReader& charsets) {
  std::vector<std::string> found;
  Hints hints;
  const auto read = [&](WordJoins joins, WordBounds bounds) {
    std::string one = decode(text, {joins, bounds}, charsets, hints);
    if (std::find(found.begin(), found.end(), one) == found.end()) found.push_back(std::move(one));
  };
  const auto read_all = [&](WordBounds bounds) {
    read(WordJoins::together, bounds);
    if (!has_encoded_words(text)) return;
    read(WordJoins::apart, bounds);
    if (hints.by_splicing) read(WordJoins::spliced, bounds);
  };
  read_all(WordBounds::lenient);
  if (hints.by_blanks) read_all(WordBounds::without_blanks);
  if (hints.by_blanks || hints.by_marks) read_all(WordBounds::strict);
  return found;
}

}  // namespace culvert::crypto
