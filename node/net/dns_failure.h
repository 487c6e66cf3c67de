// Why the DNS gave no answer about a name, for the person who has to fix it: which zone, whether
// its signatures are wrong or its keys are unreachable, and which configuration key helps. Pure.
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/result.h"
#include "node/net/resolver.h"

namespace culvert::node {

// What libunbound says about an answer that it cannot validate.
struct ValidationFailure {
  DnsAnswer::Outcome outcome = DnsAnswer::Outcome::bogus;  // or `no_keys`
  std::string zone;  // whose keys or signatures fail; lower case, no final dot except for the root;
                     // empty: the zone of the name asked for
};
ValidationFailure read_validation_failure(std::string_view why_bogus);

// For an answer that is `bogus`, `no_keys` or `failed`: temporary `dns-bogus`, `dns-no-keys`,
// `dns-failed`.
Error dns_failure(const std::string& name, const DnsAnswer& answer);

}  // namespace culvert::node
