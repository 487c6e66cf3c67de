#include "node/config/template.h"

#include <fmt/format.h>

namespace culvert::node {
namespace {

// Keys that stand behind `#` have their default value.
constexpr const char* kRest = R"(
[store]
# url = "lmdb:"                         # embedded, in data_dir

[smtp]
# max_message_size = "150MB"            # B, KB, MB, GB, KiB, MiB, GiB
# max_connections  = 1000               # over both listeners: a tenth is kept for inside; one address
#                                       # outside gets a tenth (at least 50), one in `networks` any
# tls_certificate  = ""                 # PEM; without it a self-signed one is made
# tls_key          = ""

[smtp.inside]                           # your mail server hands in here what goes out
listen   = ["127.0.0.1:10025", "[::1]:10025"]
networks = ["127.0.0.0/8", "::1/128"]   # everybody else is refused at connect
# require  = ""                         # or "header: X-Our-Secret: …": a field that must be there, and
                                        # is removed; demanded for public networks
# senders  = "any"                      # or "domains": only senders of node.domains

[smtp.outside]                          # the world hands in here what comes in; never a relay
listen   = ["0.0.0.0:25", "[::]:25"]  # a family that this machine lacks is left out
# networks = []                         # empty: everybody; else the filter in front of this node
# verify_recipients = "inside"          # ask delivery.inside at RCPT time; or "off"

[delivery]
inside  = "smtp://127.0.0.1:10026"      # where mail for node.domains goes
outside = "mx"                          # or "smtp://relay.a.example:25?tls=verify", "smtps://…": the
                                        # server proves its name (docs/operation.md, Next hops and TLS)
[delivery.hosts]                        # per domain, before MX
# "b.example" = "smtp://gate.b.example:25"

[peering]
listen = ["0.0.0.0:8443", "[::]:8443"]
# url    = ""                           # what peers are told; default: made from node.name
# approve = "named"                     # domains that an administrator named become active when proved
# private_addresses = false             # peers at non-public addresses (true if our own url is one)

[dns]
# resolvers = []                        # empty: the system's
# validate = "yes"                      # DNSSEC; "no" where none can be had
# insecure = []                         # private zones that are not signed: ["corp.example"]
# trust_anchor = ""                     # DNSSEC: file with DS or DNSKEY records; empty: built in

[queue]
# delay_notice = "4h"                   # when a sender is told that a partner's mail still waits

[limits]
# held_peer     = "30d"                 # how long mail waits in quarantine: a verified peer's
# held_stranger = "14d"                 # and any other; from 1h to 40d

[trace]
# keep = "30d"                          # how long `culvert trace` knows what happened to a message

[log]
# level = "info"                        # or "debug", "warning", "error"
# format = "text"                       # or "json"
)";

// A TOML basic string.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') out += '\\';
    if (octet < 0x20 || octet == 0x7f)
      out += fmt::format("\\u{:04X}", octet);
    else
      out += c;
  }
  return out + "\"";
}

}  // namespace

std::string config_template(const TemplateValues& values) {
  std::string domains;
  for (const Domain& domain : values.domains) {
    domains += (domains.empty() ? "" : ", ") + quoted(domain.text());
  }
  return fmt::format(
             "# Culvert. After a change: `culvert check`, then restart the node.\n"
             "\n"
             "[node]\n"
             "name     = {}\n"
             "domains  = [{}]\n"
             "data_dir = {}\n"
             "key_file = \"node.key\"                 # unlocks data_dir; keep a copy off this "
             "machine\n",
             quoted(values.name.text()), domains, quoted(values.data_dir.string())) +
         kRest;
}

}  // namespace culvert::node
