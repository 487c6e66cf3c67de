// Looks into mail that a machine hands in inside (a report of a failed delivery or of a message
// that was read, RFC 3462; a list, a digest, an automatic answer) for what it quotes. Our own
// server reports on strangers' mail to whomever they named as its sender, and what it quotes are
// their words (named attack: Borrowed trust). A report about mail that came through a tunnel quotes
// the peer's.
//
// Seen are the fields that nodes write on top of mail from outside, Received and `Culvert-*`, at
// the beginning of a line, behind `>` too: in parts of the types message/rfc822 and
// text/rfc822-headers, and in plain text as some servers' reports have them. The body is read as
// it stands and, beside that, as quoted-printable. A part in base64 is not seen. Memory is bounded;
// any thread, one at a time.
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "store/own_marks.h"

namespace culvert::node {

class QuotedMarks {
 public:
  explicit QuotedMarks(store::OwnMarks own) : own_(std::move(own)) {}

  // The next octets of the body.
  void write(ByteView octets);
  // It has ended.
  void finish();
  // True if something quoted had come in clear from elsewhere.
  bool quotes_strangers() const { return found_; }

 private:
  struct Reading {
    std::string line;   // the present one, cut
    std::string field;  // the field that is being read; empty: none that counts
  };

  void read(Reading& reading, std::string_view octets);
  void line_ended(Reading& reading);
  void judge(Reading& reading);
  std::string decoded(std::string_view octets);

  store::OwnMarks own_;
  Reading plain_;
  Reading quoted_printable_;
  std::string escape_;  // the beginning of one (RFC 2045, 6.7), at most two octets
  bool found_ = false;
};

}  // namespace culvert::node
