// Sealed mail from its arrival to the queue for inside or to quarantine, over a real store.
#include "node/opening/opener.h"

#include <gtest/gtest.h>

#include "store/seen.h"
#include "store/trace.h"
#include "tests/node/flow/peer_fixture.h"

namespace culvert::node {
namespace {

class OpenerTest : public PeerFlowTest {
 protected:
  void withdraw_route() {
    peer.set_domains({peering::domain("a2.example")});
    take_card_of_peer();
    ASSERT_EQ(own.route_state("a.example", peer), store::RouteState::withdrawn);
  }
};

const std::string kOriginal = "From: alice@a.example\r\n\r\nhello\r\n";

TEST_F(OpenerTest, QueuesWhatItOpensForInside) {
  ASSERT_EQ(arrive(seal(kOriginal)).code, 250);
  open_it();
  const auto entries = queue();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].path, store::DeliveryPath::inside);
  EXPECT_TRUE(quarantine().empty());
}

// Promise 2, Once, for each recipient: what one of two had is handed to the other alone.
TEST_F(OpenerTest, HandsMailToThoseWhoDidNotHaveIt) {
  change = [](peering::SealedEnvelope& sealed) {
    sealed.recipients.push_back({peering::mailbox("carol@b.example"), {}, {}});
  };
  const peering::SealedEnvelope sealed = envelope();
  own.write([&](store::WriteTransaction& txn) {
    EXPECT_TRUE(store::note_seen(txn, peer.fingerprint(), *store::MessageId::from_bytes(sealed.id),
                                 peering::mailbox("bob@b.example"), sealed.sealed));
  });
  ASSERT_EQ(arrive(seal(kOriginal)).code, 250);
  open_it();
  const auto entries = queue();
  ASSERT_EQ(entries.size(), 1U);
  ASSERT_EQ(entries[0].recipients.size(), 1U);
  EXPECT_EQ(entries[0].recipients[0].mailbox.text(), "carol@b.example");
  store::TracedPage of_carol, of_bob;
  own.read([&](const store::ReadTransaction& txn) {
    of_carol = store::find_traced(txn, peering::mailbox("carol@b.example"), std::nullopt, 10);
    of_bob = store::find_traced(txn, peering::mailbox("bob@b.example"), std::nullopt, 10);
  });
  EXPECT_EQ(of_carol.ids, std::vector<store::MessageId>{entries[0].id.message});
  EXPECT_EQ(of_bob.ids.size(), 1U) << "the carrier alone, whose outer recipient he is";
}

TEST_F(OpenerTest, HandsNobodyWhatAllHad) {
  ASSERT_EQ(arrive(seal(kOriginal)).code, 250);
  open_it();
  const auto first = queue();
  ASSERT_EQ(first.size(), 1U);
  own.write([&](store::WriteTransaction& txn) { EXPECT_TRUE(store::finish(txn, first[0].id)); });
  ASSERT_EQ(arrive(seal(kOriginal)).code, 250);
  open_it();
  EXPECT_TRUE(queue().empty());
  EXPECT_TRUE(quarantine().empty());
}

// Named attack: Two readers. A peer's user may not show our readers other fields than we see.
TEST_F(OpenerTest, TwoReadersOfWhatWasSealedWaitInQuarantine) {
  const std::string_view headers[] = {
      std::string_view("From: alice@a.example\r\nFro\0m: ceo@b.example\r\n", 45),
      std::string_view("From: alice@a.example\r\nCulvert-Result\r\n : tunnel\r\n"),
      std::string_view("From: alice@a.example\r\n\x0b"
                       "From: ceo@b.example\r\n"),
      std::string_view(" From: alice@a.example\r\n"),
      std::string_view("Subject: x\x1d"
                       "From: ceo@b.example\r\nFrom: alice@a.example\r\n"),
  };
  for (const std::string_view& header : headers) {
    // Each a mail of its own: of one id only one is kept.
    change = [&header, &headers](peering::SealedEnvelope& sealed) {
      sealed.id[0] = static_cast<std::uint8_t>(&header - headers);
    };
    ASSERT_EQ(arrive(seal(std::string(header) + "\r\nhello\r\n")).code, 250);
    open_it();
    EXPECT_TRUE(queue().empty()) << header;
  }
  ASSERT_EQ(quarantine().size(), std::size(headers));
  for (const store::QuarantineItem& item : quarantine()) {
    EXPECT_EQ(item.reason_code, "fields");
    EXPECT_NE(item.reason_text.find(" of the header "), std::string::npos) << item.reason_text;
    // Its peer signed it: the mail waits in that peer's room, and it is told.
    EXPECT_EQ(item.peer, peer.fingerprint());
  }
}

TEST_F(OpenerTest, OpensMailUnderAWithdrawnRouteForAWeek) {
  withdraw_route();
  clock.advance(peering::kWithdrawnGrace);
  ASSERT_EQ(arrive(seal(kOriginal)).code, 250);
  open_it();
  ASSERT_EQ(queue().size(), 1U);
  EXPECT_EQ(queue()[0].path, store::DeliveryPath::inside);
}

TEST_F(OpenerTest, MailUnderARouteWithdrawnLongAgoRestsInQuarantine) {
  withdraw_route();
  clock.advance(std::chrono::hours(8 * 24));
  ASSERT_EQ(arrive(seal(kOriginal)).code, 250);
  open_it();
  EXPECT_TRUE(queue().empty()) << "it would be opened again and again";
  ASSERT_EQ(quarantine().size(), 1U);
  EXPECT_EQ(quarantine()[0].reason_code, "no-route");
  ASSERT_TRUE(requeue_waiting_mail(context).ok());
  EXPECT_TRUE(queue().empty());
  EXPECT_EQ(quarantine().size(), 1U);
}

}  // namespace
}  // namespace culvert::node
