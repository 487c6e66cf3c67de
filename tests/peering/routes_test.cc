#include "peering/routes.h"

#include <gtest/gtest.h>

namespace culvert::peering {
namespace {

using store::RouteState;

constexpr RouteState kStates[] = {RouteState::claimed,  RouteState::proving,  RouteState::proved,
                                  RouteState::active,   RouteState::degraded, RouteState::paused,
                                  RouteState::conflict, RouteState::withdrawn};
constexpr RouteEvent kEvents[] = {
    RouteEvent::listed,      RouteEvent::challenged,    RouteEvent::challenge_ended,
    RouteEvent::proved,      RouteEvent::proof_overdue, RouteEvent::card_ended,
    RouteEvent::approved,    RouteEvent::rejected,      RouteEvent::conflict_ended,
    RouteEvent::paused,      RouteEvent::resumed,       RouteEvent::reincarnated,
    RouteEvent::unlisted,    RouteEvent::replaced,      RouteEvent::said_goodbye,
    RouteEvent::peer_removed};

// The whole table, as protocol.md has it, for a domain that was named and that nobody else has.
// Rows in the order of kEvents, columns in that of kStates; `.` changes nothing.
TEST(RouteState, FollowsTheTable) {
  constexpr std::string_view kLetters = "cpvadzxw";  // claimed … withdrawn
  constexpr std::string_view kTable[] = {
      ".......c",  // listed
      "p.......",  // challenged
      ".c......",  // challenge_ended
      "aaa.a...",  // proved
      "...d....",  // proof_overdue
      "...d....",  // card_ended
      "..a.....",  // approved
      ".cc...c.",  // rejected
      "......c.",  // conflict_ended
      "...zz...",  // paused
      ".....a..",  // resumed
      "...d....",  // reincarnated
      "wwwwwww.",  // unlisted
      "...www..",  // replaced
      "wwwwwww.",  // said_goodbye
      "wwwwwww.",  // peer_removed
  };
  for (std::size_t row = 0; row < std::size(kEvents); ++row) {
    for (std::size_t column = 0; column < std::size(kStates); ++column) {
      const auto next =
          next_route_state(kStates[column], kEvents[row], {.named = true, .proof_is_fresh = true});
      const char letter = next ? kLetters[static_cast<std::size_t>(*next)] : '.';
      EXPECT_EQ(letter, kTable[row][column]) << row << " " << column;
    }
  }
}

TEST(RouteState, AnApprovalCountsOnAFreshProofOnly) {
  const auto approved = [](const RouteFacts& facts) {
    return next_route_state(RouteState::proved, RouteEvent::approved, facts);
  };
  EXPECT_EQ(approved({.named = true}), RouteState::claimed) << "it is proved again";
  EXPECT_EQ(approved({.named = true, .other_active = true, .proof_is_fresh = true}),
            RouteState::conflict);
}

TEST(RouteState, APausedRouteComesBackAsItWas) {
  EXPECT_EQ(next_route_state(RouteState::paused, RouteEvent::resumed,
                             {.before_pause = RouteState::degraded}),
            RouteState::degraded);
}

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
  // It is proved anew, once the incumbent is gone.
  EXPECT_EQ(next_route_state(RouteState::conflict, RouteEvent::proved, {.named = true}),
            std::nullopt);
  EXPECT_EQ(next_route_state(RouteState::conflict, RouteEvent::conflict_ended, {.named = true}),
            RouteState::claimed);
}

TEST(RouteState, OnlyAProofAndAWordMakeARouteActive) {
  for (const RouteState state : kStates) {
    for (const RouteEvent event : kEvents) {
      for (const bool named : {false, true}) {
        for (const bool other : {false, true}) {
          const RouteFacts facts{.named = named, .other_active = other, .proof_is_fresh = true};
          if (next_route_state(state, event, facts) != RouteState::active) continue;
          // Unless it was in use already, a word, a proof and a free domain are needed.
          if (is_in_use(state)) continue;
          const bool is_proved = event == RouteEvent::proved || state == RouteState::proved;
          EXPECT_TRUE(is_proved && named && !other);
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
