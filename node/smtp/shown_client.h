// Whom a message came from, as told to a next server that trusts this node. By XCLIENT that server
// takes the session for the client's own; XFORWARD is for its logs (Postfix's XCLIENT_README and
// XFORWARD_README). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace culvert::node {

struct ShownClient {
  std::string address;     // `192.0.2.1` or `2001:db8::1`; never empty
  std::uint16_t port = 0;  // 0: not known
  std::string hello;       // the name that it gave in EHLO or HELO, as in SmtpSession; may be empty
  bool extended = false;   // it said EHLO

  bool operator==(const ShownClient&) const = default;
};

// The name of the client's address. Never what the client calls itself: servers give rights to
// names.
struct ClientName {
  enum class Known {
    none,     // the DNS has none that leads back to the address
    not_now,  // the DNS cannot be asked at present
    yes,
  };
  Known known = Known::none;
  std::string name = {};  // with `yes` only
};

// A line cannot be longer (XCLIENT_README, note 1), and a second line is no way out: once a session
// has told an address, it may usually tell nothing more.
inline constexpr std::size_t kMaxShownClientOctets = 510;

// `XCLIENT NAME=… ADDR=…`, without CRLF, with the attributes that the server offers (upper case).
// If the line is too long, HELO becomes [UNAVAILABLE], and then NAME too. Never LOGIN.
std::string xclient_command(const ShownClient& client, const ClientName& name,
                            const std::vector<std::string>& offered);
// `XFORWARD NAME=[UNAVAILABLE] ADDR=…` likewise; for a log, no name is worth the wait.
std::string xforward_command(const ShownClient& client, const std::vector<std::string>& offered);

}  // namespace culvert::node
