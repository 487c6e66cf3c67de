// The program's log. Text from a mail, a certificate or a peer passes through `printable` first, so
// that no line can be forged. Secrets and mail content are never logged. Thread-safe.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace culvert {

enum class LogLevel { debug, info, warning, error };
enum class LogFormat { text, json };

// `serve` decides once where the log goes: to standard error, in one of two formats.
void start_log(LogLevel least, LogFormat format);
// Changes the level of the log that was started. Any thread.
void set_log_level(LogLevel least);
void write_log(LogLevel level, std::string_view line);

template <typename... Args>
void log_debug(fmt::format_string<Args...> text, Args&&... args) {
  write_log(LogLevel::debug, fmt::format(text, std::forward<Args>(args)...));
}
template <typename... Args>
void log_info(fmt::format_string<Args...> text, Args&&... args) {
  write_log(LogLevel::info, fmt::format(text, std::forward<Args>(args)...));
}
template <typename... Args>
void log_warning(fmt::format_string<Args...> text, Args&&... args) {
  write_log(LogLevel::warning, fmt::format(text, std::forward<Args>(args)...));
}
template <typename... Args>
void log_error(fmt::format_string<Args...> text, Args&&... args) {
  write_log(LogLevel::error, fmt::format(text, std::forward<Args>(args)...));
}

// The text with `?` for octets that are not UTF-8 and for code points that may not be shown
// (code_points.h: controls, the unseen, those that change the order, floods of marks). Text longer
// than `limit_octets` is cut, and `…` ends it. Safe in a log line, a header field and a reply, and
// on a terminal.
std::string printable(std::string_view text, std::size_t limit_octets = 200);

}  // namespace culvert
