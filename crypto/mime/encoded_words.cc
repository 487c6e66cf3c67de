#include "crypto/mime/encoded_words.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "crypto/mime/header.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kMaxCharsetOctets = 75;  // RFC 2047, 2: of a whole word
constexpr std::string_view kBlanks = " \t\r\n";

struct EncodedWord {
  std::string_view charset;
  char encoding = 'q';  // `q` or `b`
  std::string_view text;
  std::size_t size = 0;  // of the whole word
};

// The word at the front of `text`, if one is there. `text` begins with `=?`.
std::optional<EncodedWord> word_at(std::string_view text) {
  const std::size_t charset_end = text.substr(0, 2 + kMaxCharsetOctets).find('?', 2);
  if (charset_end == text.npos || charset_end + 2 >= text.size()) return std::nullopt;
  const char letter = text[charset_end + 1];
  const bool is_q = letter == 'q' || letter == 'Q';
  const bool is_b = letter == 'b' || letter == 'B';
  if ((!is_q && !is_b) || text[charset_end + 2] != '?') return std::nullopt;
  const std::size_t begins = charset_end + 3;
  const std::size_t ends = text.find("?=", begins);
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

// What is no base64 is passed over, padding begins anew, and a rest of bits is dropped.
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

// One pass over a text.
class WordDecoder {
 public:
  WordDecoder(WordJoins joins, CharsetReader& charsets) : joins_(joins), charsets_(charsets) {}

  std::string decode(std::string_view text) {
    // Looking for an end from each beginning would not be linear: behind the last one is no word.
    const std::size_t last_end = text.rfind("?=");
    std::size_t taken = 0;
    std::size_t begins = last_end == text.npos ? text.npos : text.find("=?");
    while (begins != text.npos && begins + 2 <= last_end) {
      const auto word = word_at(text.substr(begins));
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
    // Blanks between two words are theirs; before other text they count.
    if (in_words_ && text.find_first_not_of(kBlanks) == text.npos) {
      blanks_.append(text);
      return;
    }
    end_words();
    out_.append(text);
  }

  void take_word(const EncodedWord& word) {
    blanks_.clear();
    if (joins_ == WordJoins::apart || !same_name(word.charset, charset_)) {
      end_words();
    }
    if (joins_ == WordJoins::apart) out_.push_back(' ');
    charset_ = word.charset;
    in_words_ = true;
    word.encoding == 'q' ? append_q(word.text, octets_) : append_b(word.text, octets_);
  }

  void end_words() {
    if (!octets_.empty()) out_.append(charsets_.to_utf8(charset_, octets_));
    if (in_words_ && joins_ == WordJoins::apart) out_.push_back(' ');
    out_.append(blanks_);
    octets_.clear();
    blanks_.clear();
    in_words_ = false;
  }

  WordJoins joins_;
  CharsetReader& charsets_;
  std::string out_;
  std::string_view charset_;  // of the octets that wait for more
  std::string octets_;
  std::string blanks_;  // behind the last word
  bool in_words_ = false;
};

}  // namespace

bool has_encoded_words(std::string_view text) { return text.find("=?") != text.npos; }

std::string decode_words(std::string_view text, WordJoins joins, CharsetReader& charsets) {
  std::string decoded(text);
  for (std::size_t round = 0; round < kMaxWordRounds && has_encoded_words(decoded); ++round) {
    std::string next = WordDecoder(joins, charsets).decode(decoded);
    if (next == decoded) break;
    decoded = std::move(next);
  }
  return decoded;
}

}  // namespace culvert::crypto
