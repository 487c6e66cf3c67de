// protocol.md, "What must hold": a replayed, reflected, re-ordered, truncated or altered peering
// message changes nothing. Every message type, at the moment when the true one would have an
// effect.
#include <gtest/gtest.h>

#include <iostream>

#include "crypto/cms/message.h"
#include "tests/peering/test_node.h"

namespace culvert::peering {
namespace {

struct Sent {
  std::string name;
  Bytes message;
  ProofCarrier carrier = ProofCarrier::https;
  TestNode* from = nullptr;
  TestNode* to = nullptr;
};

class HostileNetwork : public testing::Test {
 protected:
  // Delivers something false to a node, which must stay as it was.
  void expect_nothing(TestNode& node, ByteView message, const Sent& like, const char* what) {
    const Bytes before = node.state();
    static_cast<void>(node.receive(message, like.carrier, sealed_by(like)));
    ++cases_;
    ASSERT_EQ(node.state(), before) << like.name << ": " << what;
  }

  static std::optional<Fingerprint> sealed_by(const Sent& sent) {
    if (sent.carrier == ProofCarrier::https) return std::nullopt;
    return sent.from->fingerprint();
  }

  // What a signature does not cover means nothing: such a message is the same document.
  static bool is_same_document(ByteView altered, const Bytes& content) {
    const auto document = verify_document(altered);
    return document && document->content() == content;
  }

  void attack(const Sent& sent, std::size_t flips) {
    const Bytes& true_one = sent.message;
    const Bytes content = verify_document(true_one)->content();
    for (TestNode* node : nodes_) {
      if (node != sent.to) expect_nothing(*node, true_one, sent, "another receiver, or its sender");
    }
    const std::size_t step = std::max<std::size_t>(1, true_one.size() / flips);
    for (std::size_t at = 0; at < true_one.size(); at += step) {
      Bytes altered = true_one;
      altered[at] ^= static_cast<std::uint8_t>(1u << (at / step % 8));
      if (!is_same_document(altered, content)) expect_nothing(*sent.to, altered, sent, "bit flip");
      if (at % (step * 8) != 0) continue;
      const ByteView cut = ByteView(true_one).first(at);
      expect_nothing(*sent.to, cut, sent, "truncated");
      Bytes longer = true_one;
      longer.push_back(static_cast<std::uint8_t>(at));
      expect_nothing(*sent.to, longer, sent, "something behind it");
    }
    // The other carrier, or the seal of another peer.
    if (sent.name.starts_with("proof-challenge")) {
      Sent elsewhere = sent;
      elsewhere.carrier =
          sent.carrier == ProofCarrier::mail ? ProofCarrier::https : ProofCarrier::mail;
      expect_nothing(*sent.to, true_one, elsewhere, "the other carrier");
    }
  }

  // The same words, signed by somebody else: once in the own name, once in the sender's.
  void attack_with_other_signer(const Sent& sent) {
    std::string text = to_text(verify_document(sent.message)->content());
    for (TestNode* other : nodes_) {
      if (other == sent.from) continue;
      for (const bool renamed : {false, true}) {
        // A peer that speaks for itself is a peer that speaks.
        if (renamed && sent.to->peer(*other)) continue;
        std::string words = text;
        if (renamed) {
          const std::size_t at = words.find(sent.from->fingerprint().hex());
          words.replace(at, 64, other->fingerprint().hex());
        }
        const Bytes forged = crypto::sign_message(other->ring(), other->identity().certificate,
                                                  as_bytes(words), other->now())
                                 .value();
        expect_nothing(*sent.to, forged, sent, "signed by another");
      }
    }
  }

  // The attacks, then the true message, which counts; then itself again.
  Bytes deliver(const Sent& sent, std::size_t flips = 900) {
    attack(sent, flips);
    attack_with_other_signer(sent);
    const Bytes before = sent.to->state();
    auto outcome = sent.to->receive(sent.message, sent.carrier, sealed_by(sent));
    EXPECT_TRUE(outcome.ok()) << sent.name << ": " << outcome.error().detail;
    EXPECT_NE(sent.to->state(), before) << sent.name;
    history_.push_back(sent);
    if (!outcome) return {};
    expect_nothing(*sent.to, sent.message, sent, "replayed at once");
    if (outcome->with) last_answer_ = outcome->with;
    return outcome->answer;
  }

  DocumentHead head(const TestNode& from, const TestNode& to) {
    return {from.fingerprint(), to.fingerprint(), random_document_id(), from.now()};
  }

  void pair_a_and_b() {
    const ReadCode code = read_code(a_.invite({"b.example"})).value();
    HandshakeBinding binding;
    binding.inviter = a_.fingerprint();
    binding.accepter = b_.fingerprint();
    binding.payload_hash = crypto::sha256(code.payload.view());
    binding.accepter_card_hash = crypto::sha256(open_card(b_.card())->document.content());
    const ByteView secret = code.invitation.secret.view();
    const Bytes accept =
        sign_accept(head(b_, a_), {invitation_id(secret), b_.card(), accept_mac(secret, binding)},
                    b_.signer())
            .value();
    const Bytes answer = deliver({"accept", accept, ProofCarrier::https, &b_, &a_});
    ASSERT_FALSE(answer.empty());
    accepted_ = {"accepted", answer, ProofCarrier::https, &a_, &b_};
    // An `accepted` that nobody waits for changes nothing, wherever it goes.
    for (TestNode* node : nodes_)
      expect_nothing(*node, answer, accepted_, "unasked");
    b_.write([&](store::WriteTransaction& txn) {
      const auto document = verify_document(answer);
      const Accepted read = read_accepted(*document).value();
      ASSERT_TRUE(
          pair_with(txn, read.card,
                    {store::PeerOrigin::accepted_by_us, "", {domain("a.example")}, b_.card()},
                    {b_.domains(), b_.now()})
              .ok());
    });
  }

  void prove(TestNode& verifier, TestNode& prover, const char* of) {
    std::optional<StartedProof> started;
    verifier.write([&](store::WriteTransaction& txn) {
      started = start_proof(txn, {domain(of), prover.fingerprint()}, verifier.now());
    });
    ASSERT_TRUE(started.has_value());
    const Bytes https =
        sign_challenge(head(verifier, prover), started->by_https, verifier.signer()).value();
    const Bytes mail =
        sign_challenge(head(verifier, prover), started->by_mail, verifier.signer()).value();
    deliver({"proof-challenge https", https, ProofCarrier::https, &verifier, &prover});
    deliver({"proof-challenge mail", mail, ProofCarrier::mail, &verifier, &prover});
    ASSERT_TRUE(last_answer_.has_value());
    const Bytes answer =
        sign_answer(head(prover, verifier), *last_answer_, prover.signer()).value();
    deliver({"proof-answer", answer, ProofCarrier::https, &prover, &verifier});
    EXPECT_EQ(verifier.route_state(of, prover), store::RouteState::active);
  }

  // Everything that was ever sent, to everybody, forwards and backwards.
  void replay_history(const char* when) {
    std::vector<Sent> all = history_;
    all.insert(all.end(), history_.rbegin(), history_.rend());
    for (const Sent& sent : all) {
      for (TestNode* node : nodes_)
        expect_nothing(*node, sent.message, sent, when);
    }
  }

  TestNode a_{"gate.a.example", {"a.example"}};
  TestNode b_{"gate.b.example", {"b.example"}};
  TestNode c_{"gate.c.example", {"c.example", "b.example"}};
  std::vector<TestNode*> nodes_{&a_, &b_, &c_};
  std::vector<Sent> history_;
  Sent accepted_;
  std::optional<ProofAnswer> last_answer_;
  std::size_t cases_ = 0;
};

TEST_F(HostileNetwork, ChangesNoStateInTenThousandCases) {
  Wire wire;
  pair(a_, c_, wire);  // C is a peer of A as well, and claims b.example
  pair_a_and_b();
  for (TestNode* node : nodes_)
    node->advance(kFirstChallengeDelay);
  prove(a_, b_, "b.example");
  prove(b_, a_, "a.example");
  replay_history("replayed in another order");

  // A newer card: then the older one, by replay, is stale.
  for (TestNode* node : nodes_)
    node->advance(kCardRenewal);
  const Bytes old_card = b_.card();
  b_.renew_card();
  deliver({"card", b_.card(), ProofCarrier::https, &b_, &a_});
  expect_nothing(a_, old_card, history_.back(), "stale serial");
  replay_history("replayed a day later");

  for (TestNode* node : nodes_)
    node->advance(std::chrono::hours(24 * 30));
  replay_history("replayed a month later");
  for (TestNode* node : nodes_)
    node->set_now(start_time());
  replay_history("replayed after a clock was set back");

  a_.write([&](store::WriteTransaction& txn) {
    ASSERT_TRUE(remove_peer(txn, b_.fingerprint(), Removal::by_us, "test", a_.now()).ok());
  });
  replay_history("replayed after the peer was removed");
  std::cout << cases_ << " false messages, no change of state\n";
  EXPECT_GE(cases_, 10'000u);
}

}  // namespace
}  // namespace culvert::peering
