// Parses SMTP commands from lines (RFC 5321, 4.1.1). Strict: anything not exactly right is refused
// with a reply that says what is wrong. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "node/smtp/envelope.h"
#include "node/smtp/reply.h"

namespace culvert::node {

enum class Verb {
  ehlo,
  helo,
  starttls,
  mail,
  rcpt,
  data,
  rset,
  noop,
  vrfy,
  expn,
  help,
  quit,
  auth,
  bdat,
  etrn,
  foreign,  // another protocol talks to us: GET, POST, CONNECT and the like
  unknown,
};

struct Command {
  Verb verb = Verb::unknown;
  std::string_view argument;  // borrowed from the line; without the space before it; may be empty
};

// Splits off the verb, in any case. A line with a control character (NUL, TAB) is `unknown`.
Command parse_command(std::string_view line);

// Either the parsed argument or the reply that refuses it.
template <typename T>
using Parsed = std::variant<T, Reply>;

// `FROM:<path> PARAMETER...`: `<>` or `<mailbox>`; one space allowed after the colon. Refusals:
// 501 5.5.2 syntax, 553 5.1.7 the path, 501 5.5.4 a parameter's value or one given twice, 555 5.5.4
// an unknown parameter, 553 5.6.7 a UTF-8 path without SMTPUTF8.
Parsed<MailCommand> parse_mail(std::string_view argument);

struct RcptContext {
  bool smtputf8 = false;  // MAIL said so
  std::optional<Domain> postmaster_domain =
      std::nullopt;  // completes `<postmaster>` (RFC 5321, 4.5.1)
};
// `TO:<path> PARAMETER...`. A source route is refused. Refusals as above, the path's 553 5.1.3.
Parsed<Recipient> parse_rcpt(std::string_view argument, const RcptContext& context);

// The name in EHLO or HELO: letters, digits, `.-_:[]`, at most kMaxHelloOctets; otherwise nothing.
std::optional<std::string> parse_hello(std::string_view argument);

// What follows `MAIL ` and `RCPT `: the inverse of the two parsers.
std::string mail_argument(const MailCommand& command);
std::string rcpt_argument(const Recipient& recipient);

}  // namespace culvert::node
