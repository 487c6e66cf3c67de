// The states of a route as data: every domain of a peer is a route in exactly one state
// (protocol.md, "Routes"). Pure functions, any thread; route_changes.h applies them to the store.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "crypto/base/clock.h"
#include "store/routes.h"

namespace culvert::peering {

// What can happen to a route.
enum class RouteEvent {
  listed,           // the domain is on an accepted card
  challenged,       // a challenge was sent
  challenge_ended,  // the challenge ended unanswered
  proved,           // an answer with the right tokens came
  proof_overdue,    // no proof came for kProofPatience (proof.h)
  card_ended,       // the peer's card has ended, and no newer one came
  approved,         // `route approve`
  rejected,         // `route reject`
  conflict_ended,   // nobody else holds the domain any more
  paused,           // `peer pause`
  resumed,          // `peer resume`
  reincarnated,     // the peer began a new incarnation: a copy of its store was put back
  unlisted,         // the domain left the card
  replaced,         // another identity took its place, as an administrator wanted
  said_goodbye,     // the peer ended the pairing
  peer_removed,     // `peer remove`, or its identity was revoked
};

// Facts that decide besides the state.
struct RouteFacts {
  bool named = false;           // an administrator named the domain for this peer, or approved it
  bool other_active = false;    // another peer's route for the domain is in use
  bool proof_is_fresh = false;  // proved within kProofInterval
  // What a paused route was before.
  store::RouteState before_pause = store::RouteState::active;
};

// The next state; nothing if the event changes nothing in that state.
std::optional<store::RouteState> next_route_state(store::RouteState state, RouteEvent event,
                                                  const RouteFacts& facts);
// The state of a new route.
store::RouteState first_route_state();

// In use by its peer, whether mail is sealed at present or waits: active, degraded or paused.
bool is_in_use(store::RouteState state);

// What a state means for mail (the table of protocol.md, "Routes").
enum class Outbound { as_if_no_peer, sealed, waits };
Outbound outbound_of(store::RouteState state);
enum class Inbound { waits, opened, opened_for_a_week };
Inbound inbound_of(store::RouteState state);

// protocol.md, "Received": how long mail is still opened for a domain that left a peer's card.
inline constexpr std::chrono::hours kWithdrawnGrace{7 * 24};
// True if mail that arrived at `arrived` is opened under a route that is in `state` since `since`.
// This is the only place that decides it: the code that opens mail and the code that keeps it
// waiting must agree, or mail goes in circles.
bool takes_mail(store::RouteState state, Time since, Time arrived);

}  // namespace culvert::peering
