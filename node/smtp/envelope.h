// What MAIL says (RFC 5321, 4.1.1.2; SIZE RFC 1870, SMTPUTF8 RFC 6531). What RCPT says is a
// Recipient. Both dialogs use it: the server parses it, the client writes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/envelope.h"

namespace culvert::node {

struct MailParameters {
  std::optional<std::uint64_t> size_bytes;  // SIZE, the sender's estimate
  BodyKind body = BodyKind::seven_bit;
  bool smtputf8 = false;
  Ret ret = Ret::unset;
  std::string envid;  // is_envid, or empty

  bool operator==(const MailParameters&) const = default;
};

struct MailCommand {
  ReversePath sender;
  MailParameters parameters;

  bool operator==(const MailCommand&) const = default;
};

}  // namespace culvert::node
