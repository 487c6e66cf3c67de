// The configuration of a node: one TOML file, read once by `serve` and by every command. A `Config`
// exists only if the whole file is right, so code that uses it checks nothing again. The file that
// `culvert init` writes (template.h) tells administrators what the keys mean. Reading touches no
// other file; pure, any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/log.h"
#include "crypto/base/names.h"
#include "node/config/next_hop.h"
#include "node/net/network.h"

namespace culvert::node {

struct NodeSettings {
  Domain name;                  // HELO name; authserv-id
  std::vector<Domain> domains;  // at least one, no duplicates; the first one speaks for the node
  std::filesystem::path data_dir;
  std::filesystem::path key_file;
};

struct SmtpSettings {
  std::uint64_t max_message_bytes = 150'000'000;
  std::uint32_t max_connections = 1000;   // over both listeners; some are kept for inside
  std::filesystem::path tls_certificate;  // empty: a self-signed one; set exactly if tls_key is
  std::filesystem::path tls_key;
};

// A header field that mail from inside must have; the node removes it.
struct RequiredHeader {
  std::string name;   // field-name as written; compared without case
  std::string value;  // compared exactly, without surrounding white space; a secret: never log it
};

struct InsideSettings {
  enum class Senders { any, own_domains };

  std::vector<SocketAddress> listen{*SocketAddress::parse("127.0.0.1:10025"),
                                    *SocketAddress::parse("[::1]:10025")};
  std::vector<IpNetwork> networks{*IpNetwork::parse("127.0.0.0/8"),
                                  *IpNetwork::parse("::1/128")};  // not empty
  std::optional<RequiredHeader> required_header;
  Senders senders = Senders::any;
};

struct OutsideSettings {
  enum class VerifyRecipients { inside, off };

  std::vector<SocketAddress> listen{*SocketAddress::parse("0.0.0.0:25"),
                                    *SocketAddress::parse("[::]:25")};
  std::vector<IpNetwork> networks;  // empty: everybody
  VerifyRecipients verify_recipients = VerifyRecipients::inside;
};

struct DeliverySettings {
  NextHop inside{.host = "127.0.0.1", .port = 10026};
  std::optional<NextHop> outside;   // nothing: by MX
  std::map<Domain, NextHop> hosts;  // looked up before `outside` and MX, for exactly that domain
};

// Every next hop of the configuration, under the key that names it.
struct NamedHop {
  std::string key;               // dotted, `delivery.hosts.b.example`
  std::optional<Domain> domain;  // for delivery.hosts
  const NextHop* hop;            // valid as long as the settings
};
std::vector<NamedHop> named_hops(const DeliverySettings& delivery);

struct PeeringSettings {
  std::vector<SocketAddress> listen{*SocketAddress::parse("0.0.0.0:8443"),
                                    *SocketAddress::parse("[::]:8443")};
  std::string url;  // `https://host[:port]`, no final slash; empty: made from the bound address
  bool private_addresses = false;
};

struct DnsSettings {
  std::vector<SocketAddress> resolvers;  // empty: the system's; port 53 if not given
  std::filesystem::path trust_anchor;    // zone-format file with DS or DNSKEY; empty: built in
  enum class Validate { yes, no } validate = Validate::yes;
  std::vector<Domain> insecure;  // zones that are not validated, with everything below them
};

struct QueueSettings {
  // The sender of mail that waits longer is told, once.
  std::chrono::seconds delay_notice = std::chrono::hours(4);
};

struct LimitSettings {
  // How long mail waits in quarantine: mail of a verified peer, and any other.
  std::chrono::seconds held_peer = std::chrono::hours(30 * 24);
  std::chrono::seconds held_stranger = std::chrono::hours(14 * 24);
};

struct TraceSettings {
  std::chrono::seconds keep = std::chrono::hours(30 * 24);
};

struct LogSettings {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
};

// Ports of listeners may be 0: the system then chooses one (tests). Paths are absolute: relative
// ones are taken from the directory of `file`.
struct Config {
  std::filesystem::path file;
  NodeSettings node;
  SmtpSettings smtp{};
  InsideSettings inside{};
  OutsideSettings outside{};
  DeliverySettings delivery{};
  PeeringSettings peering{};
  DnsSettings dns{};
  QueueSettings queue{};
  LimitSettings limits{};
  TraceSettings trace{};
  LogSettings log{};

  // True if mail for `domain` belongs to this node (that domain exactly, not those below it).
  bool serves(const Domain& domain) const;
  // What the outside listener accepts and announces as SIZE: sealed mail is larger than what was
  // sealed (protocol.md, "The outer message").
  std::uint64_t largest_outside_bytes() const;
};

// One thing that is wrong (or has no effect) in the file, as told to a person.
struct Finding {
  enum class Weight { error, warning };

  Weight weight = Weight::error;
  std::string file;
  int line = 0;      // from 1; 0 if it is about the whole file
  std::string key;   // dotted, e.g. `smtp.inside.listen`; may be empty
  std::string text;  // what is wrong and what to do

  // `FILE:LINE: KEY: TEXT`.
  std::string message() const;
};

// What reading found. `config` is set exactly if no finding is an error.
struct ConfigReading {
  std::optional<Config> config;
  std::vector<Finding> findings;  // in the order of lines; all of them, not only the first
};

// Reads `file` whole (at most 1 MiB). A file that cannot be read is a finding with line 0.
ConfigReading read_config(const std::filesystem::path& file);

// The same for text in memory; `file` names it in findings and anchors relative paths.
ConfigReading parse_config(std::string_view toml, const std::filesystem::path& file);

}  // namespace culvert::node
