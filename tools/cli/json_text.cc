#include "tools/cli/json_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "crypto/base/code_points.h"

namespace culvert::cli {
namespace {

// RFC 8259, 7: a character beyond the basic plane becomes two surrogates.
std::string escaped(char32_t c) {
  const auto code = static_cast<std::uint32_t>(c);
  if (code < 0x10000) return fmt::format("\\u{:04x}", code);
  const std::uint32_t beyond = code - 0x10000;
  return fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + (beyond >> 10U), 0xdc00 + (beyond & 0x3ffU));
}

}  // namespace

std::string json_text(const nlohmann::ordered_json& value) {
  return value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string safe_json(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  bool after_quote = false;
  CodePointReader reader(json);
  while (const auto item = reader.next()) {
    // A mark at the start of a string would be drawn over the quote.
    const bool begins =
        std::exchange(after_quote, item->octets == "\"") && is_mark(item->code_point);
    const bool is_line_end = item->octets == "\n";
    if (is_line_end || (item->may_be_shown && !begins))
      out += item->octets;
    else
      out += escaped(item->code_point);
  }
  return out;
}

}  // namespace culvert::cli
