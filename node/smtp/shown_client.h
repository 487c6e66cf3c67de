// Whom a message came from, as a next server is told that trusts this node: XCLIENT, by which that
// server takes the session for the client's own, and XFORWARD, for its logs (Postfix's
// XCLIENT_README and XFORWARD_README). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace culvert::node {

struct ShownClient {
  std::string address;     // `192.0.2.1` or `2001:db8::1`; never empty
  std::uint16_t port = 0;  // 0: not known
  std::string hello;       // what it said in EHLO or HELO, as in SmtpSession; may be empty
  bool extended = false;   // it said EHLO

  bool operator==(const ShownClient&) const = default;
};

// The name of its address. Never what the client calls itself: servers give rights to names.
struct ClientName {
  enum class Known {
    none,     // the DNS has none that leads back to the address
    not_now,  // the DNS cannot be asked at present
    yes,
  };
  Known known = Known::none;
  std::string name = {};  // with `yes` only
};

// A line cannot be longer (XCLIENT_README, note 1), and there is no second one: once its address is
// told, a session may usually tell nothing more.
inline constexpr std::size_t kMaxShownClientOctets = 510;

// `XCLIENT NAME=… ADDR=…`, without CRLF, of the attributes that the server offers (upper case).
// What makes the line too long is [UNAVAILABLE]: HELO first, then NAME. Never LOGIN.
std::string xclient_command(const ShownClient& client, const ClientName& name,
                            const std::vector<std::string>& offered);
// `XFORWARD NAME=[UNAVAILABLE] ADDR=…` likewise; for a log no name is worth waiting for.
std::string xforward_command(const ShownClient& client, const std::vector<std::string>& offered);

}  // namespace culvert::node
