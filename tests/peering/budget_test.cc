// Named attack: Filling. A paired peer makes this node keep no more than its budget, whatever it
// signs, and uses up nobody else's.
#include "peering/peer_budget.h"

#include "peering/replay.h"
#include "store/invitations.h"
#include "tests/peering/test_node.h"

namespace culvert::peering {
namespace {

class Filling : public testing::Test {
 protected:
  Filling() {
    connect(a_, b_, wire_);
    connect(a_, c_, wire_);
  }

  Bytes challenge_of(const TestNode& from) {
    const DocumentHead head{from.fingerprint(), a_.fingerprint(), random_document_id(), a_.now()};
    const ProofChallenge challenge{random_document_id(), domain("a.example"), ProofCarrier::https,
                                   random_document_id()};
    return sign_challenge(head, challenge, from.signer()).value();
  }
  Bytes card_of(TestNode& from, std::uint64_t serial) {
    Card card = from.card_values();
    card.serial = serial;
    card.issued = a_.now();
    card.expires = a_.now() + kCardLifetime;
    return sign_card(card, from.signer()).value();
  }
  std::size_t answered(const TestNode& peer) {
    std::size_t count = 0;
    a_.read([&](const store::ReadTransaction& txn) {
      count = store::count_answered(txn, peer.fingerprint(), SIZE_MAX);
    });
    return count;
  }
  static bool is_too_much(const Result<IncomingOutcome>& outcome) {
    return !outcome && outcome.error().code == kTooMuch &&
           outcome.error().fault == Fault::temporary;
  }

  TestNode a_{"gate.a.example", {"a.example"}};
  TestNode b_{"gate.b.example", {"b.example"}};
  TestNode c_{"gate.c.example", {"c.example"}};
  Wire wire_;
};

TEST_F(Filling, OneThousandChallengesASecond) {
  const Bytes first = challenge_of(b_);
  ASSERT_TRUE(a_.receive(first).ok());
  int refused = 0;
  for (int i = 0; i < 1000; ++i)
    refused += is_too_much(a_.receive(challenge_of(b_))) ? 1 : 0;
  EXPECT_GE(refused, 1000 - static_cast<int>(kDocumentsAtOnce));
  EXPECT_LE(answered(b_), kDocumentsAtOnce);
  // Another peer does not notice, and a repetition is answered as before.
  EXPECT_TRUE(a_.receive(challenge_of(c_)).ok());
  EXPECT_TRUE(a_.receive(first).ok());
  EXPECT_GE(a_.refusals().take().at(b_.fingerprint()), static_cast<unsigned>(refused));
  a_.advance(std::chrono::seconds(10));
  EXPECT_FALSE(is_too_much(a_.receive(challenge_of(b_))));
}

TEST_F(Filling, ANewCardEachSecond) {
  std::uint64_t serial = 100;
  int taken = 0;
  for (int i = 0; i < 120; ++i) {
    taken += a_.receive(card_of(b_, ++serial)).ok() ? 1 : 0;
    a_.advance(std::chrono::seconds(1));
  }
  EXPECT_LE(taken, static_cast<int>(kCardsAtOnce) + 4);
  EXPECT_TRUE(is_too_much(a_.receive(card_of(b_, ++serial))));
  EXPECT_TRUE(a_.receive(card_of(c_, 100)).ok());
  // A day later its card of the day is taken.
  a_.advance(kCardRenewal);
  EXPECT_TRUE(a_.receive(card_of(b_, ++serial)).ok());
}

// What is played again costs the peer nothing: a card is public, and anybody may send an old one.
TEST_F(Filling, AnotherPlaysThePeersMessagesAgain) {
  const Bytes challenge = challenge_of(b_);
  ASSERT_TRUE(a_.receive(challenge).ok());
  const Bytes old_card = card_of(b_, 100);
  const Bytes new_card = card_of(b_, 101);
  ASSERT_TRUE(a_.receive(old_card).ok());
  ASSERT_TRUE(a_.receive(new_card).ok());
  for (int i = 0; i < 310; ++i) {
    EXPECT_TRUE(a_.receive(challenge).ok());
    EXPECT_FALSE(a_.receive(old_card).ok());
    EXPECT_TRUE(a_.receive(new_card).ok());
  }
  EXPECT_TRUE(a_.receive(card_of(b_, 102)).ok());
  EXPECT_TRUE(a_.receive(challenge_of(b_)).ok());
}

TEST_F(Filling, AnsweredIdsOverDays) {
  a_.write([&](store::WriteTransaction& txn) {
    for (std::size_t i = 0; i < kMaxAnsweredOfPeer; ++i) {
      const crypto::Sha256 id = crypto::sha256(as_bytes(std::to_string(i)));
      store::note_answered(txn, b_.fingerprint(), ByteView(id).first(16), {a_.now(), "x", {}});
    }
  });
  a_.advance(kAnsweredCountAge);
  EXPECT_TRUE(is_too_much(a_.receive(challenge_of(b_))));
  EXPECT_TRUE(a_.receive(challenge_of(c_)).ok());
  // Nothing that was remembered is forgotten for it; with time it is.
  EXPECT_GE(answered(b_), kMaxAnsweredOfPeer);
  a_.advance(kAnsweredIdAge + std::chrono::hours(1));
  for (int i = 0; i < 100; ++i)
    a_.write([&](store::WriteTransaction& txn) { forget_old_answers(txn, a_.now()); });
  EXPECT_FALSE(is_too_much(a_.receive(challenge_of(b_))));
}

TEST_F(Filling, IncarnationsWithoutEnd) {
  Card card = b_.card_values();
  std::size_t taken = 0;
  for (int i = 0; i < 150; ++i) {
    a_.advance(kIncarnationRest);
    card.incarnation = random_document_id();
    card.issued = a_.now();
    card.expires = a_.now() + kCardLifetime;
    taken += a_.receive(sign_card(card, b_.signer()).value()).ok() ? 1 : 0;
  }
  EXPECT_EQ(taken, kMaxIncarnations - 1);
}

TEST_F(Filling, ProofsThatNobodyAnswers) {
  for (int i = 0; i < 100; ++i)
    static_cast<void>(a_.receive(challenge_of(b_)).ok());
  a_.read([&](const store::ReadTransaction& txn) {
    EXPECT_LE(store::proofs_of_peer(txn, store::ProofRole::answering, b_.fingerprint()).size(),
              kMaxPendingProofsOfPeer);
  });
}

}  // namespace
}  // namespace culvert::peering
