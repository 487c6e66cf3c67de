// Pairing by invitation: protocol.md, "Pairing".
#include <gtest/gtest.h>

#include "tests/peering/test_node.h"

namespace culvert::peering {
namespace {

using store::PeerState;
using store::RouteState;

class PairingTest : public testing::Test {
 protected:
  PairingTest() {
    wire_.add(a_);
    wire_.add(b_);
    wire_.add(c_);
  }

  TestNode a_{"gate.a.example", {"a.example"}};
  TestNode b_{"gate.b.example", {"b.example", "mail.b.example"}};
  TestNode c_{"gate.c.example", {"c.example", "b.example"}};
  Wire wire_;
};

TEST_F(PairingTest, BothSidesHoldTheOthersCardAndNamedRoutes) {
  const auto accepted = accept(b_, a_.invite({"b.example"}), wire_);
  ASSERT_TRUE(accepted.ok()) << accepted.error().text;
  EXPECT_EQ(accepted->peer, a_.fingerprint());
  EXPECT_EQ(accepted->name, "gate.a.example");
  ASSERT_EQ(accepted->domains.size(), 1u);
  EXPECT_EQ(accepted->domains.front().text(), "a.example");

  ASSERT_TRUE(a_.peer(b_).has_value());
  EXPECT_EQ(a_.peer(b_)->state, PeerState::paired);
  EXPECT_EQ(a_.peer(b_)->card, b_.card());
  EXPECT_EQ(a_.peer(b_)->address, "192.0.2.1");
  EXPECT_EQ(b_.peer(a_)->card, a_.card());
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::claimed);
  EXPECT_TRUE(a_.route("b.example", b_)->named);
  // On the card, but nobody at A named it.
  EXPECT_FALSE(a_.route("mail.b.example", b_)->named);
  EXPECT_TRUE(b_.route("a.example", a_)->named);
}

// Only who knows the secret of a code hears why it is not taken.
TEST_F(PairingTest, UsedAndExpiredCodesAreToldToWhoHasThemAndWrongOnesToNobody) {
  const std::string used = a_.invite({"b.example"});
  ASSERT_TRUE(accept(b_, used, wire_).ok());
  const std::string expired = a_.invite({"b.example"});
  a_.advance(kInvitationLifetime);
  b_.advance(kInvitationLifetime);
  c_.set_now(b_.now());
  a_.renew_card();
  b_.renew_card();
  c_.renew_card();
  // Of the right form, but never given.
  Invitation invitation{
      a_.fingerprint(), SecretBytes(Bytes(16, 7)), a_.url(), a_.domains(), {domain("b.example")}};
  const std::string wrong = code_of_payload(invitation_payload(invitation)->view());

  const Bytes before = a_.state();
  const auto by_expired = accept(c_, expired, wire_);
  const auto by_used = accept(c_, used, wire_);
  const auto by_wrong = accept(c_, wrong, wire_);
  for (const auto& [refused, code] :
       {std::pair(&by_expired, "expired"), {&by_used, "used"}, {&by_wrong, "refused"}}) {
    ASSERT_FALSE(refused->ok());
    EXPECT_EQ(refused->error().code, code);
    EXPECT_EQ(refused->error().fault, Fault::permanent);
  }
  EXPECT_EQ(a_.state(), before);
  EXPECT_FALSE(a_.peer(c_).has_value());
}

TEST_F(PairingTest, ACodeIsSpentByTheFirstIdentity) {
  const std::string code = a_.invite({"b.example"});
  ASSERT_TRUE(accept(c_, code, wire_).ok());
  EXPECT_FALSE(accept(b_, code, wire_).ok());
  EXPECT_TRUE(a_.peer(c_).has_value());
  EXPECT_FALSE(a_.peer(b_).has_value());
}

TEST_F(PairingTest, ARepeatByTheSameIdentityGetsTheStoredAnswer) {
  const std::string code = a_.invite({"b.example"});
  ASSERT_TRUE(accept(b_, code, wire_).ok());
  const Bytes before = a_.state();
  ASSERT_TRUE(accept(b_, code, wire_).ok());
  ASSERT_EQ(wire_.answers.size(), 2u);
  EXPECT_EQ(wire_.answers[0], wire_.answers[1]);
  EXPECT_EQ(a_.state(), before);
}

TEST_F(PairingTest, AnAcceptThatStrangersReplayOrAlterPairsNobody) {
  const auto code = read_code(a_.invite({"b.example"}));
  ASSERT_TRUE(code.ok());
  // The message of B, as somebody on the way sees it, without it ever arriving.
  Wire nowhere;
  nowhere.add(a_);
  nowhere.change_answer = [](const Bytes&) { return Bytes{}; };
  ASSERT_FALSE(accept_invitation(b_.store(), b_.self(), *code, nowhere, {b_.now()}).ok());
  const VerifiedDocument seen = verify_document(nowhere.sent.front()).value();
  const Accept parts = read_accept(seen).value();
  // C puts its own card and name to it: the MAC does not fit.
  const DocumentHead head{c_.fingerprint(), a_.fingerprint(), random_document_id(), c_.now()};
  const Bytes forged =
      sign_accept(head, {parts.invitation, c_.card(), parts.mac}, c_.signer()).value();
  EXPECT_FALSE(a_.receive(forged).ok());
  // C sends B's card under its own signature: the card is not its own.
  const Bytes borrowed =
      sign_accept(head, {parts.invitation, b_.card(), parts.mac}, c_.signer()).value();
  EXPECT_FALSE(a_.receive(borrowed).ok());
  EXPECT_FALSE(a_.peer(c_).has_value());
}

TEST_F(PairingTest, TheAccepterTakesNoAnswerButTheInviters) {
  const std::string code = a_.invite({"b.example"});
  const Bytes before = b_.state();
  // Another node answers at the URL in the code.
  class Impostor final : public PeerCarrier {
   public:
    explicit Impostor(TestNode& node) : node_(node) {}
    Result<Bytes> fetch_card(const std::string&) override { return node_.card(); }
    Result<Bytes> post_message(const std::string&, const crypto::Certificate&, ByteView) override {
      return node_.card();
    }

   private:
    TestNode& node_;
  } impostor(c_);
  const auto refused = accept(b_, code, impostor);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, "wrong-inviter");

  // The right card, but the answer is altered: each single bit.
  int cases = 0;
  ASSERT_TRUE(accept(c_, code, wire_).ok());
  const std::string second = a_.invite({"b.example"});
  for (std::size_t at = 0; at < 3000; at += 37) {
    wire_.change_answer = [&](Bytes answer) {
      answer[at % answer.size()] ^= 1;
      return answer;
    };
    EXPECT_FALSE(accept(b_, second, wire_).ok()) << at;
    ++cases;
  }
  EXPECT_GT(cases, 50);
  EXPECT_EQ(b_.state(), before);
}

TEST_F(PairingTest, TheAnswerToAnotherCodeIsRefused) {
  const std::string first = a_.invite({"b.example"});
  ASSERT_TRUE(accept(b_, first, wire_).ok());
  const Bytes old_answer = wire_.answers.front();
  const std::string second = a_.invite({"b.example"});
  wire_.change_answer = [&](const Bytes&) { return old_answer; };
  const auto refused = accept(b_, second, wire_);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, "wrong-inviter");
}

TEST_F(PairingTest, TellsAnAdministratorWhyACodeDoesNotFit) {
  EXPECT_EQ(accept(a_, a_.invite({"b.example"}), wire_).error().code, "own-code");
  EXPECT_EQ(accept(b_, a_.invite({"d.example"}), wire_).error().code, "not-our-domain");
  EXPECT_EQ(accept(b_, "culvert1-abc", wire_).error().code, "bad-code");
  const auto give = [&](std::vector<Domain> partner) {
    return give_invitation(a_.store(), {a_.fingerprint(), a_.url(), a_.domains(), partner},
                           a_.now());
  };
  EXPECT_EQ(give({domain("a.example")}).error().code, "bad-invitation-domain");
  EXPECT_EQ(give({domain("co.uk")}).error().code, "bad-invitation-domain");
  EXPECT_EQ(give({}).error().code, "bad-invitation-domain");
}

TEST_F(PairingTest, ARemovedIdentityComesBackByANewCodeOnly) {
  connect(a_, b_, wire_);
  ASSERT_EQ(a_.route_state("b.example", b_), RouteState::active);
  const std::string old_code = a_.invite({"b.example"});
  a_.advance(std::chrono::seconds(1));
  a_.write([&](store::WriteTransaction& txn) {
    ASSERT_TRUE(remove_peer(txn, b_.fingerprint(), Removal::by_us, "test", a_.now()).ok());
  });
  EXPECT_EQ(a_.peer(b_)->state, PeerState::removed);
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::withdrawn);
  const Bytes before = a_.state();
  EXPECT_FALSE(a_.receive(b_.card()).ok());
  b_.advance(std::chrono::hours(25));
  a_.set_now(b_.now());
  b_.renew_card();
  EXPECT_FALSE(a_.receive(b_.card()).ok());
  EXPECT_EQ(a_.state(), before);
  EXPECT_FALSE(accept(b_, old_code, wire_).ok());
  EXPECT_EQ(a_.peer(b_)->state, PeerState::removed);

  const std::string fresh = a_.invite({"b.example"});
  ASSERT_TRUE(accept(b_, fresh, wire_).ok());
  EXPECT_EQ(a_.peer(b_)->state, PeerState::paired);
  EXPECT_EQ(outbound_of(*a_.route("b.example", b_)), Outbound::waits) << "it is proved anew";
  a_.advance(kFirstChallengeDelay);
  ASSERT_TRUE(run_proof(a_, b_, "b.example", b_).has_value());
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::active);

  a_.write([&](store::WriteTransaction& txn) {
    ASSERT_TRUE(remove_peer(txn, b_.fingerprint(), Removal::by_us, "test", a_.now()).ok());
  });
  EXPECT_FALSE(accept(b_, fresh, wire_).ok()) << "a code is spent once";
}

TEST_F(PairingTest, ARevokedIdentityNeverComesBack) {
  connect(a_, b_, wire_);
  Card card = b_.card_values();
  card.serial += 10;
  card.issued = a_.now();
  card.revoked = {b_.fingerprint()};
  ASSERT_TRUE(a_.receive(sign_card(card, b_.signer()).value()).ok());
  EXPECT_EQ(a_.peer(b_)->state, PeerState::removed);
  a_.advance(std::chrono::seconds(1));
  EXPECT_FALSE(accept(b_, a_.invite({"b.example"}), wire_).ok());
  EXPECT_EQ(a_.peer(b_)->state, PeerState::removed);
}

// It was in a queue while the administrators, who had changed their minds, paired the two again.
TEST_F(PairingTest, ALateGoodbyeDoesNotEndTheNextPairing) {
  connect(a_, b_, wire_);
  const DocumentHead head{b_.fingerprint(), a_.fingerprint(), random_document_id(), b_.now()};
  const Bytes goodbye =
      sign_document(begin_document(DocumentType::goodbye, head), b_.signer(), b_.now()).value();
  a_.advance(std::chrono::hours(2));
  b_.set_now(a_.now());
  ASSERT_TRUE(accept(b_, a_.invite({"b.example"}), wire_).ok()) << "a never heard it";
  EXPECT_EQ(a_.receive(goodbye).error().code, kRefusedStale);
  EXPECT_EQ(a_.peer(b_)->state, PeerState::paired);
}

TEST_F(PairingTest, AGoodbyeEndsThePairingUntilANewCode) {
  connect(a_, b_, wire_);
  const auto goodbye = [&] {
    const DocumentHead head{b_.fingerprint(), a_.fingerprint(), random_document_id(), b_.now()};
    return sign_document(begin_document(DocumentType::goodbye, head), b_.signer(), b_.now())
        .value();
  };
  const Bytes first = goodbye();
  const Bytes kept_back = goodbye();
  const auto heard = a_.receive(first);
  ASSERT_TRUE(heard.ok());
  EXPECT_TRUE(heard->said_goodbye);
  EXPECT_EQ(a_.peer(b_)->state, PeerState::removed);
  EXPECT_FALSE(a_.peer(b_)->goodbye_due) << "it knows already";
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::withdrawn);
  EXPECT_EQ(outbound_of(*a_.route("b.example", b_)), Outbound::waits);
  EXPECT_FALSE(a_.receive(first).ok());
  EXPECT_FALSE(a_.receive(b_.card()).ok());
  a_.advance(std::chrono::hours(1));
  b_.set_now(a_.now());
  ASSERT_TRUE(accept(b_, a_.invite({"b.example"}), wire_).ok());
  EXPECT_EQ(a_.peer(b_)->state, PeerState::paired);
  EXPECT_FALSE(a_.receive(kept_back).ok()) << "from before they paired again";
  EXPECT_EQ(a_.peer(b_)->state, PeerState::paired);
}

TEST_F(PairingTest, APeerIsNamedByDomainNodeNameOrFingerprint) {
  pair(a_, b_, wire_);
  pair(a_, c_, wire_);
  a_.read([&](const store::ReadTransaction& txn) {
    EXPECT_EQ(find_peer_by_name(txn, "c.example")->fingerprint, c_.fingerprint());
    EXPECT_EQ(find_peer_by_name(txn, "gate.b.example")->fingerprint, b_.fingerprint());
    EXPECT_EQ(find_peer_by_name(txn, b_.fingerprint().hex().substr(0, 16))->fingerprint,
              b_.fingerprint());
    EXPECT_EQ(find_peer_by_name(txn, b_.fingerprint().hex().substr(0, 15)).error().code,
              "not-found");
    EXPECT_EQ(find_peer_by_name(txn, "b.example").error().code, "ambiguous");
    EXPECT_EQ(find_peer_by_name(txn, "d.example").error().code, "not-found");
  });
}

}  // namespace
}  // namespace culvert::peering
