// One log line about one event, made of named values that programs can find again:
//
//   message delivered id=00672f… message-id=<x1@a.example> to=<jo@b.example> reply="250 2.0.0 ok"
//
// or, in the format json, an object with these members. The parts go straight into the line,
// without a list of fields in between: a busy node writes thousands of lines a second.
//
// Named attack: Header injection. What a mail, a peer or a server supplies is written between `<`
// and `>` or between quotes. It cannot end them, begin another `name=`, or begin a line: octets
// that could are written as `\xNN`. In `<…>` these are blanks, quotes, backslashes, angle brackets,
// and what is not shown (code_points.h) or not UTF-8. Between quotes they are the same without the
// space and the angle brackets, but with `=`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/base/log.h"

namespace culvert {

// True if lines of that level are written; otherwise do not build them.
bool is_logged(LogLevel level);

// Longer values are cut and end in `…`.
inline constexpr std::size_t kMaxLoggedOctets = 400;
// A longer list is cut, and `NAME-left-out` says how many more items there were.
inline constexpr std::size_t kMaxLoggedListOctets = 4000;

class LogLine {
 public:
  // `what`, `event`: plain words of ours, `message delivered`.
  explicit LogLine(std::string_view what, std::string_view event = {});

  // `name` in all of these: a plain word of ours. `ours`: a value of ours, of letters, digits and
  // `-._:`.
  LogLine& word(std::string_view name, std::string_view ours);
  LogLine& number(std::string_view name, std::uint64_t value);
  // An address or an id, without its angle brackets: `name=<value>`.
  LogLine& address(std::string_view name, std::string_view value);
  // Free text; nothing is written if it is empty.
  LogLine& text(std::string_view name, std::string_view value);

  // `name=<one>,<two>`: `begin_list`, then each `item`, then `end_list`.
  LogLine& begin_list(std::string_view name);
  LogLine& item(std::string_view value);
  LogLine& end_list();

  void write(LogLevel level) const;
  // What `write` writes after the time and the level.
  const std::string& line() const { return line_; }

 private:
  void begin(std::string_view name);

  LogFormat format_;
  std::string line_;
  std::string_view list_;
  std::size_t list_began_ = 0;
  std::uint64_t listed_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace culvert
