#include "peering/report_parameters.h"

#include <algorithm>
#include <vector>

namespace culvert::peering {
namespace {

constexpr std::size_t kMaxEnvidOctets = 100;  // RFC 3461, 4.4
constexpr std::size_t kMaxOrcptOctets = 500;  // RFC 3461, 4.2

bool is_upper_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); }

// RFC 3461, 4: printable ASCII but `+` and `=`, or `+` and two upper-case digits.
bool is_xtext(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c < '!' || c > '~' || c == '=') return false;
    if (c != '+') continue;
    if (i + 2 >= text.size() || !is_upper_hex(text[i + 1]) || !is_upper_hex(text[i + 2]))
      return false;
    i += 2;
  }
  return true;
}

}  // namespace

bool is_envid(std::string_view text) {
  return !text.empty() && text.size() <= kMaxEnvidOctets && is_xtext(text);
}

// addr-type ";" and what stands behind it: xtext, or with the type utf-8 also its escaped forms
// (RFC 6533, 3), which are printable ASCII or UTF-8 without blanks.
bool is_orcpt(std::string_view text) {
  const std::size_t semicolon = text.find(';');
  if (semicolon == std::string_view::npos || semicolon == 0 || text.size() > kMaxOrcptOctets) {
    return false;
  }
  const std::string_view type = text.substr(0, semicolon);
  const bool atom = std::all_of(type.begin(), type.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
  const std::string_view address = text.substr(semicolon + 1);
  return atom && !address.empty() && std::all_of(address.begin(), address.end(), [](char c) {
           return static_cast<unsigned char>(c) > 0x20 && c != 0x7f;
         });
}

// RFC 3461, 4.1: NEVER alone, or the others, each once.
bool is_notify(std::string_view text) {
  if (text == "NEVER") return true;
  std::vector<std::string_view> seen;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view word = text.substr(0, comma);
    if (word != "SUCCESS" && word != "FAILURE" && word != "DELAY") return false;
    if (std::find(seen.begin(), seen.end(), word) != seen.end()) return false;
    seen.push_back(word);
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace culvert::peering
