#include "crypto/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "crypto/base/utf8.h"

namespace culvert {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::string json_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

LogFormat g_format = LogFormat::text;  // Set once by start_log, before threads exist.

}  // namespace

void start_log(LogLevel least, LogFormat format) {
  g_format = format;
  auto logger = std::make_shared<spdlog::logger>("culvert",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_level(spdlog_level(least));
  logger->flush_on(spdlog::level::info);
  if (format == LogFormat::json) {
    logger->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","text":"%v"})",
                        spdlog::pattern_time_type::utc);
  } else {
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %-7l %v", spdlog::pattern_time_type::utc);
  }
  spdlog::set_default_logger(std::move(logger));
}

void set_log_level(LogLevel least) { spdlog::default_logger()->set_level(spdlog_level(least)); }

void write_log(LogLevel level, std::string_view line) {
  const std::string safe = printable(line, 2000);
  spdlog::log(spdlog_level(level), "{}", g_format == LogFormat::json ? json_escaped(safe) : safe);
}

namespace {

// Marks that make a line show in another order than it has (Unicode, UAX #9): U+061C, U+200E and
// U+200F, U+202A to U+202E, U+2066 to U+2069. `sequence` is one character in UTF-8.
bool reorders_text(std::string_view sequence) {
  if (sequence == "\xd8\x9c") return true;
  if (sequence.size() != 3 || sequence[0] != '\xe2') return false;
  const auto last = static_cast<unsigned char>(sequence[2]);
  if (sequence[1] == '\x80') {
    return last == 0x8e || last == 0x8f || (last >= 0xaa && last <= 0xae);
  }
  return sequence[1] == '\x81' && last >= 0xa6 && last <= 0xa9;
}

}  // namespace

std::string printable(std::string_view text, std::size_t limit_octets) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = utf8_sequence_length(text.substr(at));
    const auto c = static_cast<unsigned char>(text[at]);
    if (out.size() + std::max<std::size_t>(length, 1) > limit_octets) return out + "…";
    if (length == 0 || (length == 1 && (c < 0x20 || c == 0x7f)) ||
        (length == 2 && c == 0xc2 && static_cast<unsigned char>(text[at + 1]) < 0xa0) ||
        reorders_text(text.substr(at, length))) {
      out.push_back('?');
    } else {
      out.append(text.substr(at, length));
    }
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

}  // namespace culvert
