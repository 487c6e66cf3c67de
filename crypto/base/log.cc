#include "crypto/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "crypto/base/code_points.h"
#include "crypto/base/log_output.h"

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

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
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
    logger->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","text":%v})",
                        spdlog::pattern_time_type::utc);
  } else {
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %-7l %v", spdlog::pattern_time_type::utc);
  }
  spdlog::set_default_logger(std::move(logger));
}

void set_log_level(LogLevel least) { spdlog::default_logger()->set_level(spdlog_level(least)); }

void write_log(LogLevel level, std::string_view line) {
  const std::string safe = printable(line, 2000);
  write_prepared(level, g_format == LogFormat::json ? json_string(safe) : safe);
}

LogFormat log_format() { return g_format; }

bool log_takes(LogLevel level) {
  return spdlog::default_logger_raw()->should_log(spdlog_level(level));
}

void write_prepared(LogLevel level, std::string_view line) {
  spdlog::default_logger_raw()->log(spdlog_level(level), spdlog::string_view_t(line));
}

std::string printable(std::string_view text, std::size_t limit_octets) {
  // Nearly all text takes this path: that of every reply, and that in every trace.
  const auto is_plain = [](char c) { return c >= ' ' && c <= '~'; };
  if (text.size() <= limit_octets && std::all_of(text.begin(), text.end(), is_plain)) {
    return std::string(text);
  }
  std::string out;
  CodePointReader reader(text);
  while (const auto item = reader.next()) {
    if (out.size() + item->octets.size() > limit_octets) return out + "…";
    out += item->may_be_shown ? item->octets : "?";
  }
  return out;
}

}  // namespace culvert
