#include "node/intake/unsealed.h"

#include <algorithm>

namespace culvert::node {
namespace {

bool has_tunnel(const RoutingSnapshot& routing, const Domain& domain) {
  const RouteView* route = routing.route_of(domain);
  return route != nullptr && route->was_active;
}

}  // namespace

Outcome unsealed_outcome(const FlowContext& context, const store::Message& message,
                         const HeaderFacts& facts) {
  const auto routing = context.routing.current();
  const auto any_has_tunnel = [&routing](const std::vector<Domain>& domains) {
    return std::any_of(domains.begin(), domains.end(),
                       [&routing](const Domain& domain) { return has_tunnel(*routing, domain); });
  };
  Outcome outcome;
  const bool by_sender = message.sender && has_tunnel(*routing, message.sender->domain());
  const crypto::AuthorDomains& authors = facts.from_domains;
  const bool any = routing->has_tunnels();
  if (by_sender || (any && authors.doubtful_address) || any_has_tunnel(authors.addresses)) {
    outcome.expected = Outcome::Expected::tunnel;
    outcome.why = "not sealed";
  } else if ((any && authors.doubtful_name) || any_has_tunnel(authors.names)) {
    outcome.expected = Outcome::Expected::tunnel;
    outcome.why = "display-name";
  }
  return outcome;
}

}  // namespace culvert::node
