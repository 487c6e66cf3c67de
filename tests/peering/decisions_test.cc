// What administrators decide about routes and peers, and what nobody has to decide.
#include "peering/decisions.h"

#include <gtest/gtest.h>

#include "tests/peering/test_node.h"

namespace culvert::peering {
namespace {

using store::RouteState;

constexpr std::chrono::hours kDay{24};

// A is paired with B; both have b.example named and proved. C comes later.
class DecisionsTest : public testing::Test {
 protected:
  void SetUp() override { connect(a_, b_, wire_); }

  Outbound outbound(const TestNode& peer, const char* of = "b.example") {
    return outbound_of(*a_.route(of, peer));
  }
  // B's next card, with other domains.
  void list(std::vector<Domain> domains) {
    b_.advance(std::chrono::seconds(1));
    b_.set_domains(std::move(domains));
    ASSERT_TRUE(a_.receive(b_.card()).ok());
  }
  void prove(const TestNode& peer, TestNode& prover, const char* of) {
    a_.write([&](store::WriteTransaction& txn) {
      auto route = *store::find_route(txn, domain(of), peer.fingerprint());
      route.prove_requested = a_.now();
      store::put_route(txn, route);
    });
    ASSERT_TRUE(run_proof(a_, prover, of, prover).has_value());
  }
  std::string approve(const char* of, const TestNode* peer = nullptr) {
    std::string code;
    a_.write([&](store::WriteTransaction& txn) {
      const auto name = peer ? std::optional(peer->fingerprint()) : std::nullopt;
      const auto route = approve_route(txn, domain(of), name, a_.now());
      code = route ? "approved" : route.error().code;
    });
    return code;
  }
  std::string reject(const char* of) {
    std::string code;
    a_.write([&](store::WriteTransaction& txn) {
      const auto route = reject_route(txn, domain(of), std::nullopt, a_.now());
      code = route ? "rejected" : route.error().code;
    });
    return code;
  }
  std::string release(const char* of) {
    std::string code;
    a_.write([&](store::WriteTransaction& txn) {
      const auto routes = release_domain(txn, domain(of), a_.now());
      code = routes ? "released" : routes.error().code;
    });
    return code;
  }
  void remove(const TestNode& peer) {
    a_.write([&](store::WriteTransaction& txn) {
      ASSERT_TRUE(remove_peer(txn, peer.fingerprint(), Removal::by_us, "test", a_.now()).ok());
    });
  }

  TestNode a_{"gate.a.example", {"a.example"}};
  TestNode b_{"gate.b.example", {"b.example"}};
  TestNode c_{"gate.c.example", {"c.example"}};
  Wire wire_;
};

TEST_F(DecisionsTest, AnAddedDomainIsApprovedAndThenProved) {
  list({domain("b.example"), domain("new.example")});
  EXPECT_EQ(a_.route_state("new.example", b_), RouteState::claimed);
  EXPECT_EQ(next_challenge(*a_.route("new.example", b_), a_.now()), std::nullopt);
  EXPECT_EQ(approve("new.example"), "approved");
  EXPECT_EQ(next_challenge(*a_.route("new.example", b_), a_.now()), a_.now());
  prove(b_, b_, "new.example");
  EXPECT_EQ(a_.route_state("new.example", b_), RouteState::active);
}

TEST_F(DecisionsTest, ADomainThatIsNamedAfterItsProofIsInUseAtOnce) {
  list({domain("b.example"), domain("new.example")});
  prove(b_, b_, "new.example");
  EXPECT_EQ(a_.route_state("new.example", b_), RouteState::proved);
  EXPECT_EQ(approve("new.example"), "approved");
  EXPECT_EQ(a_.route_state("new.example", b_), RouteState::active);
}

TEST_F(DecisionsTest, AnOldProofIsMadeAnew) {
  list({domain("b.example"), domain("new.example")});
  prove(b_, b_, "new.example");
  a_.advance(2 * kDay);
  EXPECT_EQ(approve("new.example"), "approved");
  EXPECT_EQ(a_.route_state("new.example", b_), RouteState::claimed);
  EXPECT_TRUE(a_.route("new.example", b_)->prove_requested);
}

TEST_F(DecisionsTest, ARejectedClaimIsNotProvedUntilItIsApproved) {
  list({domain("b.example"), domain("new.example")});
  EXPECT_EQ(reject("new.example"), "rejected");
  EXPECT_EQ(next_challenge(*a_.route("new.example", b_), a_.now() + kDay), std::nullopt);
  EXPECT_EQ(reject("b.example"), "in-use");
  EXPECT_EQ(reject("nobody.example"), "not-found");
  EXPECT_EQ(approve("new.example"), "approved");
  EXPECT_TRUE(next_challenge(*a_.route("new.example", b_), a_.now()));
}

// Nothing turns sealed mail into clear mail but this.
TEST_F(DecisionsTest, OnlyAReleaseEndsTheWaiting) {
  list({domain("other.example")});
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::withdrawn);
  EXPECT_EQ(outbound(b_), Outbound::waits);
  a_.advance(100 * kDay);
  EXPECT_EQ(outbound(b_), Outbound::waits);
  EXPECT_EQ(release("b.example"), "released");
  EXPECT_EQ(outbound(b_), Outbound::as_if_no_peer);
  EXPECT_EQ(release("b.example"), "not-held");
  EXPECT_EQ(release("nobody.example"), "not-found");
}

TEST_F(DecisionsTest, AReleaseOfARouteInUseLastsUntilItIsApproved) {
  EXPECT_EQ(release("b.example"), "released");
  EXPECT_EQ(outbound(b_), Outbound::as_if_no_peer);
  prove(b_, b_, "b.example");
  EXPECT_EQ(outbound(b_), Outbound::as_if_no_peer) << "a proof does not undo it";
  EXPECT_EQ(approve("b.example"), "approved");
  EXPECT_EQ(outbound(b_), Outbound::sealed);
}

// Somebody else's domain on a card, and its honest twin: a domain that moves to another
// organisation.
TEST_F(DecisionsTest, AConflictEndsWhenItsCauseDoes) {
  c_.set_domains({domain("c.example"), domain("b.example")});
  pair(a_, c_, wire_);
  a_.advance(kFirstChallengeDelay);
  prove(c_, c_, "b.example");
  EXPECT_EQ(a_.route_state("b.example", c_), RouteState::conflict);
  EXPECT_EQ(approve("b.example", &c_), "conflict");
  EXPECT_EQ(approve("b.example"), "ambiguous");
  EXPECT_EQ(outbound(b_), Outbound::sealed) << "the incumbent's route is unchanged";

  remove(b_);
  EXPECT_EQ(a_.route_state("b.example", c_), RouteState::claimed);
  EXPECT_EQ(outbound(b_), Outbound::waits) << "not clear while the newcomer is proved";
  prove(c_, c_, "b.example");
  EXPECT_EQ(a_.route_state("b.example", c_), RouteState::active);
  EXPECT_EQ(outbound(c_), Outbound::sealed);
}

TEST_F(DecisionsTest, AConflictEndsWhenTheDomainLeavesTheIncumbentsCard) {
  c_.set_domains({domain("c.example"), domain("b.example")});
  pair(a_, c_, wire_);
  a_.advance(kFirstChallengeDelay);
  prove(c_, c_, "b.example");
  list({domain("other.example")});
  EXPECT_EQ(a_.route_state("b.example", c_), RouteState::claimed);
}

// Two peers must never have one domain in use.
TEST_F(DecisionsTest, AReleasedRouteDoesNotComeBackBesideItsNewHolder) {
  a_.write([&](store::WriteTransaction& txn) {
    ASSERT_TRUE(pause_peer(txn, b_.fingerprint(), a_.now()).ok());
  });
  EXPECT_EQ(release("b.example"), "released");
  c_.set_domains({domain("b.example")});
  pair(a_, c_, wire_);
  a_.advance(kFirstChallengeDelay);
  prove(c_, c_, "b.example");
  ASSERT_EQ(outbound(c_), Outbound::sealed);
  a_.write([&](store::WriteTransaction& txn) {
    ASSERT_TRUE(resume_peer(txn, b_.fingerprint(), {}, a_.now()).ok());
  });
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::conflict);
  EXPECT_EQ(outbound(b_), Outbound::as_if_no_peer);
}

TEST_F(DecisionsTest, ACodeNamesADomainThatWasRejected) {
  list({domain("b.example"), domain("new.example")});
  EXPECT_EQ(reject("new.example"), "rejected");
  b_.set_now(a_.now());
  ASSERT_TRUE(accept(b_, a_.invite({"new.example"}), wire_).ok());
  EXPECT_TRUE(next_challenge(*a_.route("new.example", b_), a_.now()));
}

TEST_F(DecisionsTest, APauseHoldsMailAndNothingElse) {
  a_.write([&](store::WriteTransaction& txn) {
    ASSERT_TRUE(pause_peer(txn, b_.fingerprint(), a_.now()).ok());
  });
  EXPECT_EQ(outbound(b_), Outbound::waits);
  EXPECT_TRUE(takes_mail(a_.route_state("b.example", b_), a_.now(), a_.now()));
  list({domain("b.example")});
  EXPECT_EQ(outbound(b_), Outbound::waits) << "its card changes nothing";
  a_.write([&](store::WriteTransaction& txn) {
    ASSERT_TRUE(resume_peer(txn, b_.fingerprint(), {}, a_.now()).ok());
    EXPECT_EQ(resume_peer(txn, b_.fingerprint(), {}, a_.now()).error().code, "not-held");
  });
  EXPECT_EQ(outbound(b_), Outbound::sealed);
}

TEST_F(DecisionsTest, OnlyAPersonEndsTheHoldAfterACopiedKey) {
  a_.write([&](store::WriteTransaction& txn) {
    auto peer = *store::find_peer(txn, b_.fingerprint());
    peer.outbound_held = "a copy of its key is in use";
    store::put_peer(txn, peer);
  });
  list({domain("b.example")});
  EXPECT_FALSE(a_.peer(b_)->outbound_held.empty());
  a_.write([&](store::WriteTransaction& txn) {
    ASSERT_TRUE(resume_peer(txn, b_.fingerprint(), {}, a_.now()).ok());
  });
  EXPECT_TRUE(a_.peer(b_)->outbound_held.empty());
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::active);
}

// A spam filter that eats challenges must not stop mail, a partner that is gone must.
TEST_F(DecisionsTest, ARouteDegradesAfterThreeDaysOfFailureAndHealsByOneProof) {
  const auto overdue = [this] {
    std::vector<FailedRoute> failed;
    a_.read([&](const store::ReadTransaction& txn) { failed = routes_to_degrade(txn, a_.now()); });
    return failed;
  };
  a_.write([&](store::WriteTransaction& txn) {
    auto route = *store::find_route(txn, domain("b.example"), b_.fingerprint());
    route.failing_since = a_.now();
    store::put_route(txn, route);
  });
  a_.advance(kProofPatience - std::chrono::seconds(1));
  EXPECT_TRUE(overdue().empty());
  a_.advance(std::chrono::seconds(1));
  const auto failed = overdue();
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].event, RouteEvent::proof_overdue);
  a_.write([&](store::WriteTransaction& txn) {
    EXPECT_TRUE(change_route(txn, failed[0].name, failed[0].event, a_.now()));
  });
  EXPECT_EQ(outbound(b_), Outbound::waits);
  EXPECT_TRUE(overdue().empty());
  b_.set_now(a_.now());
  list({domain("b.example")});
  EXPECT_TRUE(a_.route("b.example", b_)->prove_requested) << "a new card is a sign of life";
  ASSERT_TRUE(run_proof(a_, b_, "b.example", b_).has_value());
  EXPECT_EQ(outbound(b_), Outbound::sealed);
}

TEST_F(DecisionsTest, ARouteDegradesWhenThePeersCardHasEnded) {
  a_.advance(kCardLifetime + kDay);
  std::vector<FailedRoute> failed;
  a_.read([&](const store::ReadTransaction& txn) { failed = routes_to_degrade(txn, a_.now()); });
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].event, RouteEvent::card_ended);
}

}  // namespace
}  // namespace culvert::peering
