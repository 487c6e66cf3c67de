// What a node tells a peer of its mail, and what the peer makes of it.
#include "peering/trouble.h"

#include <gtest/gtest.h>

#include "store/sealed_mail.h"
#include "tests/peering/test_node.h"

namespace culvert::peering {
namespace {

using store::TroubleState;

class TroubleTest : public testing::Test {
 protected:
  void SetUp() override {
    connect(a_, b_, wire_);
    name_.assign(store::kSealedNameBytes, 7);
    mail_.peer = b_.fingerprint();
    mail_.message = store::MessageId::make(a_.now());
    mail_.certificates = {"0a1b"};
    mail_.sender = mailbox("alice@a.example");
    mail_.received = a_.now();
    mail_.recipients = {{mailbox("bob@b.example"), {}, {}}};
    a_.write([&](store::WriteTransaction& txn) { store::note_sealed_mail(txn, name_, 0, mail_); });
  }

  store::TroubleToTell trouble(TroubleReason reason,
                               TroubleState state = TroubleState::held) const {
    store::TroubleToTell out;
    out.note.peer = a_.fingerprint();
    out.note.message_id = outer_message_id(name_, domain("a.example"));
    out.note.reason = std::string(word_of(reason));
    out.note.culvert_id.assign(mail_.message.view().begin(), mail_.message.view().end());
    out.state = state;
    out.since = b_.now();
    return out;
  }
  Bytes document(const std::vector<store::TroubleToTell>& items, TestNode& from) {
    const DocumentHead head{from.fingerprint(), a_.fingerprint(), random_document_id(), from.now()};
    return sign_trouble(head, items, from.signer()).value();
  }
  std::vector<store::HeardTrouble> heard() {
    std::vector<store::HeardTrouble> out;
    a_.read([&](const store::ReadTransaction& txn) { out = store::troubles_heard(txn, 100); });
    return out;
  }
  // How many a has heard of after b, or another, said that.
  std::size_t after(const std::vector<store::TroubleToTell>& items, TestNode& from) {
    EXPECT_TRUE(a_.receive(document(items, from)).ok());
    return heard().size();
  }
  std::size_t after(const store::TroubleToTell& item) { return after(std::vector{item}, b_); }

  TestNode a_{"gate.a.example", {"a.example"}};
  TestNode b_{"gate.b.example", {"b.example"}};
  TestNode c_{"gate.c.example", {"c.example"}};
  Wire wire_;
  Bytes name_;
  store::SealedMail mail_;
};

TEST_F(TroubleTest, IsHeardOfMailThatWasSealedForThatPeer) {
  EXPECT_EQ(after(trouble(TroubleReason::future)), 1u);
  const store::HeardTrouble first = heard().front();
  EXPECT_EQ(first.peer, b_.fingerprint());
  EXPECT_EQ(first.name, name_);
  EXPECT_EQ(first.reason, "future");
}

TEST_F(TroubleTest, IsHeardOnceForEachState) {
  EXPECT_EQ(after(trouble(TroubleReason::no_route)), 1u);
  EXPECT_EQ(after(trouble(TroubleReason::size)), 1u);
  EXPECT_EQ(after(trouble(TroubleReason::no_route, TroubleState::dropped)), 2u);
  a_.write([&](store::WriteTransaction& txn) {
    for (const auto& each : store::troubles_heard(txn, 100))
      EXPECT_TRUE(store::end_heard_trouble(txn, each));
  });
  EXPECT_EQ(after(trouble(TroubleReason::no_route)), 0u) << "acted on already";
  EXPECT_EQ(after(trouble(TroubleReason::no_route, TroubleState::expired)), 0u)
      << "it is gone already";
}

TEST_F(TroubleTest, OfAnotherPeersMailSaysNothing) {
  connect(a_, c_, wire_);
  EXPECT_EQ(after({trouble(TroubleReason::future)}, c_), 0u);
}

TEST_F(TroubleTest, OfAStrangerIsRefused) {
  EXPECT_FALSE(a_.receive(document({trouble(TroubleReason::future)}, c_)).ok());
  EXPECT_TRUE(heard().empty());
}

TEST_F(TroubleTest, OfUnknownOrForgottenMailSaysNothing) {
  store::TroubleToTell other = trouble(TroubleReason::future);
  other.note.message_id = outer_message_id(Bytes(store::kSealedNameBytes, 8), domain("a.example"));
  EXPECT_EQ(after(other), 0u);
  for (const char* odd : {"<1.plain@client.test>", "", "<07@a.example>"}) {
    other.note.message_id = odd;
    EXPECT_EQ(after(other), 0u) << odd;
  }
  a_.advance(kTroubleAge + std::chrono::hours(1));
  b_.advance(kTroubleAge + std::chrono::hours(1));
  EXPECT_EQ(after(trouble(TroubleReason::future)), 0u);
}

// Named attack: Another's Message-ID, around the seal of a mail that is held.
TEST_F(TroubleTest, AnothersMessageIdIsSeenByTheIdInsideTheSeal) {
  store::TroubleToTell crossed = trouble(TroubleReason::no_route);
  crossed.note.culvert_id.assign(16, 9);
  EXPECT_EQ(after(crossed), 0u);
}

TEST_F(TroubleTest, AnUnknownKeyCountsOnlyForTheCertificateThatItWasSealedTo) {
  store::TroubleToTell unknown = trouble(TroubleReason::unknown_key);
  unknown.note.culvert_id.clear();
  EXPECT_EQ(after(unknown), 0u);
  unknown.note.identifiers = {"ff"};
  EXPECT_EQ(after(unknown), 0u);
  unknown.note.identifiers = {"ff", mail_.certificates.front()};
  EXPECT_EQ(after(unknown), 1u);
}

TEST_F(TroubleTest, WordsToComeAreLeftOutAndTheOthersCount) {
  store::TroubleToTell later = trouble(TroubleReason::future);
  later.note.reason = "a-word-to-come";
  EXPECT_EQ(after({later, trouble(TroubleReason::loop)}, b_), 1u);
  EXPECT_EQ(heard().front().reason, "loop");
}

TEST_F(TroubleTest, IsBounded) {
  const std::vector<store::TroubleToTell> full(kMaxTroubleItems, trouble(TroubleReason::future));
  EXPECT_EQ(after(full, b_), 1u);
  const std::vector<store::TroubleToTell> too_many(kMaxTroubleItems + 1,
                                                   trouble(TroubleReason::size));
  EXPECT_FALSE(a_.receive(document(too_many, b_)).ok());
}

TEST_F(TroubleTest, EveryReasonHasAWordAndASentence) {
  for (int i = 0; i <= static_cast<int>(TroubleReason::form); ++i) {
    const auto reason = static_cast<TroubleReason>(i);
    EXPECT_EQ(reason_named(word_of(reason)), reason);
    EXPECT_NE(text_of(reason, "b.example").find("b.example "), std::string::npos);
  }
  EXPECT_FALSE(reason_named(""));
}

// Named attack: Decryption oracle.
TEST_F(TroubleTest, BeforeASignatureWasVerifiedItSaysOnlyWhatEverybodySees) {
  for (const char* code : {"bad-envelope", "not-tunnel", "wrong-signer", "bad-line-end", "stale",
                           "not-for-us", "decryption-failed", "bad-signature"}) {
    EXPECT_FALSE(reason_of(code, Verified::no)) << code;
  }
  EXPECT_EQ(reason_of("altered", Verified::no), TroubleReason::altered);
  EXPECT_EQ(reason_of("no-key", Verified::no), TroubleReason::unknown_key);
  EXPECT_FALSE(reason_of("wrong-signer", Verified::yes));
}

TEST_F(TroubleTest, WhatIsToBeToldIsKeptOnceUntilItIs) {
  b_.write([&](store::WriteTransaction& txn) {
    const store::TroubleNote note = trouble(TroubleReason::no_route).note;
    store::note_trouble(txn, note, TroubleState::held, b_.now());
    store::note_trouble(txn, note, TroubleState::held, b_.now());
    store::note_trouble(txn, note, TroubleState::expired, b_.now());
    // What is gone is not held: one of the two is told.
    EXPECT_EQ(store::troubles_to_tell(txn, a_.fingerprint(), 10, b_.now()).size(), 1u);
    store::TroubleNote other = note;
    other.message_id = outer_message_id(Bytes(store::kSealedNameBytes, 9), domain("a.example"));
    other.patience = std::chrono::hours(3);
    store::note_trouble(txn, other, TroubleState::held, b_.now());
    EXPECT_EQ(store::troubles_to_tell(txn, a_.fingerprint(), 10, b_.now()).size(), 1u);
    EXPECT_EQ(store::troubles_to_tell(txn, a_.fingerprint(), 10, b_.now() + other.patience).size(),
              2u);
    store::unnote_held(txn, other);
  });
  b_.write([&](store::WriteTransaction& txn) {
    EXPECT_EQ(store::peers_to_tell(txn), std::vector{a_.fingerprint()});
    const auto items = store::troubles_to_tell(txn, a_.fingerprint(), 10, b_.now());
    ASSERT_EQ(items.size(), 1u);
    EXPECT_TRUE(store::troubles_to_tell(txn, c_.fingerprint(), 10, b_.now()).empty());
    for (const auto& item : items)
      store::forget_trouble(txn, item.key);
    EXPECT_TRUE(store::peers_to_tell(txn).empty());
  });
}

// Named attack: Filling.
TEST_F(TroubleTest, APeerFillsItsOwnRoomOnly) {
  const auto note_one = [&](store::WriteTransaction& txn, TestNode& peer, std::uint64_t number) {
    store::TroubleNote note = trouble(TroubleReason::altered).note;
    note.peer = peer.fingerprint();
    note.message_id = std::to_string(number);
    store::note_trouble(txn, note, TroubleState::held, b_.now());
  };
  b_.write([&](store::WriteTransaction& txn) {
    for (std::uint64_t i = 0; i < store::kMaxTroublesOfPeer + 10; ++i)
      note_one(txn, a_, i);
    for (std::uint64_t i = 0; i < 10; ++i)
      note_one(txn, c_, i);
  });
  b_.read([&](const store::ReadTransaction& txn) {
    constexpr std::size_t kMany = 2 * store::kMaxTroublesOfPeer;
    const auto of_a = store::troubles_to_tell(txn, a_.fingerprint(), kMany, b_.now());
    EXPECT_EQ(of_a.size(), store::kMaxTroublesOfPeer);
    EXPECT_EQ(store::troubles_to_tell(txn, c_.fingerprint(), kMany, b_.now()).size(), 10u);
  });
  a_.write([&](store::WriteTransaction& txn) {
    const auto hear = [&](TestNode& peer, std::uint64_t number) {
      Bytes name(store::kSealedNameBytes, 0);
      for (std::size_t i = 0; i < 4; ++i)
        name[i] = static_cast<std::uint8_t>(number >> (8 * i));
      return store::hear_trouble(
          txn, {peer.fingerprint(), name, TroubleState::held, "altered", a_.now()});
    };
    for (std::uint64_t i = 0; i < store::kMaxTroublesOfPeer; ++i)
      ASSERT_TRUE(hear(b_, i));
    EXPECT_FALSE(hear(b_, store::kMaxTroublesOfPeer));
    EXPECT_TRUE(hear(c_, 0));
  });
}

TEST_F(TroubleTest, MailIsFoundWithTheRecipientsOfAllAttemptsUntilItIsForgotten) {
  store::SealedMail second = mail_;
  second.certificates = {"0c"};
  second.recipients = {{mailbox("carol@b.example"), Notify{.delay = true}, "rfc822;carol"},
                       mail_.recipients.front()};
  a_.write([&](store::WriteTransaction& txn) { store::note_sealed_mail(txn, name_, 1, second); });
  a_.write([&](store::WriteTransaction& txn) {
    const auto found = store::find_sealed_mail(txn, name_);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->recipients.size(), 2u);
    EXPECT_EQ(found->certificates, (std::vector<std::string>{"0a1b", "0c"}));
    EXPECT_EQ(found->sender, mail_.sender);
    const Time made = from_unix(0x0707070707);
    EXPECT_EQ(store::purge_sealed_mails(txn, made, 10), 0u);
    EXPECT_EQ(store::purge_sealed_mails(txn, made + std::chrono::seconds(1), 10), 2u);
    EXPECT_FALSE(store::find_sealed_mail(txn, name_));
  });
}

}  // namespace
}  // namespace culvert::peering
