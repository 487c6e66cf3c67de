// Where mail for a domain goes: RFC 5321, 5.1 and RFC 7505 over the resolver. Silence, SERVFAIL and
// a bogus answer are temporary and never count as "no MX".
#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "crypto/base/names.h"
#include "crypto/base/result.h"
#include "node/net/callback.h"
#include "node/net/dns_records.h"
#include "node/net/resolver.h"

namespace culvert::node {

// More hosts of one domain are not tried: one answer must not make us ask a hundred questions.
inline constexpr std::size_t kMaxMailHosts = 10;
inline constexpr std::size_t kMaxHostAddresses = 16;

struct MailHost {
  std::string name;  // for SNI and logs; for a literal, the text of the address
  std::uint16_t preference = 0;
  std::vector<IpAddress> addresses;  // not empty; IPv6 and IPv4 alternate
};

// Hosts to try, best first; equal ones in random order. Not empty.
struct MailTargets {
  std::vector<MailHost> hosts;
  bool secure = false;  // the MX and all addresses were validated
};

using OnTargets = Callback<Result<MailTargets>>;

// Finds the hosts of `domain`. Errors: permanent `null-mx` (the domain takes no mail),
// `no-such-domain` (neither MX nor address), `no-mail-host` (its MX hosts have no address);
// temporary those of dns_failure.h. `resolver` must outlive the answer, which comes once, in the
// resolver's thread.
void find_mail_targets(Resolver& resolver, const Domain& domain, OnTargets on_targets);

// The addresses of one configured host, without asking for MX. `host` is a name, or an address
// literal with or without brackets; for a literal the answer comes at once, in the caller's thread.
// permanent `no-such-host`; temporary as above.
void find_host(Resolver& resolver, const std::string& host, OnTargets on_targets);

// Best preference first, equal ones shuffled, duplicates and unusable names dropped, at most
// kMaxMailHosts.
std::vector<MxRecord> order_mx(std::vector<MxRecord> records, std::mt19937& random);

}  // namespace culvert::node
