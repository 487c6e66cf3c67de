#include "node/peers/srv_lookup.h"

#include <algorithm>
#include <future>
#include <vector>

#include "node/flow/resolver_settings.h"
#include "node/net/dns_records.h"

namespace culvert::node {

Result<std::string> url_by_srv(const Config& config, const Domain& domain) {
  auto resolver = Resolver::make(resolver_options(config));
  if (!resolver) return resolver.error();
  const std::string name = "_culvert._tcp." + domain.text();
  std::promise<DnsAnswer> answered;
  (*resolver)->query(name, DnsType::srv,
                     [&answered](DnsAnswer answer) { answered.set_value(std::move(answer)); });
  const DnsAnswer answer = answered.get_future().get();
  if (answer.says_nothing()) {
    return temporary_error("dns-failed",
                           "the DNS does not tell the SRV record " + name + ": " + answer.why);
  }
  std::vector<SrvRecord> records;
  for (const Bytes& rdata : answer.records) {
    auto record = parse_srv(rdata);
    if (record && !record->target.empty()) records.push_back(*std::move(record));
  }
  if (records.empty()) {
    return permanent_error("no-srv", "there is no SRV record " + name +
                                         "; ask the partner for the URL of its node, and name it "
                                         "with --url");
  }
  const auto first = std::min_element(
      records.begin(), records.end(),
      [](const SrvRecord& a, const SrvRecord& b) { return a.priority < b.priority; });
  return "https://" + first->target + ":" + std::to_string(first->port);
}

}  // namespace culvert::node
