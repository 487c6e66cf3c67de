// Looks at what is quoted in mail that a machine hands in inside (a report of a failed delivery or
// of a message that was read, RFC 3462; a list, a digest, an automatic answer). Our own server
// reports on strangers' mail to whomever they named as its sender, and quotes the strangers' words
// (named attack: Borrowed trust). A report about mail that came through a tunnel quotes the peer's
// words.
//
// It sees the fields that nodes write on top of mail from outside, Received and `Culvert-*`, at the
// beginning of a line, also after blanks and quote signs: in parts of the types message/rfc822 and
// text/rfc822-headers, and in plain text, where some servers' reports have them. Lists leave such
// fields out when they make a digest, so each message that a list attaches counts. The body is read
// both as it stands and as quoted-printable. A part in base64 is not seen. Memory is bounded; any
// thread, one at a time.
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "store/own_marks.h"

namespace culvert::node {

// Limits how much of a field is looked at. Our own fields have a tenth of this; a longer field is
// judged by its beginning.
inline constexpr std::size_t kMaxMarkOctets = 4096;
void append_cut(std::string& field, std::string_view text);

// `field` is Received or `Culvert-*`, with or without its line ends. True if it says that its
// message came in from elsewhere and was no peer's own.
bool is_strangers_mark(std::string_view field, const store::OwnMarks& own);

// True for a content type that is a message or a digest of messages, in whatever spelling.
bool is_message_type(std::string_view content_type);

class QuotedMarks {
 public:
  // Which attached messages count: those with a stranger's mark, or all of them.
  enum class Attached { marked, all };
  QuotedMarks(store::OwnMarks own, Attached attached) : own_(std::move(own)), attached_(attached) {}

  // The next octets of the body.
  void write(ByteView octets);
  // The body has ended.
  void finish();
  // True if it quotes something that came in clear from elsewhere.
  bool quotes_strangers() const { return found_; }

 private:
  struct Reading {
    std::string line;    // the current line, cut
    std::string field;   // the field being read; empty: none that counts
    std::string prefix;  // what precedes each of its lines
  };

  void read(Reading& reading, std::string_view octets);
  void line_ended(Reading& reading);
  void judge(Reading& reading);
  bool counts(std::string_view name) const;
  std::string decoded(std::string_view octets);

  store::OwnMarks own_;
  Attached attached_;
  Reading plain_;
  Reading quoted_printable_;
  std::string escape_;  // the beginning of an escape (RFC 2045, 6.7), at most two octets
  bool found_ = false;
};

}  // namespace culvert::node
