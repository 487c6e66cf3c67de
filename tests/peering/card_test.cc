// When a card counts: the "if and only if" of protocol.md, "Identity and card".
#include <gtest/gtest.h>

#include "crypto/cms/message.h"
#include "tests/peering/test_node.h"

namespace culvert::peering {
namespace {

class CardTest : public testing::Test {
 protected:
  CardTest() { pair(a_, b_, wire_); }

  // Signs `card` as B and gives it to A. True if it was accepted.
  bool give(const Card& card) {
    auto message = sign_card(card, b_.signer());
    EXPECT_TRUE(message.ok());
    last_ = *message;
    return a_.receive(*message).ok();
  }
  // The next card of B as it would be.
  Card next() {
    Card card = b_.card_values();
    card.serial = ++serial_;
    card.issued = a_.now();
    card.expires = a_.now() + kCardLifetime;
    return card;
  }

  TestNode a_{"gate.a.example", {"a.example"}};
  TestNode b_{"gate.b.example", {"b.example"}};
  Wire wire_;
  std::uint64_t serial_ = 10;
  Bytes last_;
};

TEST_F(CardTest, IsReadBackAsItWasSigned) {
  const Card card = b_.card_values();
  EXPECT_EQ(card.sender, b_.fingerprint());
  EXPECT_EQ(card.node, "gate.b.example");
  EXPECT_EQ(card.serial, 1u);
  EXPECT_EQ(card.issued, b_.now());
  EXPECT_EQ(card.expires, b_.now() + kCardLifetime);
  EXPECT_EQ(card.domains, std::vector<std::string>{"b.example"});
  EXPECT_EQ(card.urls, std::vector<std::string>{"https://gate.b.example:8443"});
  EXPECT_EQ(card.signing.front(), b_.signing().certificate);
  EXPECT_EQ(card.encryption.front(), b_.encryption().certificate);
  EXPECT_EQ(card.capabilities.max_message_bytes, 1'000'000u);
}

TEST_F(CardTest, SaysWhichFormsOfTunnelMailItsNodeOpens) {
  EXPECT_EQ(b_.card_values().capabilities.tunnel, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(b_.card_values().capabilities.documents, std::vector<std::string>{"routes"});
  EXPECT_EQ(a_.peer(b_)->tunnel_forms, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_TRUE(a_.peer(b_)->ever_listed_form_2);
  Card card = next();
  card.capabilities.tunnel = {3, 18446744073709551615U};
  ASSERT_TRUE(give(card));
  EXPECT_EQ(a_.peer(b_)->tunnel_forms, card.capabilities.tunnel);
  EXPECT_TRUE(a_.peer(b_)->ever_listed_form_2) << "what it once could it cannot forget";
  card = next();
  card.capabilities.tunnel.assign(kMaxCapabilities + 1, 2);
  EXPECT_FALSE(give(card));
}

// A program that did not look for all capabilities stored this card; the same card comes no second
// time.
TEST_F(CardTest, CapabilitiesAreFoundOnACardThatAnOlderProgramStored) {
  const auto before = a_.peer(b_);
  a_.write([&](store::WriteTransaction& txn) {
    auto stored = *before;
    stored.tunnel_forms.clear();
    stored.ever_listed_form_2 = false;
    stored.tells_acceptance = false;
    stored.capabilities_read = 0;
    store::put_peer(txn, stored);
    read_capabilities_of_cards(txn, a_.now());
  });
  EXPECT_EQ(a_.peer(b_), before);
}

TEST_F(CardTest, ANewerSerialReplacesTheCard) {
  Card card = next();
  card.domains.push_back("b2.example");
  EXPECT_TRUE(give(card));
  EXPECT_EQ(a_.peer(b_)->serial, card.serial);
  EXPECT_EQ(a_.route_state("b2.example", b_), store::RouteState::claimed);
  EXPECT_FALSE(a_.route("b2.example", b_)->named);
}

TEST_F(CardTest, WhatIsNotAcceptedIsCountedForItsSender) {
  const Card older = next();
  ASSERT_TRUE(give(next()));
  EXPECT_FALSE(give(older));
  Card twin = next();
  twin.serial = --serial_;
  twin.node = "other.b.example";
  EXPECT_FALSE(give(twin));
  EXPECT_FALSE(a_.receive(to_bytes("garbage")).ok());
  TestNode stranger("gate.c.example", {"c.example"});
  EXPECT_FALSE(a_.receive(stranger.card()).ok());
  EXPECT_TRUE(a_.receive(a_.peer(b_)->card).ok());
  const RefusalCounts counts = a_.refusals().take();
  EXPECT_EQ(counts, (RefusalCounts{{b_.fingerprint(), 2}}));
  a_.write([&](store::WriteTransaction& txn) { add_refusals(txn, counts); });
  a_.write([&](store::WriteTransaction& txn) { add_refusals(txn, counts); });
  EXPECT_EQ(a_.peer(b_)->refused, 4u);
  EXPECT_TRUE(a_.refusals().take().empty());
}

TEST_F(CardTest, AnOlderSerialChangesNothing) {
  const Card older = next();
  const Bytes old_message = sign_card(older, b_.signer()).value();
  ASSERT_TRUE(give(next()));
  const Bytes before = a_.state();
  EXPECT_FALSE(a_.receive(old_message).ok());
  EXPECT_EQ(a_.state(), before);
}

TEST_F(CardTest, TheSameCardAgainChangesNothingAndIsNoError) {
  ASSERT_TRUE(give(next()));
  const Bytes before = a_.state();
  EXPECT_TRUE(a_.receive(last_).ok());
  EXPECT_EQ(a_.state(), before);
}

TEST_F(CardTest, TheSameSerialWithOtherContentHoldsOutboundMail) {
  ASSERT_TRUE(give(next()));
  Card twin = next();
  twin.serial = --serial_;
  twin.node = "other.b.example";
  EXPECT_FALSE(give(twin));
  EXPECT_NE(a_.peer(b_)->outbound_held, "");
  EXPECT_NE(a_.peer(b_)->name, "other.b.example");
}

TEST_F(CardTest, ANewIncarnationMustBeIssuedLater) {
  Card reborn = next();
  reborn.incarnation = new_incarnation();
  reborn.serial = 1;
  reborn.issued = a_.peer(b_)->card_issued;
  reborn.expires = reborn.issued + kCardLifetime;
  EXPECT_FALSE(give(reborn));
  a_.advance(std::chrono::minutes(1));
  reborn.issued = a_.now();
  reborn.expires = reborn.issued + kCardLifetime;
  EXPECT_TRUE(give(reborn));
  EXPECT_EQ(a_.peer(b_)->serial, 1u);
}

TEST_F(CardTest, APastIncarnationNeverReturns) {
  const Card first = next();
  a_.advance(std::chrono::minutes(1));
  Card reborn = next();
  reborn.incarnation = new_incarnation();
  ASSERT_TRUE(give(reborn));
  // From before: only old.
  EXPECT_FALSE(give(first));
  EXPECT_EQ(a_.peer(b_)->outbound_held, "");
  // Issued after the newer one appeared: a copy of the key is in use.
  a_.advance(std::chrono::minutes(1));
  EXPECT_FALSE(give(next()));
  EXPECT_NE(a_.peer(b_)->outbound_held, "");
  EXPECT_EQ(a_.peer(b_)->serial, reborn.serial);
}

TEST_F(CardTest, CountsFromIssueToExpiryWithFiveMinutesOfGrace) {
  Card early = next();
  early.issued = a_.now() + std::chrono::minutes(6);
  early.expires = early.issued + kCardLifetime;
  EXPECT_FALSE(give(early));
  Card near = next();
  near.issued = a_.now() + std::chrono::minutes(5);
  near.expires = near.issued + kCardLifetime;
  EXPECT_TRUE(give(near));
  Card late = next();
  late.issued = a_.now() - std::chrono::hours(1);
  late.expires = a_.now() - std::chrono::minutes(6);
  EXPECT_FALSE(give(late));
  late.serial = ++serial_;
  late.expires = a_.now() - std::chrono::minutes(5);
  EXPECT_TRUE(give(late));
}

TEST_F(CardTest, WithALongerLifeThanFourteenDaysIsNoCard) {
  Card card = next();
  card.expires = card.issued + kCardLifetime + std::chrono::seconds(1);
  EXPECT_FALSE(give(card));
  card.expires = card.issued;
  EXPECT_FALSE(give(card));
}

TEST_F(CardTest, DomainsThatNobodyCanOwnAreIgnoredAndReported) {
  Card card = next();
  card.domains = {"b.example", "co.uk",      "com",         "*.b.example",
                  "a.example", "B2.example", "x_y.example", "b3.example."};
  ASSERT_TRUE(give(card));
  a_.read([&](const store::ReadTransaction& txn) {
    const auto routes = store::routes_of_peer(txn, b_.fingerprint());
    ASSERT_EQ(routes.size(), 1u);
    EXPECT_EQ(routes.front().domain.text(), "b.example");
  });
  EXPECT_EQ(a_.peer(b_)->ignored_domains.size(), 7u);
}

TEST_F(CardTest, WithMoreThanAThousandDomainsIsNoCard) {
  Card card = next();
  card.domains.clear();
  for (std::size_t i = 0; i < kMaxCardDomains; ++i)
    card.domains.push_back("d" + std::to_string(i) + ".example");
  EXPECT_TRUE(give(card));
  card.domains.push_back("one-more.example");
  EXPECT_FALSE(sign_card(card, b_.signer()).ok());
}

TEST_F(CardTest, TunnelCertificatesOfOtherIssuersDoNotCount) {
  TestNode stranger("gate.c.example", {"c.example"});
  Card card = next();
  card.signing = {stranger.signing().certificate, b_.encryption().certificate,
                  b_.signing().certificate, b_.identity().certificate};
  ASSERT_TRUE(give(card));
  const auto peer = a_.peer(b_);
  ASSERT_EQ(peer->signing_certificates.size(), 1u);
  EXPECT_EQ(peer->signing_certificates.front(), b_.signing().certificate.der());
  EXPECT_EQ(peer->ignored_domains.size(), 3u);
}

TEST_F(CardTest, WhatWasRevokedNeverReturns) {
  Card card = next();
  card.revoked = {b_.signing().certificate.key_id()};
  ASSERT_TRUE(give(card));
  EXPECT_TRUE(a_.peer(b_)->signing_certificates.empty());
  // A later card that does not say it any more.
  ASSERT_TRUE(give(next()));
  EXPECT_TRUE(a_.peer(b_)->signing_certificates.empty());
}

TEST_F(CardTest, RevokesOnlyTheSendersOwn) {
  TestNode c("gate.c.example", {"c.example"});
  pair(a_, c, wire_);
  Card card = next();
  card.revoked = {c.signing().certificate.key_id(), c.fingerprint(), a_.fingerprint()};
  ASSERT_TRUE(give(card));
  EXPECT_EQ(a_.peer(c)->state, store::PeerState::paired);
  // C's next card keeps its certificates.
  c.advance(std::chrono::hours(25));
  a_.set_now(c.now());
  c.renew_card();
  ASSERT_TRUE(a_.receive(c.card()).ok());
  EXPECT_EQ(a_.peer(c)->signing_certificates.size(), 1u);
}

TEST_F(CardTest, AnIdentityThatRevokesItselfIsRemoved) {
  Card card = next();
  card.revoked = {b_.fingerprint()};
  ASSERT_TRUE(give(card));
  EXPECT_EQ(a_.peer(b_)->state, store::PeerState::removed);
  EXPECT_FALSE(give(next()));
}

TEST_F(CardTest, OfAStrangerIsRefused) {
  TestNode c("gate.c.example", {"c.example"});
  const Bytes before = a_.state();
  EXPECT_FALSE(a_.receive(c.card()).ok());
  EXPECT_EQ(a_.state(), before);
}

TEST_F(CardTest, SignedByAnotherIsRefused) {
  TestNode c("gate.c.example", {"c.example"});
  // B's card, signed by C.
  EXPECT_FALSE(a_.receive(sign_card(next(), c.signer()).value()).ok());
  // B's name, C's identity certificate.
  Card card = next();
  card.identity = c.identity().certificate;
  EXPECT_FALSE(give(card));
  // Signed by B's tunnel key instead of its identity.
  EXPECT_FALSE(a_.receive(sign_card(next(), {b_.ring(), b_.signing().certificate}).value()).ok());
}

TEST_F(CardTest, AnUnknownMemberIsIgnoredAndAnUnknownVersionIsRefused) {
  const std::string text = to_text(open_card(b_.card())->document.content());
  const auto signed_as = [&](std::string_view what, std::string_view with) {
    std::string changed = text;
    const std::size_t at = changed.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    changed.replace(at, what.size(), with);
    return crypto::sign_message(b_.ring(), b_.identity().certificate, as_bytes(changed), b_.now())
        .value();
  };
  EXPECT_TRUE(open_card(signed_as("{\"version\":1,", "{\"version\":1,\"new\":{\"x\":[1]},")).ok());
  EXPECT_FALSE(open_card(signed_as("\"version\":1,", "\"version\":2,")).ok());
  EXPECT_FALSE(open_card(signed_as("\"version\":1,", "")).ok());
  EXPECT_FALSE(open_card(signed_as("\"serial\":1,", "\"serial\":1,\"serial\":2,")).ok());
  EXPECT_FALSE(open_card(signed_as("\"serial\":1,", "\"serial\":-1,")).ok());
  EXPECT_FALSE(open_card(signed_as("\"serial\":1,", "\"serial\":0,")).ok());
  EXPECT_FALSE(open_card(signed_as("\"serial\":1,", "\"serial\":1e3,")).ok());
  EXPECT_FALSE(open_card(signed_as("\"type\":\"card\"", "\"type\":\"accept\"")).ok());
}

TEST(OwnCard, ItsSerialGrowsWithEveryChangeAndIsKept) {
  TestNode node("gate.a.example", {"a.example"});
  const Bytes first = node.card();
  node.renew_card();
  EXPECT_EQ(node.card(), first);
  node.set_domains({domain("a.example"), domain("a2.example")});
  EXPECT_EQ(node.card_values().serial, 2u);
  node.advance(kCardRenewal);
  node.renew_card();
  EXPECT_EQ(node.card_values().serial, 3u);
  // A clock that was set back does not stop renewal, nor the serial.
  node.advance(-std::chrono::hours(1000));
  node.renew_card();
  EXPECT_EQ(node.card_values().serial, 4u);
  EXPECT_EQ(node.card_values().incarnation, open_card(first)->card.incarnation);
}

}  // namespace
}  // namespace culvert::peering
