#include "crypto/base/envelope.h"

#include <algorithm>

#include "crypto/base/ascii.h"
#include "crypto/base/bytes.h"

namespace culvert {
namespace {

bool is_upper(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == upper_case(c); });
}

bool is_visible(char c) { return c > 0x20 && c < 0x7f; }
bool is_visible_or_utf8(char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; }

bool is_address_type(std::string_view type) {
  return !type.empty() && std::all_of(type.begin(), type.end(), [](char c) {
    return c == '-' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
}

}  // namespace

std::string Notify::text() const {
  if (never) return "NEVER";
  std::string out;
  const auto add = [&](bool wanted, std::string_view word) {
    if (!wanted) return;
    if (!out.empty()) out.push_back(',');
    out += word;
  };
  add(success, "SUCCESS");
  add(failure, "FAILURE");
  add(delay, "DELAY");
  return out;
}

std::optional<Notify> Notify::parse(std::string_view text) {
  const std::string words = upper_case(text);
  if (words == "NEVER") return Notify{.never = true};
  Notify notify;
  std::string_view rest = words;
  while (true) {
    const std::size_t comma = rest.find(',');
    const std::string_view word = rest.substr(0, comma);
    bool* const flag = word == "SUCCESS"   ? &notify.success
                       : word == "FAILURE" ? &notify.failure
                       : word == "DELAY"   ? &notify.delay
                                           : nullptr;
    if (!flag || *flag) return std::nullopt;
    *flag = true;
    if (comma == std::string_view::npos) return notify;
    rest.remove_prefix(comma + 1);
  }
}

std::optional<Notify> Notify::from_text(std::string_view text) {
  if (text.empty()) return Notify();
  return is_upper(text) ? parse(text) : std::nullopt;
}

bool is_envid(std::string_view text) {
  return !text.empty() && text.size() <= kMaxEnvidOctets && decode_xtext(text).has_value();
}

bool is_orcpt(std::string_view text) {
  const std::size_t semicolon = text.find(';');
  if (text.size() > kMaxOrcptOctets || semicolon == text.npos) return false;
  const std::string_view type = text.substr(0, semicolon);
  const std::string_view address = text.substr(semicolon + 1);
  if (!is_address_type(type) || address.empty()) return false;
  if (upper_case(type) != "UTF-8") return decode_xtext(address).has_value();
  return std::all_of(address.begin(), address.end(), is_visible_or_utf8);
}

std::string encode_xtext(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_visible(c) && c != '+' && c != '=') {
      out.push_back(c);
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    out.push_back('+');
    out.push_back(kDigits[octet >> 4]);
    out.push_back(kDigits[octet & 15]);
  }
  return out;
}

std::optional<std::string> decode_xtext(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_visible(text[i]) || text[i] == '=') return std::nullopt;
    if (text[i] != '+') {
      out.push_back(text[i]);
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    const auto octet = from_hex(digits);
    if (digits.size() != 2 || !octet || !is_upper(digits)) return std::nullopt;
    out.push_back(static_cast<char>(octet->front()));
    i += 2;
  }
  return out;
}

}  // namespace culvert
