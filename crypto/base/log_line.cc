#include "crypto/base/log_line.h"

#include <array>

#include "crypto/base/code_points.h"
#include "crypto/base/log_output.h"

namespace culvert {
namespace {

// Where a value is written, and so what could end it.
enum class Place { brackets, quotes, json };

// ASCII that needs no escape in a place.
using PlainTable = std::array<bool, 256>;

constexpr PlainTable plain_in(std::string_view not_plain) {
  PlainTable plain{};
  for (std::size_t c = ' '; c <= '~'; ++c)
    plain[c] = not_plain.find(static_cast<char>(c)) == std::string_view::npos;
  return plain;
}

constexpr PlainTable kPlainInBrackets = plain_in(" \"\\<>");
constexpr PlainTable kPlainInQuotes = plain_in("\"\\=");
constexpr PlainTable kPlainInJson = plain_in("\"\\");

const PlainTable& plain_in(Place place) {
  if (place == Place::brackets) return kPlainInBrackets;
  return place == Place::quotes ? kPlainInQuotes : kPlainInJson;
}

void append_escaped(std::string& out, std::string_view octets, Place place) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    // In JSON a backslash is itself escaped, so that both formats show the same text.
    out += place == Place::json ? "\\\\x" : "\\x";
    out += kDigits[octet >> 4];
    out += kDigits[octet & 15];
  }
}

void append_rest(std::string& out, std::string_view value, Place place) {
  const PlainTable& plain = plain_in(place);
  CodePointReader reader(value);
  while (const auto item = reader.next()) {
    const bool is_ascii = item->octets.size() == 1 && item->code_point < 0x80;
    const bool is_json = place == Place::json && (item->octets == "\"" || item->octets == "\\");
    if (is_ascii ? plain[item->code_point] : item->may_be_shown && !is_blank(item->code_point)) {
      out += item->octets;
    } else if (is_json) {
      out += '\\';
      out += item->octets;
    } else {
      append_escaped(out, item->octets, place);
    }
  }
}

void append_value(std::string& out, std::string_view value, Place place) {
  const bool is_cut = value.size() > kMaxLoggedOctets;
  if (is_cut) value = value.substr(0, kMaxLoggedOctets);
  const PlainTable& plain = plain_in(place);
  std::size_t at = 0;
  while (at < value.size() && plain[static_cast<unsigned char>(value[at])])
    ++at;
  out += value.substr(0, at);
  if (at < value.size()) append_rest(out, value.substr(at), place);
  if (is_cut) out += "…";
}

}  // namespace

bool is_logged(LogLevel level) { return log_takes(level); }

LogLine::LogLine(std::string_view what, std::string_view event) : format_(log_format()) {
  line_.reserve(400);
  if (format_ == LogFormat::json) line_ += '"';
  line_ += what;
  if (!event.empty()) line_ += ' ';
  line_ += event;
  if (format_ == LogFormat::json) line_ += '"';
}

void LogLine::begin(std::string_view name) {
  line_ += format_ == LogFormat::json ? ",\"" : " ";
  line_ += name;
  line_ += format_ == LogFormat::json ? "\":" : "=";
}

LogLine& LogLine::word(std::string_view name, std::string_view ours) {
  begin(name);
  if (format_ == LogFormat::json) line_ += '"';
  append_value(line_, ours, format_ == LogFormat::json ? Place::json : Place::brackets);
  if (format_ == LogFormat::json) line_ += '"';
  return *this;
}

LogLine& LogLine::number(std::string_view name, std::uint64_t value) {
  begin(name);
  line_ += std::to_string(value);
  return *this;
}

LogLine& LogLine::address(std::string_view name, std::string_view value) {
  begin(name);
  return item(value);
}

LogLine& LogLine::text(std::string_view name, std::string_view value) {
  if (value.empty()) return *this;
  begin(name);
  line_ += '"';
  append_value(line_, value, format_ == LogFormat::json ? Place::json : Place::quotes);
  line_ += '"';
  return *this;
}

LogLine& LogLine::begin_list(std::string_view name) {
  begin(name);
  if (format_ == LogFormat::json) line_ += '[';
  list_ = name;
  list_began_ = line_.size();
  listed_ = left_out_ = 0;
  return *this;
}

LogLine& LogLine::item(std::string_view value) {
  const bool in_list = !list_.empty();
  if (in_list && line_.size() - list_began_ > kMaxLoggedListOctets) {
    ++left_out_;
    return *this;
  }
  if (in_list && listed_++ > 0) line_ += ',';
  const bool json = format_ == LogFormat::json;
  line_ += json ? '"' : '<';
  append_value(line_, value, json ? Place::json : Place::brackets);
  line_ += json ? '"' : '>';
  return *this;
}

LogLine& LogLine::end_list() {
  if (format_ == LogFormat::json) line_ += ']';
  const std::string name(list_);
  list_ = {};
  return left_out_ == 0 ? *this : number(name + "-left-out", left_out_);
}

void LogLine::write(LogLevel level) const { write_prepared(level, line_); }

}  // namespace culvert
