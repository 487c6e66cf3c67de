// Looks into a report that is handed in inside (RFC 3462: of a failed delivery, of a message that
// was read) for what it quotes. Our own server reports on strangers' mail to whomever they named as
// its sender, and what it quotes are their words (named attack: Borrowed trust). A report about
// mail that came through a tunnel quotes the peer's.
//
// Seen are Received fields at the beginning of a line, as parts of the types message/rfc822 and
// text/rfc822-headers have them. A part in base64 is not seen. Memory is bounded; any thread, one
// at a time.
#pragma once

#include <string>

#include "crypto/base/bytes.h"
#include "store/own_marks.h"

namespace culvert::node {

class QuotedMarks {
 public:
  explicit QuotedMarks(store::OwnMarks own) : own_(std::move(own)) {}

  // The next octets of the body.
  void write(ByteView octets);
  // It has ended.
  void finish() { judge(); }
  // True if something quoted had come in clear from elsewhere.
  bool quotes_strangers() const { return found_; }

 private:
  void line_ended();
  void judge();

  store::OwnMarks own_;
  std::string line_;   // the present one, cut
  std::string field_;  // the Received field that is being read; empty: none
  bool found_ = false;
};

}  // namespace culvert::node
