#include "peering/routes.h"

#include <algorithm>
#include <initializer_list>

namespace culvert::peering {
namespace {

using store::RouteState;

// The way into use: an administrator's word, a proof, and nobody else who holds the domain.
RouteState after_proof(const RouteFacts& facts) {
  if (facts.other_active) return RouteState::conflict;
  return facts.named ? RouteState::active : RouteState::proved;
}

std::optional<RouteState> when_proved(RouteState state, const RouteFacts& facts) {
  switch (state) {
    case RouteState::claimed:
    case RouteState::proving:
    case RouteState::proved: {
      const RouteState next = after_proof(facts);
      return next == state ? std::nullopt : std::optional(next);
    }
    case RouteState::degraded:
      return RouteState::active;  // one success is enough
    case RouteState::active:
    case RouteState::paused:
    case RouteState::conflict:  // proved anew once its cause has ended
    case RouteState::withdrawn:
      return std::nullopt;
  }
  return std::nullopt;
}

// An old proof may be of a domain that moved since.
std::optional<RouteState> when_approved(RouteState state, const RouteFacts& facts) {
  if (state != RouteState::proved) return std::nullopt;
  return facts.proof_is_fresh ? after_proof(facts) : RouteState::claimed;
}

// From one of `states`, or nothing.
std::optional<RouteState> from(std::initializer_list<RouteState> states, RouteState state,
                               RouteState next) {
  const bool fits = std::find(states.begin(), states.end(), state) != states.end();
  return fits ? std::optional(next) : std::nullopt;
}

}  // namespace

std::optional<RouteState> next_route_state(RouteState state, RouteEvent event,
                                           const RouteFacts& facts) {
  using enum RouteState;
  switch (event) {
    case RouteEvent::listed:
      // A domain that is back on the card is proved anew before it is used. The route records
      // beside its state that it was active, so mail for it waits meanwhile.
      return from({withdrawn}, state, claimed);
    case RouteEvent::challenged:
      return from({claimed}, state, proving);
    case RouteEvent::challenge_ended:
      return from({proving}, state, claimed);
    case RouteEvent::proved:
      return when_proved(state, facts);
    case RouteEvent::proof_overdue:
    case RouteEvent::card_ended:
    case RouteEvent::reincarnated:
      return from({active}, state, degraded);
    case RouteEvent::approved:
      return when_approved(state, facts);
    case RouteEvent::rejected:
      return from({proving, proved, conflict}, state, claimed);
    case RouteEvent::conflict_ended:
      return from({conflict}, state, claimed);
    case RouteEvent::paused:
      return from({active, degraded}, state, paused);
    case RouteEvent::resumed:
      return from({paused}, state, facts.before_pause == degraded ? degraded : active);
    case RouteEvent::replaced:
      return is_in_use(state) ? std::optional(withdrawn) : std::nullopt;
    case RouteEvent::unlisted:
    case RouteEvent::said_goodbye:
    case RouteEvent::peer_removed:
      return state == withdrawn ? std::nullopt : std::optional(withdrawn);
  }
  return std::nullopt;
}

bool is_in_use(RouteState state) {
  return state == RouteState::active || state == RouteState::degraded ||
         state == RouteState::paused;
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
