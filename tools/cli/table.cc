#include "tools/cli/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "crypto/base/code_points.h"
#include "crypto/base/log.h"

namespace culvert::cli {
namespace {

constexpr std::size_t kLongestCell = 400;

// Two blanks end a column, so a text that holds two, of whatever width, would show as two cells.
std::string with_single_blanks(std::string_view text) {
  std::string out;
  CodePointReader reader(text);
  while (const auto item = reader.next()) {
    if (!is_blank(item->code_point))
      out += item->octets;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  return out;
}

}  // namespace

std::string cell_text(std::string_view text) {
  return printable(with_single_blanks(text), kLongestCell);
}

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  CodePointReader reader(text);
  while (const auto item = reader.next())
    columns += columns_of(item->code_point);
  return columns;
}

Table::Table(std::vector<std::string> head) { rows_.push_back(std::move(head)); }

void Table::add(std::vector<std::string> cells) {
  cells.resize(rows_.front().size());
  for (std::string& cell : cells) {
    cell = cell_text(cell);
    if (cell.empty()) cell = "-";
  }
  rows_.push_back(std::move(cells));
}

std::string Table::text() const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  std::string text;
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      const bool last = i + 1 == row.size();
      text += last ? "\n" : std::string(widths[i] - display_width(row[i]) + 2, ' ');
    }
  }
  return text;
}

std::string relative_time(Time t, Time now) {
  const auto distance = (t > now ? t - now : now - t).count();
  struct Unit {
    std::int64_t seconds;
    const char* name;
  };
  static constexpr std::array<Unit, 4> kUnits{{{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}}};
  for (const Unit& unit : kUnits) {
    if (distance < unit.seconds) continue;
    const auto count = distance / unit.seconds;
    return t > now ? fmt::format("in {} {}", count, unit.name)
                   : fmt::format("{} {} ago", count, unit.name);
  }
  return "just now";
}

std::string size_text(std::uint64_t size_bytes) {
  if (size_bytes < 1000) return fmt::format("{} B", size_bytes);
  double size = static_cast<double>(size_bytes);
  const char* unit = "";
  for (const char* next : {"KB", "MB", "GB", "TB"}) {
    if (size < 999.95) break;
    size /= 1000;
    unit = next;
  }
  return fmt::format("{:.1f} {}", size, unit);
}

std::string counted(std::uint64_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += between;
    text += part;
  }
  return text;
}

}  // namespace culvert::cli
