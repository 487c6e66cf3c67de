#include "node/net/dns_failure.h"

#include <fmt/format.h>

#include <algorithm>

namespace culvert::node {
namespace {

// `validation failure <NAME TYPE CLASS>: WHY [from ADDRESS] for KIND ZONE while building chain of
// trust`; the last part is missing if the answer itself fails.
constexpr std::string_view kOnTheWay = " while building chain of trust";
constexpr std::string_view kNoKeys = "no dnskey rrset";

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// Bare names for people (`corp.example`), and words for the root.
std::string zone_text(const std::string& zone) {
  return zone == "." ? "the root zone" : "the zone " + zone;
}

}  // namespace

ValidationFailure read_validation_failure(std::string_view why_bogus) {
  const std::string text = lower(why_bogus);
  ValidationFailure failure;
  if (text.find(kNoKeys) != std::string::npos) failure.outcome = DnsAnswer::Outcome::no_keys;
  const std::size_t end = text.find(kOnTheWay);
  if (end == std::string::npos) return failure;
  const std::size_t space = text.rfind(' ', end - 1);
  if (end == 0 || space == std::string::npos) return failure;
  failure.zone = text.substr(space + 1, end - space - 1);
  if (failure.zone.size() > 1 && failure.zone.ends_with('.')) failure.zone.pop_back();
  return failure;
}

Error dns_failure(const std::string& name, const DnsAnswer& answer) {
  const std::string zone = answer.zone.empty() ? name : answer.zone;
  if (answer.outcome == DnsAnswer::Outcome::bogus) {
    return temporary_error(
        "dns-bogus",
        fmt::format("the DNS answer for {} is bogus: the signatures of {} are missing or wrong. If "
                    "it is a private zone that is not signed, write insecure = [\"{}\"] in [dns]; "
                    "if not, whoever runs it has to mend it, or somebody alters answers",
                    name, zone_text(zone), zone == "." ? name : zone),
        answer.why);
  }
  if (answer.outcome == DnsAnswer::Outcome::no_keys) {
    return temporary_error(
        "dns-no-keys",
        fmt::format(
            "the DNS answer for {} cannot be validated: the keys (DNSKEY) of {} are "
            "unreachable. Write resolvers in [dns] that pass DNSSEC on, insecure = [\"{}\"] "
            "for a private zone, or validate = \"no\" where no DNSSEC can be had",
            name, zone_text(zone), name),
        answer.why);
  }
  return temporary_error("dns-failed",
                         fmt::format("the DNS gives no answer for {}: {}", name, answer.why),
                         answer.why);
}

}  // namespace culvert::node
