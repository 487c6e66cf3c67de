// Why the DNS told nothing about a name, for the person who has to mend it: which zone, whether its
// signatures are wrong or its keys cannot be had, and which key of the configuration helps. Pure.
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/result.h"
#include "node/net/resolver.h"

namespace culvert::node {

// What libunbound's sentence about an answer that it cannot validate says.
struct ValidationFailure {
  DnsAnswer::Outcome outcome = DnsAnswer::Outcome::bogus;  // or `no_keys`
  std::string zone;  // whose keys or signatures fail; lower case, without final dot but for the
                     // root; empty: that of the name asked for
};
ValidationFailure read_validation_failure(std::string_view why_bogus);

// Of an answer that is `bogus`, `no_keys` or `failed`: temporary `dns-bogus`, `dns-no-keys`,
// `dns-failed`.
Error dns_failure(const std::string& name, const DnsAnswer& answer);

}  // namespace culvert::node
