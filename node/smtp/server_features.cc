#include "node/smtp/server_features.h"

#include <algorithm>
#include <charconv>

#include "crypto/base/log.h"

namespace culvert::node {
namespace {

constexpr std::size_t kMaxNameOctets = 255;

std::string upper_word(std::string_view line) {
  std::string word(line.substr(0, line.find(' ')));
  std::transform(word.begin(), word.end(), word.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return word;
}

std::optional<std::uint64_t> size_limit(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  std::uint64_t limit = 0;
  const char* const end = line.data() + line.size();
  const auto [stop, error] = std::from_chars(line.data() + space + 1, end, limit);
  if (error != std::errc() || stop != end || limit == 0) return std::nullopt;
  return limit;
}

}  // namespace

ServerFeatures parse_features(const Reply& ehlo_reply) {
  ServerFeatures out;
  for (std::size_t i = 0; i < ehlo_reply.lines.size(); ++i) {
    const std::string& line = ehlo_reply.lines[i];
    if (i == 0) {
      out.name = printable(line.substr(0, line.find(' ')), kMaxNameOctets);
      continue;
    }
    const std::string word = upper_word(line);
    if (word == "PIPELINING") out.pipelining = true;
    if (word == "8BITMIME") out.eight_bit_mime = true;
    if (word == "SMTPUTF8") out.smtputf8 = true;
    if (word == "DSN") out.dsn = true;
    if (word == "STARTTLS") out.starttls = true;
    if (word != "SIZE") continue;
    out.size = true;
    out.size_limit_bytes = size_limit(line);
  }
  return out;
}

}  // namespace culvert::node
