// SMTP replies as values (RFC 5321, 4.2; enhanced codes RFC 2034 and RFC 3463). Replies that we
// give are made here and in replies.h; replies that we receive come from reply_reader.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/result.h"

namespace culvert::node {

struct Reply {
  int code = 0;          // 200..599
  std::string enhanced;  // `5.7.1`, or empty
  // Without code, enhanced code and CRLF. From a peer: any octets but CR and LF, so pass them
  // through `printable` before showing them. At least one line, possibly empty.
  std::vector<std::string> lines;

  bool positive() const { return code >= 200 && code < 400; }
  bool temporary() const { return code >= 400 && code < 500; }
  bool permanent() const { return code >= 500; }
  // The lines joined by spaces.
  std::string text() const;
  // `550 5.7.1 text` in one printable line, for logs, traces and DSN.
  std::string summary() const;

  bool operator==(const Reply&) const = default;
};

Reply make_reply(int code, std::string_view enhanced, std::string_view text);

// The reply that an error means to the peer: temporary and internal 451 (disk-full and
// quarantine-full 452 4.3.1; the text of an internal error is kept from the peer), permanent 554
// 5.0.0 with the error's text.
Reply reply_for(const Error& error);

// The octets to send. Each line carries code and enhanced code. The text passes `printable`, is
// ASCII (other characters become `?`, since the peer may not know SMTPUTF8) and is broken at words
// into lines of at most 512 octets. Nothing in a reply can make a second reply.
std::string wire_form(const Reply& reply);

}  // namespace culvert::node
