// Text for a tired administrator at night: aligned columns, times and sizes in words, and nothing
// with which a mail or a peer could forge a line.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/clock.h"

namespace culvert::cli {

// Text for one cell of a line; two blanks separate cells. Characters that may not be shown become
// `?` (crypto/base/log.h), and a run of blanks of any kind becomes one space. At most 400 octets.
std::string cell_text(std::string_view text);

// Columns on a terminal: two for a wide character, none for a mark.
std::size_t display_width(std::string_view text);

// Rows under a head line, with two blanks between columns and nothing after the last.
class Table {
 public:
  explicit Table(std::vector<std::string> head);
  // As many cells as the head has, each passed through `cell_text`. An empty cell shows as `-`.
  void add(std::vector<std::string> cells);
  bool empty() const { return rows_.size() == 1; }
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// "in 3 h", "5 min ago", "just now", "in 12 d": the largest unit alone.
std::string relative_time(Time t, Time now);
// "812 B", "1.5 KB", "150.0 MB": powers of 1000.
std::string size_text(std::uint64_t size_bytes);
// "1 route", "3 routes".
std::string counted(std::uint64_t count, std::string_view thing);
// "a.example, b.example".
std::string joined(const std::vector<std::string>& parts, std::string_view between = ", ");

}  // namespace culvert::cli
