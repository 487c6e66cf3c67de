#include "node/flow/unsealed.h"

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
  Outcome outcome;
  const bool by_author =
      std::any_of(facts.from_domains.begin(), facts.from_domains.end(),
                  [&routing](const Domain& domain) { return has_tunnel(*routing, domain); });
  const bool by_sender = message.sender && has_tunnel(*routing, message.sender->domain());
  if (by_author || by_sender) {
    outcome.expected = Outcome::Expected::tunnel;
    outcome.why = "not sealed";
  }
  return outcome;
}

}  // namespace culvert::node
