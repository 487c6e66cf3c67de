// The SMTP envelope as values: what MAIL and RCPT say (RFC 5321, 4.1.1.2 and 4.1.1.3; SIZE RFC
// 1870, BODY RFC 6152, SMTPUTF8 RFC 6531, delivery status RFC 3461). Both dialogs use it: the
// server parses it, the client writes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/names.h"

namespace culvert::node {

enum class BodyKind { seven_bit, eight_bit_mime };

// RET: what a failure report returns of the message.
enum class DsnReturn { not_given, full, headers };

// NOTIFY: when the sender wants a report. Nothing set: not given, the next server's default.
struct Notify {
  bool never = false;  // excludes the others
  bool success = false;
  bool failure = false;
  bool delay = false;

  bool given() const { return never || success || failure || delay; }
  bool operator==(const Notify&) const = default;
};

struct MailParameters {
  std::optional<std::uint64_t> size_bytes;  // SIZE, the sender's estimate
  BodyKind body = BodyKind::seven_bit;
  bool smtputf8 = false;
  DsnReturn ret = DsnReturn::not_given;
  std::string
      envid;  // xtext as on the wire, printable ASCII, at most kMaxEnvidOctets; may be empty

  bool operator==(const MailParameters&) const = default;
};

struct RcptParameters {
  Notify notify;
  // `rfc822;xtext` or `utf-8;...` as on the wire, printable, at most kMaxOrcptOctets; may be empty.
  std::string orcpt;

  bool operator==(const RcptParameters&) const = default;
};

struct MailCommand {
  ReversePath sender;
  MailParameters parameters;

  bool operator==(const MailCommand&) const = default;
};

struct RcptCommand {
  Mailbox recipient;
  RcptParameters parameters;

  bool operator==(const RcptCommand&) const = default;
};

}  // namespace culvert::node
