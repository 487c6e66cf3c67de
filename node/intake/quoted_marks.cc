#include "node/intake/quoted_marks.h"

#include <algorithm>

#include "crypto/mime/header.h"
#include "node/flow/own_marks.h"

namespace culvert::node {
namespace {

// No name that counts is longer, including blanks before its colon.
constexpr std::size_t kMaxNameOctets = 80;

// Some servers and mail programs mark or indent what they quote in plain text.
std::string_view quote_prefix(std::string_view line) {
  return line.substr(0, std::min(line.find_first_not_of(">|: \t"), line.size()));
}

std::string_view name_in(std::string_view line) {
  const std::size_t colon = line.substr(0, kMaxNameOctets).find(':');
  return colon == line.npos ? std::string_view() : line.substr(0, colon);
}

bool is_result(std::string_view name) {
  return crypto::bare_field_name(name).starts_with("culvert-");
}

// For all other mail, the node's mark says that a stranger wrote it.
bool is_of_a_peers_people(std::string_view result) {
  std::string text = crypto::bare_field_name(result);
  return text.starts_with("culvert-result:tunnel;") && text.find(";signed=yes;") != text.npos;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

enum class Escape { open, done, none };

// Says what `text`, which begins with `=`, is. If the escape is complete, appends what it stands
// for.
Escape read_escape(std::string_view text, std::string& out) {
  if (text == "=\n" || text == "=\r\n") return Escape::done;
  if (text == "=" || text == "=\r") return Escape::open;
  const int high = hex_digit(text[1]);
  if (high < 0) return Escape::none;
  if (text.size() < 3) return Escape::open;
  const int low = hex_digit(text[2]);
  if (low < 0) return Escape::none;
  out += static_cast<char>(high * 16 + low);
  return Escape::done;
}

}  // namespace

void append_cut(std::string& field, std::string_view text) {
  field += text.substr(0, kMaxMarkOctets - std::min(field.size(), kMaxMarkOctets));
}

bool is_strangers_mark(std::string_view field, const store::OwnMarks& own) {
  return is_result(name_in(field)) ? !is_of_a_peers_people(field) : marks_in(field, own).clear;
}

bool is_message_type(std::string_view content_type) {
  const std::string text = crypto::bare_field_name(content_type);
  return text.find("message/rfc822") != text.npos || text.find("message/global") != text.npos ||
         text.find("multipart/digest") != text.npos;
}

bool QuotedMarks::counts(std::string_view name) const {
  return crypto::same_field_name(name, "Received") || is_result(name) ||
         (attached_ == Attached::all && crypto::same_field_name(name, "Content-Type"));
}

void QuotedMarks::write(ByteView octets) {
  if (found_) return;
  read(plain_, as_text(octets));
  read(quoted_printable_, decoded(as_text(octets)));
}

void QuotedMarks::finish() {
  for (Reading* reading : {&plain_, &quoted_printable_}) {
    line_ended(*reading);
    judge(*reading);
  }
}

void QuotedMarks::read(Reading& reading, std::string_view octets) {
  while (!found_ && !octets.empty()) {
    const std::size_t end = octets.find('\n');
    append_cut(reading.line, octets.substr(0, end));
    if (end == std::string_view::npos) return;
    line_ended(reading);
    octets.remove_prefix(end + 1);
  }
}

void QuotedMarks::line_ended(Reading& reading) {
  std::string_view line = reading.line;
  const std::string_view prefix = quote_prefix(line);
  const bool goes_on = prefix.size() > reading.prefix.size() && prefix.starts_with(reading.prefix);
  if (reading.field.empty() || !goes_on) {
    judge(reading);
    line.remove_prefix(prefix.size());
    if (counts(name_in(line))) {
      reading.prefix = prefix;
      append_cut(reading.field, line);
    }
  } else {
    append_cut(reading.field, " ");
    append_cut(reading.field, line.substr(reading.prefix.size()));
  }
  reading.line.clear();
}

void QuotedMarks::judge(Reading& reading) {
  if (reading.field.empty()) return;
  const std::string_view name = name_in(reading.field);
  found_ = found_ ||
           (crypto::same_field_name(name, "Content-Type") ? is_message_type(reading.field)
                                                          : is_strangers_mark(reading.field, own_));
  reading.field.clear();
}

// Whatever is not an escape stays as it is.
std::string QuotedMarks::decoded(std::string_view octets) {
  std::string out;
  out.reserve(octets.size());
  for (const char c : octets) {
    if (escape_.empty() && c != '=') {
      out += c;
      continue;
    }
    escape_ += c;
    const Escape is = read_escape(escape_, out);
    if (is == Escape::open) continue;
    const bool again = is == Escape::none && c == '=';
    if (is == Escape::none) out.append(escape_, 0, escape_.size() - (again ? 1 : 0));
    escape_ = again ? "=" : "";
  }
  return out;
}

}  // namespace culvert::node
