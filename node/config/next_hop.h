// A fixed host that mail is handed to, as a URL of [delivery] names it; never looked up by MX.
//
//   url   = ("smtp://" / "smtps://") host [":" port] ["/"] ["?" query]
//   host  = domain name / IPv4 address / "[" IPv6 address "]"
//   query = item *("&" item)
//   item  = "tls=verify"           smtp only: STARTTLS, and the server proves its name
//         / "verify=off"           smtps only: anybody may answer
//         / "pin=sha256:" digest   up to kMaxPins: the certificate is one of these
//
// A digest is 64 hexadecimal digits, in either case, with or without colons between the octets, or
// base64. `smtps` is verified unless it says otherwise. Pure; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "crypto/base/result.h"
#include "node/net/server_proof.h"

namespace culvert::node {

// Enough for a server's certificate now, the next one, and a few hosts behind one name.
inline constexpr std::size_t kMaxPins = 16;

struct NextHop {
  enum class Tls {
    when_offered,  // STARTTLS if the host offers it
    demanded,      // STARTTLS, or no mail
    from_start,    // TLS before SMTP (RFC 8314, 3.3)
  };
  Tls tls = Tls::when_offered;  // `when_offered` exactly if a URL with smtp has no query
  ServerProof proof{};
  std::string host;  // domain name in A-labels, or numeric address without brackets
  std::uint16_t port = 25;
  std::string user{};  // empty: no authentication
  std::filesystem::path
      password_file{};  // set exactly if `user` is; its first line is the password
  int line = 0;         // where the configuration has it; 0: the default

  // `smtp://host:port`, without user and query.
  std::string text() const;
  // True if its name means this machine: a loopback address, or `localhost` (RFC 6761, 6.3).
  bool is_loopback() const;
  // Compares all but `line`.
  bool operator==(const NextHop& other) const;
};

// Every failure is permanent, code `bad-value`; its text continues a sentence that names the key.
Result<NextHop> parse_next_hop(std::string_view url);

}  // namespace culvert::node
