#include "crypto/keys/files/bmp_string.h"

#include <algorithm>

#include "crypto/base/utf8.h"

namespace culvert::crypto {
namespace {

constexpr std::uint32_t kReplacement = 0xfffd;

// The code point of a valid UTF-8 sequence.
std::uint32_t code_point(std::string_view sequence) {
  const auto first = static_cast<std::uint8_t>(sequence[0]);
  if (sequence.size() == 1) return first;
  std::uint32_t value = first & (0x7fU >> sequence.size());
  for (const char c : sequence.substr(1))
    value = value << 6 | (static_cast<std::uint8_t>(c) & 0x3fU);
  return value;
}

std::size_t put_unit(MutableBytes out, std::size_t at, std::uint32_t unit) {
  out[at] = static_cast<std::uint8_t>(unit >> 8);
  out[at + 1] = static_cast<std::uint8_t>(unit);
  return at + 2;
}

void append_utf8(std::string& to, std::uint32_t c) {
  const auto put = [&](std::uint32_t octet) { to.push_back(static_cast<char>(octet)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xc0 | c >> 6);
  } else {
    if (c < 0x10000) {
      put(0xe0 | c >> 12);
    } else {
      put(0xf0 | c >> 18);
      put(0x80 | (c >> 12 & 0x3f));
    }
    put(0x80 | (c >> 6 & 0x3f));
  }
  put(0x80 | (c & 0x3f));
}

}  // namespace

std::optional<SecretBytes> to_bmp_string(std::string_view utf8) {
  SecretBytes room(2 * utf8.size());  // no sequence has fewer octets than units
  std::size_t size = 0;
  while (!utf8.empty()) {
    const std::size_t length = utf8_sequence_length(utf8);
    if (length == 0) return std::nullopt;
    const std::uint32_t c = code_point(utf8.substr(0, length));
    if (c < 0x10000) {
      size = put_unit(room.writable(), size, c);
    } else {
      size = put_unit(room.writable(), size, 0xd800 | (c - 0x10000) >> 10);
      size = put_unit(room.writable(), size, 0xdc00 | (c & 0x3ff));
    }
    utf8.remove_prefix(length);
  }
  return SecretBytes(room.view().first(size));
}

std::optional<SecretBytes> to_terminated_bmp_string(std::string_view utf8) {
  const auto text = to_bmp_string(utf8);
  if (!text) return std::nullopt;
  SecretBytes terminated(text->size() + 2);
  std::copy(text->view().begin(), text->view().end(), terminated.writable().begin());
  return terminated;
}

std::string from_bmp_string(ByteView octets) {
  const auto unit = [&](std::size_t at) -> std::uint32_t {
    return at + 1 < octets.size() ? static_cast<std::uint32_t>(octets[at] << 8 | octets[at + 1])
                                  : 0;
  };
  std::string text;
  for (std::size_t at = 0; at + 1 < octets.size(); at += 2) {
    std::uint32_t c = unit(at);
    const std::uint32_t low = unit(at + 2);
    if (c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
      c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
      at += 2;
    } else if (c >= 0xd800 && c < 0xe000) {
      c = kReplacement;
    }
    append_utf8(text, c);
  }
  return text;
}

}  // namespace culvert::crypto
