#include "tools/cli/demo/search.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace culvert::cli {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The base64 digits that depend only on `text`, which begins `shift` octets after a multiple of
// three.
std::string base64_core(std::string_view text, std::size_t shift) {
  const std::size_t first = (shift * 8 + 5) / 6;
  const std::size_t last = ((shift + text.size()) * 8) / 6;
  const auto bit = [&](std::size_t at) {
    const auto octet = static_cast<unsigned char>(text[at / 8 - shift]);
    return (octet >> (7 - at % 8)) & 1U;
  };
  std::string digits;
  for (std::size_t digit = first; digit < last; ++digit) {
    unsigned value = 0;
    for (std::size_t i = 0; i < 6; ++i)
      value = value * 2 + bit(digit * 6 + i);
    digits += kBase64[value];
  }
  return digits;
}

bool contains(std::string_view octets, std::string_view text) {
  return octets.find(text) != std::string_view::npos;
}

}  // namespace

std::optional<std::string> find_clear(std::string_view octets,
                                      const std::vector<std::string>& secrets) {
  std::string joined(octets);
  std::erase_if(joined, [](char c) { return c == '\r' || c == '\n'; });
  for (const std::string& secret : secrets) {
    if (contains(octets, secret)) return secret;
    for (const std::size_t shift : {0U, 1U, 2U}) {
      if (contains(joined, base64_core(secret, shift))) return secret + " (in base64)";
    }
  }
  return std::nullopt;
}

Collected collect_files(const std::vector<std::filesystem::path>& folders) {
  namespace fs = std::filesystem;
  Collected collected;
  for (const fs::path& folder : folders) {
    std::error_code error;
    for (fs::recursive_directory_iterator at(folder, error), end; at != end; at.increment(error)) {
      if (error) break;
      if (!at->is_regular_file(error)) continue;
      std::ifstream in(at->path(), std::ios::binary);
      collected.octets.append(std::istreambuf_iterator<char>(in), {});
      ++collected.files;
    }
  }
  return collected;
}

}  // namespace culvert::cli
