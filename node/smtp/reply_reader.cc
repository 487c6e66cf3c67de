#include "node/smtp/reply_reader.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "node/smtp/limits.h"

namespace culvert::node {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Error bad_reply(std::string what) {
  return temporary_error("bad-reply", "the server's reply is not SMTP: " + std::move(what));
}

// Length of `class.subject.detail` at the front, if the class fits the code (RFC 2034, 4); else 0.
std::size_t enhanced_length(std::string_view text, char code_class) {
  if (text.empty() || text.front() != code_class) return 0;
  std::size_t at = 1;
  for (int part = 0; part < 2; ++part) {
    if (at == text.size() || text[at] != '.') return 0;
    const std::size_t digits = ++at;
    while (at < text.size() && is_digit(text[at]))
      ++at;
    if (at == digits || at - digits > 3) return 0;
  }
  return at == text.size() || text[at] == ' ' ? at : 0;
}

std::string_view after_space(std::string_view text) {
  return !text.empty() && text.front() == ' ' ? text.substr(1) : text;
}

}  // namespace

ReplyReader::ReplyReader() : lines_(kMaxReplyLineBytes) {}

Result<ReplyReader::Step> ReplyReader::take(ByteView octets) {
  Step step;
  while (step.consumed_bytes < octets.size()) {
    const LineStep line = lines_.take(octets.subspan(step.consumed_bytes));
    step.consumed_bytes += line.consumed_bytes;
    switch (line.event) {
      case LineEvent::more:
        return step;
      case LineEvent::too_long:
        return bad_reply("a line is too long");
      case LineEvent::bare_end:
        return bad_reply("a line does not end with CR LF");
      case LineEvent::line:
        break;
    }
    if (auto taken = take_line(line.text); !taken) return taken.error();
    if (!complete_) continue;
    step.reply = std::move(begun_);
    begun_ = {};
    complete_ = false;
    empty_lines_ = 0;
    return step;
  }
  return step;
}

Status ReplyReader::take_line(std::string_view line) {
  if (line.empty() && begun_.lines.empty()) {
    return ++empty_lines_ <= kMaxEmptyLinesBeforeReply ? done() : bad_reply("it is empty");
  }
  if (line.size() < 3 || line[0] < '2' || line[0] > '5' || !is_digit(line[1]) ||
      !is_digit(line[2])) {
    return bad_reply("'" + printable(line, 80) + "' begins with no reply code");
  }
  if (line.size() > 3 && line[3] != ' ' && line[3] != '-') {
    return bad_reply("'" + printable(line, 80) + "' has no space behind its code");
  }
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  const bool first = begun_.lines.empty();
  if (!first && code != begun_.code) return bad_reply("its lines have different codes");
  if (begun_.lines.size() == kMaxReplyLines) return bad_reply("it has too many lines");
  begun_.code = code;
  complete_ = line.size() == 3 || line[3] == ' ';
  std::string_view text = line.substr(std::min<std::size_t>(line.size(), 4));
  const std::size_t enhanced = enhanced_length(text, line[0]);
  if (first) begun_.enhanced = text.substr(0, enhanced);
  if (enhanced > 0 && text.substr(0, enhanced) == begun_.enhanced) {
    text = after_space(text.substr(enhanced));
  }
  begun_.lines.emplace_back(text);
  return done();
}

void ReplyReader::clear() {
  lines_.clear();
  begun_ = {};
  complete_ = false;
  empty_lines_ = 0;
}

}  // namespace culvert::node
