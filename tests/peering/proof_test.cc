// Routes and their proof: protocol.md, "Routes" and "What must hold".
#include <gtest/gtest.h>

#include "peering/challenge_news.h"

#include "tests/peering/test_node.h"

namespace culvert::peering {
namespace {

using store::RouteState;

class ProofTest : public testing::Test {
 protected:
  void SetUp() override {
    pair(a_, b_, wire_);
    later(kFirstChallengeDelay);
  }
  void later(std::chrono::seconds by) {
    a_.advance(by);
    b_.set_now(a_.now());
    c_.set_now(a_.now());
  }
  std::size_t due(TestNode& node) {
    std::size_t count = 0;
    node.read([&](const store::ReadTransaction& txn) {
      count = routes_to_challenge(txn, node.now()).size();
    });
    return count;
  }

  TestNode a_{"gate.a.example", {"a.example"}};
  TestNode b_{"gate.b.example", {"b.example"}};
  TestNode c_{"gate.c.example", {"c.example", "b.example"}};
  Wire wire_;
};

TEST_F(ProofTest, ANamedRouteIsActiveOnceItsMailArrives) {
  EXPECT_EQ(due(a_), 1u);
  ASSERT_TRUE(run_proof(a_, b_, "b.example", b_).has_value());
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::active);
  EXPECT_EQ(due(a_), 0u);
}

// Property 1, and: a thief of a code gets no route without receiving the domain's mail.
TEST_F(ProofTest, WhoDoesNotGetTheMailGetsNoRoute) {
  TestNode a("gate.a2.example", {"a2.example"});
  pair(a, c_, wire_);
  a.set_now(c_.now());
  later(kFirstChallengeDelay);
  a.advance(kFirstChallengeDelay);
  // A named b.example for whoever uses the code; C claims it, but the mail goes to B.
  ASSERT_TRUE(run_proof(a, c_, "b.example", b_).has_value());
  EXPECT_EQ(a.route_state("b.example", c_), RouteState::proving);
  // With the HTTPS token alone nothing can be answered.
  std::optional<StartedProof> started;
  a.write([&](store::WriteTransaction& txn) {
    auto route = store::find_route(txn, domain("b.example"), c_.fingerprint());
    route->prove_requested = a.now();
    store::put_route(txn, *route);
    started = start_proof(txn, {domain("b.example"), c_.fingerprint()}, a.now());
  });
  ASSERT_TRUE(started.has_value());
  const ProofToken& https = started->by_https.token;
  for (const ProofAnswer& wrong :
       {ProofAnswer{started->by_mail.proof, domain("b.example"), https, https},
        ProofAnswer{started->by_mail.proof, domain("b.example"), https, std::nullopt},
        ProofAnswer{started->by_mail.proof, domain("b.example"), ProofToken{}, std::nullopt}}) {
    const Bytes answer =
        sign_answer({c_.fingerprint(), a.fingerprint(), random_document_id(), c_.now()}, wrong,
                    c_.signer())
            .value();
    const Bytes before = a.state();
    EXPECT_FALSE(a.receive(answer).ok());
    EXPECT_EQ(a.state(), before);
  }
}

TEST_F(ProofTest, AClaimThatNobodyNamedMakesNobodySendMail) {
  pair(a_, c_, wire_);
  c_.set_domains({domain("c.example"), domain("b.example"), domain("c2.example")});
  later(kFirstChallengeDelay);
  ASSERT_TRUE(a_.receive(c_.card()).ok());
  std::optional<StartedProof> started;
  a_.write([&](store::WriteTransaction& txn) {
    started = start_proof(txn, {domain("c2.example"), c_.fingerprint()}, a_.now());
  });
  EXPECT_FALSE(started.has_value());
}

TEST_F(ProofTest, OnRequestAnUnnamedClaimIsProvedAndWaitsForApproval) {
  b_.set_domains({domain("b.example"), domain("b2.example")});
  ASSERT_TRUE(a_.receive(b_.card()).ok());
  a_.write([&](store::WriteTransaction& txn) {
    auto route = store::find_route(txn, domain("b2.example"), b_.fingerprint());
    route->prove_requested = a_.now();
    store::put_route(txn, *route);
  });
  ASSERT_TRUE(run_proof(a_, b_, "b2.example", b_).has_value());
  EXPECT_EQ(a_.route_state("b2.example", b_), RouteState::proved);
  a_.read([&](const store::ReadTransaction& txn) {
    EXPECT_EQ(outbound_of(*store::find_route(txn, domain("b2.example"), b_.fingerprint())),
              Outbound::as_if_no_peer);
  });
}

TEST_F(ProofTest, ASecondIdentityForAnActiveDomainIsAConflict) {
  ASSERT_TRUE(run_proof(a_, b_, "b.example", b_).has_value());
  pair(a_, c_, wire_);
  later(kFirstChallengeDelay);
  ASSERT_TRUE(run_proof(a_, c_, "b.example", c_).has_value());
  EXPECT_EQ(a_.route_state("b.example", c_), RouteState::conflict);
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::active);
}

TEST_F(ProofTest, ADomainThatLeftTheCardIsWithdrawnAndWaits) {
  ASSERT_TRUE(run_proof(a_, b_, "b.example", b_).has_value());
  b_.set_domains({domain("b2.example")});
  ASSERT_TRUE(a_.receive(b_.card()).ok());
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::withdrawn);
  EXPECT_EQ(outbound_of(*a_.route("b.example", b_)), Outbound::waits);
  // Back again: proved anew, and until then still waiting, never clear (property 6).
  b_.set_domains({domain("b.example")});
  ASSERT_TRUE(a_.receive(b_.card()).ok());
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::claimed);
  EXPECT_EQ(outbound_of(*a_.route("b.example", b_)), Outbound::waits);
  EXPECT_FALSE(a_.route("b2.example", b_).has_value());
}

TEST_F(ProofTest, ANodeThatWasSetUpAnewTakesTheDomainAfterItsRemoval) {
  ASSERT_TRUE(run_proof(a_, b_, "b.example", b_).has_value());
  a_.write([&](store::WriteTransaction& txn) {
    ASSERT_TRUE(remove_peer(txn, b_.fingerprint(), Removal::by_us, "test", a_.now()).ok());
  });
  TestNode again("gate.b.example", {"b.example"}, a_.now());
  Wire wire;
  pair(a_, again, wire);
  later(kFirstChallengeDelay);
  again.set_now(a_.now());
  ASSERT_TRUE(run_proof(a_, again, "b.example", again).has_value());
  EXPECT_EQ(a_.route_state("b.example", again), RouteState::active);
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::withdrawn);
}

TEST_F(ProofTest, AnAnswerThatComesTooLateIsVoid) {
  std::optional<StartedProof> started;
  a_.write([&](store::WriteTransaction& txn) {
    started = start_proof(txn, {domain("b.example"), b_.fingerprint()}, a_.now());
  });
  ASSERT_TRUE(started.has_value());
  const ProofAnswer answer{started->by_mail.proof, domain("b.example"), started->by_mail.token, {}};
  const Time limit = a_.now() + kProofLifetime;
  a_.write([&](store::WriteTransaction& txn) {
    EXPECT_FALSE(take_answer(txn, {b_.fingerprint(), answer}, limit));
    end_old_proofs(txn, limit);
  });
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::claimed);
  EXPECT_EQ(a_.route("b.example", b_)->proof_failures, 1u);
}

TEST_F(ProofTest, AnAnswerCountsForItsPeerAndDomainAlone) {
  pair(a_, c_, wire_);
  std::optional<StartedProof> started;
  a_.write([&](store::WriteTransaction& txn) {
    started = start_proof(txn, {domain("b.example"), b_.fingerprint()}, a_.now());
  });
  ASSERT_TRUE(started.has_value());
  const ProofAnswer right{started->by_mail.proof, domain("b.example"), started->by_mail.token, {}};
  a_.write([&](store::WriteTransaction& txn) {
    EXPECT_FALSE(take_answer(txn, {c_.fingerprint(), right}, a_.now()));
    ProofAnswer elsewhere = right;
    elsewhere.domain = domain("c.example");
    EXPECT_FALSE(take_answer(txn, {b_.fingerprint(), elsewhere}, a_.now()));
    ProofAnswer wrong_https = right;
    wrong_https.https_token = ProofToken{};
    EXPECT_FALSE(take_answer(txn, {b_.fingerprint(), wrong_https}, a_.now()));
    EXPECT_TRUE(take_answer(txn, {b_.fingerprint(), right}, a_.now()));
    EXPECT_FALSE(take_answer(txn, {b_.fingerprint(), right}, a_.now()));
  });
}

TEST_F(ProofTest, ChallengesKeepTheirDistance) {
  const auto try_start = [&] {
    std::optional<StartedProof> started;
    a_.write([&](store::WriteTransaction& txn) {
      started = start_proof(txn, {domain("b.example"), b_.fingerprint()}, a_.now());
    });
    return started.has_value();
  };
  EXPECT_TRUE(try_start());
  EXPECT_FALSE(try_start());
  later(kChallengeInterval - std::chrono::seconds(1));
  EXPECT_FALSE(try_start());
  later(std::chrono::seconds(1));
  EXPECT_TRUE(try_start());
  // More often only by `route prove`.
  a_.write([&](store::WriteTransaction& txn) {
    auto route = store::find_route(txn, domain("b.example"), b_.fingerprint());
    route->prove_requested = a_.now();
    store::put_route(txn, *route);
  });
  EXPECT_TRUE(try_start());
  EXPECT_FALSE(try_start());
}

TEST_F(ProofTest, WithoutSuccessItEndsAfterAMonth) {
  int challenges = 0;
  for (int hour = 0; hour < 24 * 60; ++hour) {
    a_.write([&](store::WriteTransaction& txn) {
      end_old_proofs(txn, a_.now());
      if (start_proof(txn, {domain("b.example"), b_.fingerprint()}, a_.now())) ++challenges;
    });
    later(std::chrono::hours(1));
  }
  EXPECT_GT(challenges, 10);
  EXPECT_LT(challenges, 30);
  EXPECT_EQ(due(a_), 0u);
}

TEST_F(ProofTest, AChallengeThatHttpsRefusedIsBegunAnewSoon) {
  std::optional<StartedProof> started;
  bool put_off = false;
  a_.write([&](store::WriteTransaction& txn) {
    started = start_proof(txn, {domain("b.example"), b_.fingerprint()}, a_.now());
    put_off = put_off_proof(txn, {domain("b.example"), b_.fingerprint()}, started->by_mail.proof,
                            a_.now());
  });
  EXPECT_TRUE(put_off);
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::claimed);
  EXPECT_EQ(due(a_), 0u);
  later(kFirstChallengeDelay);
  EXPECT_EQ(due(a_), 1u);
  later(kRefusedPatience);
  a_.write([&](store::WriteTransaction& txn) {
    started = start_proof(txn, {domain("b.example"), b_.fingerprint()}, a_.now());
    put_off = put_off_proof(txn, {domain("b.example"), b_.fingerprint()}, started->by_mail.proof,
                            a_.now());
  });
  EXPECT_FALSE(put_off);
}

// What people see at the route is what became of the challenge.
TEST_F(ProofTest, TheRouteTellsWhatBecameOfItsChallenge) {
  const RouteName name{domain("b.example"), b_.fingerprint()};
  const Bytes mail(16, 7), other(16, 8);
  std::optional<StartedProof> started;
  const auto step = [&](ChallengeStep::What what, const std::string& reply, ByteView of) {
    a_.write([&](store::WriteTransaction& txn) {
      note_challenge_step(txn, name, of, {what, reply, std::nullopt}, a_.now());
    });
    return *a_.route("b.example", b_);
  };
  a_.write([&](store::WriteTransaction& txn) {
    started = start_proof(txn, name, a_.now());
    note_challenge_mail(txn, name, mail);
  });
  ASSERT_TRUE(started.has_value());
  EXPECT_NE(step(ChallengeStep::What::waits, "mx: 451 later", mail).reason.find("451 later"),
            std::string::npos);
  EXPECT_EQ(step(ChallengeStep::What::failed, "mx: 550 other", other).state, RouteState::proving);
  const auto delivered = step(ChallengeStep::What::delivered, "mx: 250 ok", mail);
  EXPECT_NE(delivered.reason.find("not answered yet: mx: 250 ok"), std::string::npos);
  EXPECT_FALSE(delivered.failing_since.has_value());
  const auto failed = step(ChallengeStep::What::failed, "mx: 550 5.7.1 spam", mail);
  EXPECT_EQ(failed.state, RouteState::claimed);
  EXPECT_NE(failed.reason.find("550 5.7.1 spam"), std::string::npos);
  EXPECT_EQ(failed.failing_since, a_.now());
  EXPECT_EQ(next_challenge(failed, a_.now()), a_.now() + kChallengeInterval);
  // Its answer comes too late, because nobody had the mail; a second failure counts once.
  EXPECT_EQ(step(ChallengeStep::What::failed, "mx: 550 5.7.1 spam", mail).proof_failures, 1u);
  a_.write([&](store::WriteTransaction& txn) {
    const ProofAnswer answer{started->by_mail.proof, name.domain, started->by_mail.token, {}};
    EXPECT_FALSE(take_answer(txn, {b_.fingerprint(), answer}, a_.now()));
  });
}

TEST_F(ProofTest, ARefusedChallengeOfARouteInUseLeavesItInUse) {
  ASSERT_TRUE(run_proof(a_, b_, "b.example", b_).has_value());
  later(kProofInterval);
  const RouteName name{domain("b.example"), b_.fingerprint()};
  a_.write([&](store::WriteTransaction& txn) {
    ASSERT_TRUE(start_proof(txn, name, a_.now()).has_value());
    note_challenge_mail(txn, name, Bytes(16, 7));
    note_challenge_step(txn, name, Bytes(16, 7),
                        {ChallengeStep::What::failed, "mx: 550 spam", std::nullopt}, a_.now());
  });
  const auto route = *a_.route("b.example", b_);
  EXPECT_EQ(route.state, RouteState::active);
  EXPECT_EQ(route.reason, "proved by mail");
  EXPECT_EQ(route.challenge.reply, "mx: 550 spam");
  EXPECT_EQ(route.failing_since, a_.now());
}

TEST_F(ProofTest, AnsweringIsForOwnDomainsThePeerAndTheRightCarrierOnly) {
  const auto challenge = [&](TestNode& from, std::string_view of, ProofCarrier carrier) {
    const ProofChallenge body{{1}, domain(of), carrier, {2}};
    return sign_challenge({from.fingerprint(), b_.fingerprint(), random_document_id(), a_.now()},
                          body, from.signer())
        .value();
  };
  const Bytes before = b_.state();
  // Not ours; a stranger; a mail challenge that came by HTTPS; in another's seal.
  EXPECT_FALSE(b_.receive(challenge(a_, "d.example", ProofCarrier::mail), ProofCarrier::mail,
                          a_.fingerprint())
                   .ok());
  EXPECT_FALSE(b_.receive(challenge(c_, "b.example", ProofCarrier::mail), ProofCarrier::mail,
                          c_.fingerprint())
                   .ok());
  EXPECT_FALSE(b_.receive(challenge(a_, "b.example", ProofCarrier::mail)).ok());
  EXPECT_FALSE(b_.receive(challenge(a_, "b.example", ProofCarrier::mail), ProofCarrier::mail,
                          c_.fingerprint())
                   .ok());
  EXPECT_EQ(b_.state(), before);
  EXPECT_TRUE(b_.receive(challenge(a_, "b.example", ProofCarrier::mail), ProofCarrier::mail,
                         a_.fingerprint())
                  .ok());
}

TEST_F(ProofTest, APeerHasAtMostTwentyProofsPending) {
  const auto challenge = [&](std::uint8_t number) {
    const ProofChallenge body{{number}, domain("b.example"), ProofCarrier::https, {2}};
    return sign_challenge({a_.fingerprint(), b_.fingerprint(), random_document_id(), a_.now()},
                          body, a_.signer())
        .value();
  };
  for (std::uint8_t i = 0; i < kMaxPendingProofsOfPeer; ++i)
    EXPECT_TRUE(b_.receive(challenge(i)).ok());
  EXPECT_FALSE(b_.receive(challenge(200)).ok());
}

TEST_F(ProofTest, AnActiveRouteIsProvedAgainDailyAndKeepsItsState) {
  ASSERT_TRUE(run_proof(a_, b_, "b.example", b_).has_value());
  later(kProofInterval - std::chrono::seconds(1));
  EXPECT_EQ(due(a_), 0u);
  later(std::chrono::seconds(1));
  EXPECT_EQ(due(a_), 1u);
  ASSERT_TRUE(run_proof(a_, b_, "b.example", c_).has_value());
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::active);
}

}  // namespace
}  // namespace culvert::peering
