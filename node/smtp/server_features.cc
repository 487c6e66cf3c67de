#include "node/smtp/server_features.h"

#include <algorithm>
#include <charconv>

#include "crypto/base/ascii.h"
#include "crypto/base/log.h"

namespace culvert::node {
namespace {

constexpr std::size_t kMaxNameOctets = 255;

std::string upper_word(std::string_view line) { return upper_case(line.substr(0, line.find(' '))); }

// The words after the keyword.
std::vector<std::string> upper_words_behind(std::string_view line) {
  std::vector<std::string> words;
  for (std::size_t at = line.find(' '); at < line.size(); at = line.find(' ', at + 1)) {
    const std::string_view word = line.substr(at + 1, line.find(' ', at + 1) - at - 1);
    if (!word.empty()) words.push_back(upper_case(word));
  }
  return words;
}

bool names(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
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
    if (word == "XCLIENT") out.xclient = upper_words_behind(line);
    if (word == "XFORWARD") out.xforward = upper_words_behind(line);
    if (word != "SIZE") continue;
    out.size = true;
    out.size_limit_bytes = size_limit(line);
  }
  if (!names(out.xclient, "ADDR")) out.xclient.clear();
  return out;
}

}  // namespace culvert::node
