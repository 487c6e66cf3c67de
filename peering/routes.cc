#include "peering/routes.h"

namespace culvert::peering {
namespace {

using store::RouteState;

std::optional<RouteState> when_proved(RouteState state, const RouteFacts& facts) {
  switch (state) {
    case RouteState::claimed:
    case RouteState::proving:
    case RouteState::proved:
      if (facts.other_active) return RouteState::conflict;
      if (facts.named) return RouteState::active;
      return state == RouteState::proved ? std::nullopt : std::optional(RouteState::proved);
    case RouteState::degraded:
      return RouteState::active;  // one success is enough
    case RouteState::active:
    case RouteState::paused:
    case RouteState::conflict:  // only a person ends it
    case RouteState::withdrawn:
      return std::nullopt;
  }
  return std::nullopt;
}

bool is_in_use(RouteState state) {
  return state == RouteState::active || state == RouteState::degraded ||
         state == RouteState::paused;
}

}  // namespace

std::optional<RouteState> next_route_state(RouteState state, RouteEvent event,
                                           const RouteFacts& facts) {
  switch (event) {
    case RouteEvent::listed:
      // A domain that is back on the card is proved anew before it is used. The route records
      // beside its state that it was active, so mail for it waits meanwhile.
      return state == RouteState::withdrawn ? std::optional(RouteState::claimed) : std::nullopt;
    case RouteEvent::challenged:
      return state == RouteState::claimed ? std::optional(RouteState::proving) : std::nullopt;
    case RouteEvent::challenge_ended:
      return state == RouteState::proving ? std::optional(RouteState::claimed) : std::nullopt;
    case RouteEvent::proved:
      return when_proved(state, facts);
    case RouteEvent::unlisted:
    case RouteEvent::peer_removed:
      return state == RouteState::withdrawn ? std::nullopt : std::optional(RouteState::withdrawn);
  }
  return std::nullopt;
}

RouteState first_route_state() { return RouteState::claimed; }

Outbound outbound_of(RouteState state) {
  switch (state) {
    case RouteState::claimed:
    case RouteState::proving:
    case RouteState::proved:
    case RouteState::conflict:
      return Outbound::as_if_no_peer;
    case RouteState::active:
      return Outbound::sealed;
    case RouteState::degraded:
    case RouteState::paused:
    case RouteState::withdrawn:
      return Outbound::waits;
  }
  return Outbound::waits;
}

Inbound inbound_of(RouteState state) {
  if (is_in_use(state)) return Inbound::opened;
  return state == RouteState::withdrawn ? Inbound::opened_for_a_week : Inbound::waits;
}

bool takes_mail(RouteState state, Time since, Time arrived) {
  switch (inbound_of(state)) {
    case Inbound::waits:
      return false;
    case Inbound::opened:
      return true;
    case Inbound::opened_for_a_week:
      return arrived <= since + kWithdrawnGrace;
  }
  return false;
}

}  // namespace culvert::peering
