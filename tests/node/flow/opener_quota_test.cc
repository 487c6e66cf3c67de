// Mail of a peer that is over its quarantine quota: what waits, and whom it harms.
#include "node/flow/opener.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>

#include "node/flow/quarantine_quota.h"
#include "peering/tunnel_seal.h"
#include "store/meta.h"
#include "store/quarantine.h"
#include "tests/node/flow/fixture.h"
#include "tests/peering/test_node.h"

namespace culvert::node {
namespace {

using store::mailbox;

class OpenerQuotaTest : public testing::Test {
 protected:
  void SetUp() override {
    peering::connect(peer, node, wire);
    clock.set_wall(node.now());
    auto own = std::make_shared<OwnKeys>(node.identity().certificate, node.signing().certificate,
                                         node.encryption().certificate);
    ASSERT_TRUE(own->ring.add(node.encryption().key, node.encryption().certificate).ok());
    keys.set(own);
    ASSERT_TRUE(routing.refresh().ok());
  }

  // Takes over a mail that `peer` sealed for a domain of ours, or of somebody else.
  store::EntryId take(const std::string& recipient) {
    const peering::SealedEnvelope envelope{.id = {next_id_++},
                                           .sealed = clock.now(),
                                           .from = *Domain::parse("b.example"),
                                           .to = mailbox(recipient).domain(),
                                           .sender = mailbox("jo@b.example"),
                                           .recipients = {{mailbox(recipient), "", ""}}};
    ViewSource original(as_bytes("From: jo@b.example\r\n\r\nhello\r\n"));
    auto sealer = peering::TunnelSealer::start(
        {original, envelope, peer.domains(), "<x@gate>", std::string(32, '0'), peer.ring(),
         peer.signing().certificate, node.encryption().certificate});
    store::Message message;
    message.id = store::MessageId::make(clock.now());
    message.received = clock.now();
    message.sender = mailbox("jo@b.example");
    store::BodyWriter writer(node.store(), message.id);
    for (Bytes piece = *(*sealer)->next(); !piece.empty(); piece = *(*sealer)->next())
      EXPECT_TRUE(writer.write(piece).ok());
    auto body = writer.finish();
    message.body = body->ref();
    message.size_bytes = body->ref().size_bytes;
    store::QueueEntry entry = store::entry_to(message.id, 0, "a.example", clock.now());
    entry.path = store::DeliveryPath::open;
    entry.destination.clear();
    node.write([&](store::WriteTransaction& txn) {
      EXPECT_TRUE(store::put_message(txn, message, *body, {entry}).ok());
    });
    return entry.id;
  }

  void open(const store::EntryId& id) {
    std::promise<void> ended;
    Opener(context, [](const Fingerprint&, ByteView) {}).open(id, [&ended](const Status& status) {
      EXPECT_TRUE(status.ok());
      ended.set_value();
    });
    ended.get_future().wait();
  }

  void set_quarantined(const std::string& whose, std::uint64_t bytes) {
    node.write([&](store::WriteTransaction& txn) {
      store::write_number(txn, "quarantine/" + whose, static_cast<std::int64_t>(bytes));
    });
  }

  std::vector<store::QueueEntry> queue() {
    std::vector<store::QueueEntry> entries;
    node.read([&](const store::ReadTransaction& txn) {
      entries = store::list_queue(txn, std::nullopt, 100).entries;
    });
    return entries;
  }
  std::vector<store::QuarantineItem> quarantine() {
    std::vector<store::QuarantineItem> items;
    node.read([&](const store::ReadTransaction& txn) {
      items = store::list_quarantine(txn, std::nullopt, 100).items;
    });
    return items;
  }

  std::uint64_t counted(Counted what) const {
    return counters.totals()[static_cast<std::size_t>(what)];
  }

  peering::Wire wire;
  peering::TestNode node{"gate.a.example", {"a.example"}};
  peering::TestNode peer{"gate.b.example", {"b.example"}};
  Config config{.file = {},
                .node = {.name = *Domain::parse("gate.a.example"),
                         .domains = {*Domain::parse("a.example")},
                         .data_dir = {},
                         .key_file = {}}};
  ManualClock clock{node.now()};
  ClockWatch watch{clock, {}};
  Workers workers{1, 100};
  Routing routing{node.store()};
  Live<Config> live_config{std::make_shared<Config>(config)};
  Live<OwnKeys> keys{nullptr};
  Counters counters;
  FlowContext context{node.store(), workers, clock,    watch, routing,
                      live_config,  keys,    counters, [] {}};
  std::uint8_t next_id_ = 1;
};

TEST_F(OpenerQuotaTest, QueuesWhatItOpensForInside) {
  open(take("jane@a.example"));
  ASSERT_EQ(queue().size(), 1u);
  EXPECT_EQ(queue().front().path, store::DeliveryPath::inside);
  EXPECT_TRUE(quarantine().empty());
  EXPECT_EQ(counted(Counted::opened), 1u);
}

TEST_F(OpenerQuotaTest, KeepsForAPersonWhatItMayNotOpen) {
  open(take("jane@c.example"));
  ASSERT_EQ(quarantine().size(), 1u);
  EXPECT_EQ(quarantine().front().reason_code, "not-for-us");
  EXPECT_EQ(quarantine().front().peer, peer.fingerprint());
  EXPECT_EQ(counted(Counted::quarantined), 1u);
  EXPECT_EQ(counted(Counted::opened), 0u);
}

TEST_F(OpenerQuotaTest, MailOfAPeerOverItsQuotaWaitsInItsOwnLaneAndHarmsNobodyElse) {
  set_quarantined(peer.fingerprint().hex(), kQuarantineQuotaBytes);
  const store::EntryId id = take("jane@c.example");
  open(id);
  ASSERT_EQ(queue().size(), 1u);
  EXPECT_EQ(queue().front().id, id);
  EXPECT_EQ(queue().front().state, store::EntryState::deferred);
  EXPECT_EQ(queue().front().path, store::DeliveryPath::open);
  EXPECT_EQ(queue().front().destination, peer.fingerprint().hex());
  EXPECT_TRUE(quarantine().empty());
  // The gate is closed for that peer alone.
  EXPECT_TRUE(quarantine_is_full(context, mailbox("jo@b.example")));
  EXPECT_FALSE(quarantine_is_full(context, mailbox("jo@c.example")));
  EXPECT_FALSE(quarantine_is_full(context, std::nullopt));
  // What can be opened still is.
  open(take("jane@a.example"));
  ASSERT_EQ(queue().size(), 2u);
  const auto entries = queue();
  EXPECT_TRUE(std::any_of(entries.begin(), entries.end(), [](const store::QueueEntry& entry) {
    return entry.path == store::DeliveryPath::inside;
  }));
}

TEST_F(OpenerQuotaTest, WhatWaitsForRoomIsNotOpenedBeforeThereIsSome) {
  set_quarantined(peer.fingerprint().hex(), kQuarantineQuotaBytes);
  const store::EntryId id = take("jane@c.example");
  open(id);
  // Without a key it could not be opened, and would not come back to its place.
  const auto held = keys.get();
  keys.set(nullptr);
  open(id);
  ASSERT_EQ(queue().size(), 1u);
  EXPECT_EQ(queue().front().attempts, 2u);
  keys.set(held);
  set_quarantined(peer.fingerprint().hex(), 0);
  open(id);
  EXPECT_TRUE(queue().empty());
  ASSERT_EQ(quarantine().size(), 1u);
  EXPECT_EQ(quarantine().front().peer, peer.fingerprint());
}

TEST_F(OpenerQuotaTest, WhatFillsTheQuotaOfEverybodyElseClosesTheGate) {
  set_quarantined("", kQuarantineQuotaBytes);
  EXPECT_TRUE(quarantine_is_full(context, std::nullopt));
  EXPECT_TRUE(quarantine_is_full(context, mailbox("jo@c.example")));
}

}  // namespace
}  // namespace culvert::node
