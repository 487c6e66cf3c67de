#include "node/flow/routing.h"

#include <gtest/gtest.h>

#include "node/delivery/retry_schedule.h"

namespace culvert::node {
namespace {

store::Route route(store::RouteState state, std::uint8_t peer) {
  std::array<std::uint8_t, 32> octets{};
  octets[0] = peer;
  store::Route r{.domain = *Domain::parse("b.example"), .peer = Fingerprint(octets)};
  r.state = state;
  if (state == store::RouteState::active) r.active_since = from_unix(1);
  return r;
}

TEST(Routing, PrefersAnActiveRouteToOneThatIsWaitedFor) {
  using State = store::RouteState;
  const auto view = combine_routes({route(State::withdrawn, 1), route(State::active, 2)}, {});
  EXPECT_EQ(view.use, RouteUse::seals);
  EXPECT_EQ(view.peer.view()[0], 2);
  EXPECT_EQ(combine_routes({route(State::conflict, 1), route(State::paused, 2)}, {}).use,
            RouteUse::waits);
  for (const State state : {State::claimed, State::proving, State::proved, State::conflict}) {
    EXPECT_EQ(combine_routes({route(state, 1)}, {}).use, RouteUse::none);
  }
}

TEST(Routing, HoldsMailForAPeerWhoseKeyIsInDoubt) {
  const store::Route active = route(store::RouteState::active, 1);
  PeerView peer;
  peer.outbound_held = "a copy of its key";
  const auto view = combine_routes({active}, {{active.peer, peer}});
  EXPECT_EQ(view.use, RouteUse::waits);
  EXPECT_NE(view.why_waiting.find("a copy of its key"), std::string::npos);
}

// Never clear, and never in a form that does not say whose words it holds.
TEST(Routing, HoldsMailForAPeerThatDoesNotKnowThePresentForm) {
  const store::Route active = route(store::RouteState::active, 1);
  const struct {
    std::vector<std::uint64_t> forms;
    RouteUse use;
    const char* why;
  } cases[] = {
      {{}, RouteUse::waits, "the node of b.example must be updated"},
      {{1}, RouteUse::waits, "the node of b.example must be updated"},
      {{3, 4}, RouteUse::waits, "this node must be updated"},
      {{1, 2}, RouteUse::seals, ""},
      {{2}, RouteUse::seals, ""},
      {{7, 2}, RouteUse::seals, ""},
  };
  for (const auto& each : cases) {
    PeerView peer;
    peer.tunnel_forms = each.forms;
    const auto view = combine_routes({active}, {{active.peer, peer}});
    EXPECT_EQ(view.use, each.use);
    EXPECT_NE(view.why_waiting.find(each.why), std::string::npos) << view.why_waiting;
  }
}

TEST(Routing, ForgetsTheTunnelOnlyWhenTheRouteIsReleased) {
  store::Route gone = route(store::RouteState::withdrawn, 1);
  gone.active_since = from_unix(1);
  EXPECT_TRUE(combine_routes({gone}, {}).was_active);
  EXPECT_EQ(combine_routes({gone}, {}).use, RouteUse::waits);
  gone.released = from_unix(2);
  EXPECT_FALSE(combine_routes({gone}, {}).was_active);
  EXPECT_EQ(combine_routes({gone}, {}).use, RouteUse::none);
}

TEST(RetrySchedule, DoublesUpToHalfAnHour) {
  EXPECT_EQ(retry_delay(0), std::chrono::seconds(5));
  EXPECT_EQ(retry_delay(3), std::chrono::seconds(40));
  EXPECT_EQ(retry_delay(9), std::chrono::minutes(30));
  EXPECT_EQ(retry_delay(4'000'000'000U), std::chrono::minutes(30));
}

TEST(Backoff, CountsAttemptsThatFailTogetherOnce) {
  using std::chrono::seconds;
  const SteadyTime begun{seconds(100)};
  Backoff backoff;
  for (int i = 0; i < 16; ++i)
    backoff.failed(begun, begun + std::chrono::milliseconds(i));
  EXPECT_TRUE(backoff.rests(begun + seconds(4)));
  EXPECT_FALSE(backoff.rests(begun + seconds(5)));
  EXPECT_TRUE(backoff.is_doubted());
}

TEST(Backoff, WaitsLongerAfterEachFailureUntilItAnswers) {
  using std::chrono::seconds;
  Backoff backoff;
  SteadyTime now{seconds(100)};
  for (const seconds wait : {seconds(5), seconds(10), seconds(20)}) {
    backoff.failed(now, now + seconds(1));
    now += seconds(1) + wait;
    EXPECT_TRUE(backoff.rests(now - seconds(1))) << wait.count();
    EXPECT_FALSE(backoff.rests(now)) << wait.count();
  }
  backoff.answered();
  EXPECT_FALSE(backoff.is_doubted());
  backoff.failed(now, now);
  EXPECT_FALSE(backoff.rests(now + seconds(5)));
  backoff.failed(now + seconds(5), now + seconds(5));
  backoff.forget();
  EXPECT_FALSE(backoff.rests(now + seconds(5)));
}

}  // namespace
}  // namespace culvert::node
