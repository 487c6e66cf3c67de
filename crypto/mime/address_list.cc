#include "crypto/mime/address_list.h"

#include <algorithm>

#include "crypto/mime/header_fields.h"

namespace culvert::crypto {
namespace {

constexpr std::string_view kNotInAWord = " \t()<>[]:;@\\,\"";

constexpr std::string_view kBehindAWord = " \t(<";

class AddressReader {
 public:
  explicit AddressReader(std::string_view text) : text_(text) {}

  std::optional<std::vector<std::string_view>> read() {
    std::vector<std::string_view> addresses;
    do {
      if (!skip()) return std::nullopt;
      const auto address = one();
      if (!address || !skip()) return std::nullopt;
      addresses.push_back(*address);
    } while (take(','));
    if (at_ != text_.size()) return std::nullopt;
    return addresses;
  }

 private:
  // Skips blanks and whole comments. False if a comment does not end.
  bool skip() {
    while (at_ < text_.size()) {
      if (text_[at_] == '(') {
        const std::size_t end = comment_end();
        if (end == text_.npos) return false;
        at_ = end;
      } else if (text_[at_] == ' ' || text_[at_] == '\t') {
        ++at_;
      } else {
        break;
      }
    }
    return true;
  }

  std::size_t comment_end() const {
    std::size_t depth = 0;
    for (std::size_t at = at_; at < text_.size(); ++at) {
      const char c = text_[at];
      if (c == '\\') ++at;
      if (c == '(') ++depth;
      if (c == ')' && --depth == 0) return at + 1;
    }
    return text_.npos;
  }

  bool is_at(char c) const { return at_ < text_.size() && text_[at_] == c; }

  bool take(char c) {
    if (!is_at(c)) return false;
    ++at_;
    return true;
  }

  // Words of a name, then the address in brackets; or the address alone.
  std::optional<std::string_view> one() {
    for (std::size_t words = 0;; ++words) {
      const std::size_t begins = at_;
      if (!take_word()) break;
      if (is_at('@')) return words == 0 ? address_from(begins) : std::nullopt;
      // Some readers take words that touch for one.
      if (at_ < text_.size() && kBehindAWord.find(text_[at_]) == kBehindAWord.npos) {
        return std::nullopt;
      }
      if (!skip()) return std::nullopt;
    }
    if (!take('<')) return std::nullopt;
    const std::size_t inside = at_;
    if (!take_word()) return std::nullopt;
    const auto address = address_from(inside);
    return address && take('>') ? address : std::nullopt;
  }

  bool take_word() {
    if (take('"')) return take_quoted();
    const std::size_t end = std::min(text_.find_first_of(kNotInAWord, at_), text_.size());
    const bool is_there = end > at_;
    at_ = end;
    return is_there;
  }

  // Takes the rest of a quoted string.
  bool take_quoted() {
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return true;
      if (c == '\\') ++at_;
    }
    at_ = text_.size();
    return false;
  }

  // The local part reaches from `begins` to here.
  std::optional<std::string_view> address_from(std::size_t begins) {
    if (!take('@') || is_at('"') || !take_word()) return std::nullopt;
    return text_.substr(begins, at_ - begins);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::vector<std::string_view>> plain_addresses(std::string_view text) {
  if (has_control(text)) return std::nullopt;
  return AddressReader(text).read();
}

}  // namespace culvert::crypto
