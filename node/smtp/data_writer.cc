#include "node/smtp/data_writer.h"

#include "node/smtp/line_end.h"

namespace culvert::node {
namespace {

Error bare_line_end() {
  return permanent_error("bare-line-end",
                         "the message has a bare CR or LF and cannot be sent by SMTP");
}

}  // namespace

Status DataWriter::write(ByteView content, Bytes& out) {
  std::size_t written = 0;  // of `content`
  std::size_t at = 0;
  const auto flush = [&](std::size_t to) {
    append(out, content.subspan(written, to - written));
    written = to;
  };
  while (at < content.size()) {
    if (state_ == State::cr) {
      if (content[at] != '\n') return bare_line_end();
      append(out, "\r\n");
      state_ = State::line_start;
      written = ++at;
      continue;
    }
    if (state_ == State::line_start && content[at] == '.') {
      flush(at);
      out.push_back('.');
    }
    const LineEnd end = find_line_end(content, at);
    if (end.kind == LineEnd::Kind::bare) return bare_line_end();
    if (end.kind != LineEnd::Kind::crlf) {
      // A CR at the end is held back until its LF is there: a bare CR is never sent.
      state_ = end.kind == LineEnd::Kind::none ? State::in_line : State::cr;
      flush(end.at);
      return done();
    }
    state_ = State::line_start;
    at = end.at + 2;
  }
  flush(at);
  return done();
}

Status DataWriter::finish(Bytes& out) {
  if (state_ == State::cr) return bare_line_end();
  if (state_ == State::in_line) append(out, "\r\n");
  append(out, ".\r\n");
  state_ = State::line_start;
  return done();
}

}  // namespace culvert::node
