// What a server offers, read from its EHLO reply (RFC 5321, 4.1.1.1). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "node/smtp/reply.h"

namespace culvert::node {

struct ServerFeatures {
  std::string name;  // the first word of the reply, printable
  bool pipelining = false;
  bool eight_bit_mime = false;
  bool smtputf8 = false;
  bool dsn = false;
  bool starttls = false;
  bool size = false;
  // The attributes offered with XCLIENT and XFORWARD, upper case; empty: not offered. XCLIENT
  // without ADDR does not count: it could not tell what matters.
  std::vector<std::string> xclient;
  std::vector<std::string> xforward;
  std::optional<std::uint64_t> size_limit_bytes;  // nothing: not told, or no limit (0)

  bool operator==(const ServerFeatures&) const = default;
};

// Unknown keywords and a SIZE that is no number are ignored.
ServerFeatures parse_features(const Reply& ehlo_reply);

}  // namespace culvert::node
