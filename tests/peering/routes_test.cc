#include "peering/routes.h"

#include <gtest/gtest.h>

namespace culvert::peering {
namespace {

using store::RouteState;

constexpr RouteState kStates[] = {RouteState::claimed,  RouteState::proving,  RouteState::proved,
                                  RouteState::active,   RouteState::degraded, RouteState::paused,
                                  RouteState::conflict, RouteState::withdrawn};
constexpr RouteEvent kEvents[] = {RouteEvent::listed,          RouteEvent::challenged,
                                  RouteEvent::challenge_ended, RouteEvent::proved,
                                  RouteEvent::unlisted,        RouteEvent::peer_removed};

TEST(RouteState, ANamedDomainBecomesActiveByItsProof) {
  const RouteFacts named{.named = true};
  EXPECT_EQ(next_route_state(RouteState::claimed, RouteEvent::challenged, named),
            RouteState::proving);
  EXPECT_EQ(next_route_state(RouteState::proving, RouteEvent::proved, named), RouteState::active);
}

TEST(RouteState, AClaimThatNobodyNamedWaitsForApproval) {
  EXPECT_EQ(next_route_state(RouteState::proving, RouteEvent::proved, {}), RouteState::proved);
  EXPECT_EQ(next_route_state(RouteState::proved, RouteEvent::proved, {}), std::nullopt);
  EXPECT_EQ(next_route_state(RouteState::proved, RouteEvent::proved, {.named = true}),
            RouteState::active);
}

TEST(RouteState, ASecondIdentityGetsAConflict) {
  for (const bool named : {false, true}) {
    const RouteFacts facts{.named = named, .other_active = true};
    EXPECT_EQ(next_route_state(RouteState::proving, RouteEvent::proved, facts),
              RouteState::conflict);
    EXPECT_EQ(next_route_state(RouteState::conflict, RouteEvent::proved, facts), std::nullopt);
  }
  // Only a person ends it, even if the incumbent is gone.
  EXPECT_EQ(next_route_state(RouteState::conflict, RouteEvent::proved, {.named = true}),
            std::nullopt);
}

TEST(RouteState, OnlyAProofMakesARouteActive) {
  for (const RouteState state : kStates) {
    for (const RouteEvent event : kEvents) {
      for (const bool named : {false, true}) {
        for (const bool other : {false, true}) {
          const auto next = next_route_state(state, event, {.named = named, .other_active = other});
          if (next != RouteState::active) continue;
          EXPECT_EQ(event, RouteEvent::proved);
          // Unless it was active already, an administrator's word and a free domain are needed.
          EXPECT_TRUE(state == RouteState::degraded || (named && !other));
        }
      }
    }
  }
}

TEST(RouteState, RemovalWithdrawsEveryRoute) {
  for (const RouteState state : kStates) {
    const auto next = next_route_state(state, RouteEvent::peer_removed, {.named = true});
    if (state == RouteState::withdrawn) {
      EXPECT_EQ(next, std::nullopt);
    } else {
      EXPECT_EQ(next, RouteState::withdrawn);
    }
  }
}

TEST(RouteState, AnAnswerLongLostChangesNoActiveRoute) {
  EXPECT_EQ(next_route_state(RouteState::active, RouteEvent::challenge_ended, {}), std::nullopt);
  EXPECT_EQ(next_route_state(RouteState::active, RouteEvent::challenged, {}), std::nullopt);
  EXPECT_EQ(next_route_state(RouteState::active, RouteEvent::proved, {.other_active = true}),
            std::nullopt);
}

TEST(RouteState, MeansForMailWhatTheTableSays) {
  for (const RouteState state : kStates) {
    const bool unused = state == RouteState::claimed || state == RouteState::proving ||
                        state == RouteState::proved || state == RouteState::conflict;
    if (unused) {
      EXPECT_EQ(outbound_of(state), Outbound::as_if_no_peer);
      EXPECT_EQ(inbound_of(state), Inbound::waits);
    } else {
      EXPECT_NE(outbound_of(state), Outbound::as_if_no_peer);
      EXPECT_NE(inbound_of(state), Inbound::waits);
    }
  }
  EXPECT_EQ(outbound_of(RouteState::active), Outbound::sealed);
  EXPECT_EQ(inbound_of(RouteState::withdrawn), Inbound::opened_for_a_week);
}

TEST(RouteState, TakesMailForAWeekAfterItWasWithdrawn) {
  const Time since = from_unix(1'000'000);
  const Time much_later = since + 100 * kWithdrawnGrace;
  EXPECT_TRUE(takes_mail(RouteState::active, since, much_later));
  EXPECT_FALSE(takes_mail(RouteState::claimed, since, since));
  EXPECT_TRUE(takes_mail(RouteState::withdrawn, since, since + kWithdrawnGrace));
  EXPECT_FALSE(
      takes_mail(RouteState::withdrawn, since, since + kWithdrawnGrace + std::chrono::seconds(1)));
}

}  // namespace
}  // namespace culvert::peering
