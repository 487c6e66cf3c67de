#include "node/config/next_hop.h"

#include <fmt/format.h>

#include <tuple>

#include "crypto/base/log.h"
#include "node/config/hop_query.h"
#include "node/config/host_and_port.h"
#include "node/net/network.h"

namespace culvert::node {
namespace {

// A URL with all its pins is long; texts repeat no more of it than this.
constexpr std::size_t kShown = 80;

constexpr std::string_view kTls = "smtps://";
constexpr std::string_view kPlain = "smtp://";

Error bad(std::string_view url, std::string_view what) {
  return permanent_error("bad-value", fmt::format("'{}' {}", printable(url, kShown), what));
}

// The text leaves out what is before the `@`, which may be a password, whatever else is wrong.
Error names_a_user(std::string_view url) {
  return permanent_error(
      "bad-value",
      fmt::format("the URL of {} names a user, but this node cannot log in to a mail server yet "
                  "(AUTH); let that server take mail from this node's address, and leave out what "
                  "stands before the '@'",
                  printable(url.substr(url.rfind('@') + 1), kShown)));
}

}  // namespace

std::string NextHop::text() const {
  const std::string_view scheme = tls == Tls::from_start ? kTls : kPlain;
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return is_ipv6 ? fmt::format("{}[{}]:{}", scheme, host, port)
                 : fmt::format("{}{}:{}", scheme, host, port);
}

bool NextHop::is_loopback() const {
  if (const auto address = IpAddress::parse(host)) return address->is_loopback();
  return host == "localhost" || host.ends_with(".localhost");
}

bool NextHop::operator==(const NextHop& other) const {
  const auto all = [](const NextHop& hop) {
    return std::tie(hop.tls, hop.proof, hop.host, hop.port, hop.user, hop.password_file);
  };
  return all(*this) == all(other);
}

Result<NextHop> parse_next_hop(std::string_view url) {
  if (url.find('@') != url.npos) return names_a_user(url);
  NextHop hop;
  std::string_view rest = url;
  if (rest.starts_with(kTls)) {
    hop.tls = NextHop::Tls::from_start;
    hop.proof.by = ServerProof::By::authorities;
    hop.port = 465;
    rest.remove_prefix(kTls.size());
  } else if (rest.starts_with(kPlain)) {
    rest.remove_prefix(kPlain.size());
  } else {
    return bad(url, "does not start with smtp:// or smtps://");
  }
  const std::size_t question = rest.find('?');
  std::string_view place = rest.substr(0, question);
  if (place.ends_with('/')) place.remove_suffix(1);
  const auto split = split_port(place);
  const auto host = split ? parse_host(*split) : std::nullopt;
  const auto port =
      split && !split->port.empty() ? parse_port(split->port) : std::optional(hop.port);
  if (!host || !port || *port == 0) {
    return bad(url,
               "does not name a host and port; write smtp://mail.a.example:25 "
               "(an IPv6 address in brackets)");
  }
  hop.host = host->text;
  hop.port = *port;
  if (question == std::string_view::npos) return hop;
  if (const Status s = take_query(rest.substr(question + 1), hop); !s) return s.error();
  return hop;
}

}  // namespace culvert::node
