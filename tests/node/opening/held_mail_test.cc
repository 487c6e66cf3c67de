// What is held is held once: a captured mail sent again and again (reliability.md, "Attacks with a
// name" and Replay).
#include "node/opening/held_mail.h"

#include <gtest/gtest.h>

#include "store/seen.h"
#include "store/trace.h"
#include "tests/node/flow/quarantine_fixture.h"

namespace culvert::node {
namespace {

class HeldOnce : public QuarantineFlowTest {
 protected:
  void SetUp() override {
    QuarantineFlowTest::SetUp();
    limits = quarantine_limits(1'000'000);
  }
  // The peer's route, and nobody's before.
  void give_route(std::string_view domain) {
    own.write([&](store::WriteTransaction& txn) {
      auto route = store::find_route(txn, peering::domain("a.example"), peer.fingerprint());
      ASSERT_TRUE(route);
      route->domain = peering::domain(domain);
      store::put_route(txn, *route);
    });
    ASSERT_TRUE(routing.refresh().ok());
  }
  void drop_all() {
    own.write([&](store::WriteTransaction& txn) {
      for (const auto& item : store::list_quarantine(txn, std::nullopt, 100).items)
        store::drop_quarantine(txn, item.message.id);
    });
  }
  std::string with_field(const std::string& sealed) { return "X-Other: y\r\n" + sealed; }
};

TEST_F(HeldOnce, ACapturedMailOfAPeerIsOneItemHoweverOftenItComes) {
  const std::string captured = misdirected_mail();
  for (const std::string& from : {kPeersHost, kPeersHost, kStrangersHost, std::string("::1")})
    ASSERT_EQ(deliver(captured, from), 250);
  ASSERT_EQ(deliver(with_field(captured), kStrangersHost, ""), 250);
  EXPECT_EQ(quarantine().size(), 1U);
  EXPECT_TRUE(queue().empty());
}

TEST_F(HeldOnce, ItIsNotStoredAgainAfterItsItemWentAway) {
  const std::string captured = misdirected_mail();
  ASSERT_EQ(deliver(captured, kPeersHost), 250);
  drop_all();
  ASSERT_EQ(deliver(captured, kStrangersHost), 250);
  EXPECT_TRUE(quarantine().empty());
}

TEST_F(HeldOnce, AfterFourteenDaysItFillsTheShareOfWhoSendsIt) {
  make_known(kPeersHost);
  const std::string captured = good_mail();
  ASSERT_EQ(deliver(captured, kPeersHost), 250);
  clock.advance(std::chrono::hours(15 * 24));
  for (int i = 0; i < 5; ++i)
    ASSERT_EQ(deliver(captured, kStrangersHost), 250);
  ASSERT_EQ(quarantine().size(), 1U);
  EXPECT_EQ(quarantine()[0].reason_code, "stale");
  EXPECT_EQ(stored(store::ShareKind::peer), 0U);
  EXPECT_GT(stored(store::ShareKind::stranger), 0U);
  for (const store::QueueEntry& entry : queue())
    EXPECT_NE(entry.path, store::DeliveryPath::tunnel) << "nobody is told of a replay";
}

TEST_F(HeldOnce, StaleMailNeverMakesAPeersShareFullNorAReport) {
  limits.peer_bytes = 10'000;
  make_known(kPeersHost);
  std::vector<std::string> captured;
  for (int i = 0; i < 6; ++i)
    captured.push_back(good_mail());
  clock.advance(std::chrono::hours(20 * 24));
  for (const std::string& mail : captured)
    ASSERT_EQ(deliver(mail, kStrangersHost), 250);
  EXPECT_EQ(quarantine().size(), 6U);
  EXPECT_EQ(stored(store::ShareKind::peer), 0U);
  EXPECT_EQ(entries_on(store::DeliveryPath::tunnel), 0U);
}

TEST_F(HeldOnce, WhatNobodyVouchesForIsOneItemForEachSource) {
  const std::string captured = junk();
  for (int i = 0; i < 3; ++i)
    ASSERT_EQ(deliver(captured, kStrangersHost), 250);
  ASSERT_EQ(deliver(with_field(captured), kStrangersHost), 250);
  EXPECT_EQ(quarantine().size(), 1U);
  ASSERT_EQ(deliver(altered(captured), kStrangersHost), 250);
  EXPECT_EQ(quarantine().size(), 2U);
  // Elsewhere: a stranger cannot have a peer's altered mail taken for his own.
  ASSERT_EQ(deliver(captured, "192.0.2.1"), 250);
  EXPECT_EQ(quarantine().size(), 3U);
  drop_all();
  ASSERT_EQ(deliver(captured, kStrangersHost), 250);
  EXPECT_EQ(quarantine().size(), 1U);
}

TEST_F(HeldOnce, CopiesOfOneMailForOtherRecipientsAreOtherMails) {
  peering::SealedEnvelope one = new_envelope();
  one.to = peering::domain("c.example");
  one.recipients = {{peering::mailbox("carol@c.example"), {}, {}}};
  peering::SealedEnvelope other = one;
  other.recipients = {{peering::mailbox("dave@c.example"), {}, {}}};
  ASSERT_EQ(deliver(seal_as(one, own.encryption().certificate), kPeersHost), 250);
  ASSERT_EQ(deliver(seal_as(other, own.encryption().certificate), kPeersHost), 250);
  EXPECT_EQ(quarantine().size(), 2U) << "a Bcc copy has the same id";
}

TEST_F(HeldOnce, AReturnedMailIsReturnedOnce) {
  limits.peer_bytes = unit * 3 / 2;
  make_known(kPeersHost);
  const std::string kept = misdirected_mail();
  const std::string excess = misdirected_mail();
  ASSERT_EQ(deliver(kept, kPeersHost), 250);
  for (int i = 0; i < 3; ++i)
    ASSERT_EQ(deliver(excess, i == 0 ? kPeersHost : kStrangersHost), 250);
  EXPECT_EQ(entries_on(store::DeliveryPath::tunnel), 1U);
  EXPECT_EQ(quarantine().size(), 1U);
}

TEST_F(HeldOnce, TheReportOfAnExcessHasNothingOfTheOuterHeader) {
  limits.peer_bytes = unit / 2;
  make_known(kPeersHost);
  ASSERT_EQ(deliver("Comments: words-of-a-stranger\r\n" + misdirected_mail(), kPeersHost), 250);
  ASSERT_EQ(entries_on(store::DeliveryPath::tunnel), 1U);
  store::MessageId report;
  for (const store::QueueEntry& entry : queue()) {
    if (entry.path == store::DeliveryPath::tunnel) report = entry.id.message;
  }
  std::string text;
  own.read([&](const store::ReadTransaction& txn) {
    const auto body = store::open_body(own.store(), store::find_message(txn, report)->body);
    text = culvert::to_text(*read_all(**body, 1 << 20));
  });
  EXPECT_NE(text.find("Status: 5.2.2"), std::string::npos) << text;
  EXPECT_NE(text.find("quota"), std::string::npos);
  EXPECT_NE(text.find("carol@c.example"), std::string::npos);
  EXPECT_EQ(text.find("words-of-a-stranger"), std::string::npos);
}

TEST_F(HeldOnce, MailThatWaitsForItsRouteIsStillDeliveredAfterAReplay) {
  peer.set_domains({peering::domain("a2.example")});
  take_card_of_peer();
  clock.advance(std::chrono::hours(8 * 24));
  const std::string mail = good_mail();
  ASSERT_EQ(deliver(mail, kPeersHost), 250);
  ASSERT_EQ(deliver(mail, kStrangersHost), 250);
  ASSERT_EQ(quarantine().size(), 1U);
  own.write([&](store::WriteTransaction& txn) {
    auto route = store::find_route(txn, peering::domain("a.example"), peer.fingerprint());
    ASSERT_TRUE(route);
    route->state = store::RouteState::active;
    store::put_route(txn, *route);
  });
  ASSERT_TRUE(routing.refresh().ok());
  ASSERT_TRUE(requeue_waiting_mail(context).ok());
  open_all();
  EXPECT_TRUE(quarantine().empty());
  EXPECT_EQ(entries_on(store::DeliveryPath::inside), 1U);
}

// It was signed by the peer, but for a domain of which nothing was known.
TEST_F(HeldOnce, MailThatCameBeforeAnyRouteOfItsDomainIsDeliveredWhenThatComes) {
  change = [](peering::SealedEnvelope& sealed) { sealed.from = peering::domain("a3.example"); };
  ASSERT_EQ(deliver(good_mail(), kPeersHost), 250);
  change = nullptr;
  ASSERT_EQ(quarantine().size(), 1U);
  EXPECT_EQ(quarantine()[0].reason_code, "no-route");
  EXPECT_FALSE(quarantine()[0].peer);
  ASSERT_TRUE(requeue_waiting_mail(context).ok());
  EXPECT_EQ(quarantine().size(), 1U) << "nobody has one yet";
  give_route("a3.example");
  ASSERT_TRUE(requeue_waiting_mail(context).ok());
  open_all();
  EXPECT_TRUE(quarantine().empty());
  EXPECT_EQ(entries_on(store::DeliveryPath::inside), 1U);
}

// A stranger's, which only says that it is from there: it is looked at once more, and stays.
TEST_F(HeldOnce, AStrangersMailOfADomainThatGetsARouteStays) {
  peering::TestNode stranger{"gate.evil.example", {"a3.example"}};
  peering::SealedEnvelope sealed = new_envelope();
  sealed.from = peering::domain("a3.example");
  ViewSource source(as_bytes(kText));
  auto sealer = peering::TunnelSealer::start(
      {source, sealed, stranger.domains(), "<x@gate>", std::string(32, '0'), stranger.ring(),
       stranger.signing().certificate, own.encryption().certificate});
  ASSERT_TRUE(sealer.ok());
  std::string mail;
  for (auto piece = (*sealer)->next(); piece && !piece->empty(); piece = (*sealer)->next())
    mail += as_text(*piece);
  ASSERT_EQ(deliver(mail, kStrangersHost), 250);
  ASSERT_EQ(quarantine().size(), 1U);
  give_route("a3.example");
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(requeue_waiting_mail(context).ok());
    open_all();
    ASSERT_EQ(quarantine().size(), 1U);
    EXPECT_EQ(quarantine()[0].reason_code, "wrong-signer");
    EXPECT_EQ(entries_on(store::DeliveryPath::inside), 0U);
  }
}

}  // namespace
}  // namespace culvert::node
