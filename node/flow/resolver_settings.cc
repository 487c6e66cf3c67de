#include "node/flow/resolver_settings.h"

namespace culvert::node {

ResolverOptions resolver_options(const Config& config) {
  ResolverOptions options;
  for (const SocketAddress& server : config.dns.resolvers) {
    options.resolvers.push_back(server.ip.text() + "@" + std::to_string(server.port));
  }
  options.trust_anchor_file = config.dns.trust_anchor.string();
  if (config.dns.validate == DnsSettings::Validate::no) {
    options.validate = ResolverOptions::Validate::no;
  }
  for (const Domain& zone : config.dns.insecure)
    options.insecure.push_back(zone.text());
  return options;
}

}  // namespace culvert::node
