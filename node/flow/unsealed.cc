#include "node/flow/unsealed.h"

namespace culvert::node {
namespace {

bool has_tunnel(const RoutingSnapshot& routing, const std::string& name) {
  const auto domain = Domain::parse(name);
  if (!domain) return false;
  const RouteView* route = routing.route_of(*domain);
  return route != nullptr && route->was_active;
}

}  // namespace

Outcome unsealed_outcome(const FlowContext& context, const store::Message& message) {
  const auto routing = context.routing.current();
  Outcome outcome;
  const bool by_author = !message.from_domain.empty() && has_tunnel(*routing, message.from_domain);
  const bool by_sender = message.sender && has_tunnel(*routing, message.sender->domain().text());
  if (by_author || by_sender) {
    outcome.expected = Outcome::Expected::tunnel;
    outcome.why = "not sealed";
  }
  return outcome;
}

}  // namespace culvert::node
