// A node that receives (b.example) and its peer (a.example), with routes both ways and real seals,
// without sockets.
#pragma once

#include "node/delivery/paths.h"
#include "node/opening/opener.h"
#include "node/opening/waiting_mail.h"
#include "peering/tunnel_seal.h"
#include "store/quarantine.h"
#include "tests/node/flow/hand_in.h"
#include "tests/node/flow/open_stored.h"
#include "tests/peering/test_node.h"

namespace culvert::node {

class PeerFlowTest : public testing::Test {
 protected:
  void SetUp() override {
    peering::connect(peer, own, wire);
    clock.set_wall(own.now());
    auto ours = std::make_shared<OwnKeys>(own.identity().certificate);
    ours->signing = {{own.signing().certificate, 0}};
    ASSERT_TRUE(ours->ring.add(own.encryption().key, own.encryption().certificate).ok());
    ours->announced.push_back(own.encryption().certificate.issuer_and_serial());
    keys.set(ours);
    ASSERT_TRUE(routing.refresh().ok());
  }

  peering::SealedEnvelope envelope() const {
    peering::SealedEnvelope out{.id = {1, 2, 3},
                                .sealed = clock.now(),
                                .from = peering::domain("a.example"),
                                .to = peering::domain("b.example"),
                                .origin = peering::SealedOrigin::inside};
    out.sender = peering::mailbox("alice@a.example");
    out.recipients = {{peering::mailbox("bob@b.example"), {}, {}}};
    if (change) change(out);
    return out;
  }

  // As the peer's node would send it.
  std::string seal(std::string_view original) const {
    return seal_for(own.encryption().certificate, original);
  }
  std::string seal_for(const crypto::Certificate& recipient, std::string_view original) const {
    return seal_as(envelope(), recipient, original);
  }
  std::string seal_as(const peering::SealedEnvelope& sealed, const crypto::Certificate& recipient,
                      std::string_view original) const {
    ViewSource source(as_bytes(original));
    auto sealer = peering::TunnelSealer::start({source, sealed, peer.domains(), message_id,
                                                std::string(32, '0'), peer.ring(),
                                                peer.signing().certificate, recipient});
    EXPECT_TRUE(sealer.ok());
    std::string out;
    while (true) {
      const auto piece = (*sealer)->next();
      EXPECT_TRUE(piece.ok());
      if (!piece || piece->empty()) return out;
      out += as_text(*piece);
    }
  }

  // Sealed, but by nobody's node: as a user's program does it.
  std::string seal_as_a_user(const crypto::Certificate& recipient,
                             std::string_view original) const {
    std::string mail = seal_for(recipient, original);
    const std::size_t at = mail.find("Culvert-For:");
    return mail.erase(at, mail.find("\r\n", at) + 2 - at);
  }

  // Hands it in outside.
  Reply arrive(const std::string& message) {
    const auto receiver = make_outside_receiver(context, check);
    return hand_in(*receiver, "alice@a.example", {"bob@b.example"}, message);
  }

  // Opens the one message that waits for it.
  void open_it() {
    const auto waiting = queue();
    ASSERT_EQ(waiting.size(), 1U);
    ASSERT_EQ(waiting[0].path, store::DeliveryPath::open);
    std::promise<Status> done;
    open_stored(opener, own.store(), waiting[0].id,
                [&done](const Status& status) { done.set_value(status); });
    EXPECT_TRUE(done.get_future().get().ok());
  }

  std::vector<store::QueueEntry> queue() {
    std::vector<store::QueueEntry> found;
    own.read([&](const store::ReadTransaction& txn) {
      found = store::list_queue(txn, std::nullopt, 100).entries;
    });
    return found;
  }
  std::vector<store::QuarantineItem> quarantine() {
    std::vector<store::QuarantineItem> found;
    own.read([&](const store::ReadTransaction& txn) {
      found = store::list_quarantine(txn, std::nullopt, 100).items;
    });
    return found;
  }

  // What the peer's card says now.
  void take_card_of_peer() {
    ASSERT_TRUE(own.receive(peer.card()).ok());
    ASSERT_TRUE(routing.refresh().ok());
  }

  std::string message_id = "<x@gate>";                   // of the outer message
  std::function<void(peering::SealedEnvelope&)> change;  // what the peer says otherwise
  Config config{.file = {},
                .node = {.name = *Domain::parse("gate.b.example"),
                         .domains = {*Domain::parse("b.example")},
                         .data_dir = {},
                         .key_file = {}}};
  peering::TestNode peer{"gate.a.example", {"a.example"}};
  peering::TestNode own{"gate.b.example", {"b.example"}};
  peering::Wire wire;
  ManualClock clock{own.now()};
  Workers workers{1, 100};
  Routing routing{own.store()};
  Live<Config> live_config{std::make_shared<Config>(config)};
  Counters counters;
  Live<OwnKeys> keys{nullptr};
  ClockWatch watch{clock, {}};
  QuarantineLimits limits = quarantine_limits(config.largest_outside_bytes());
  Quarantine quarantine_{own.store(), [this] { return limits; }};
  FlowContext context{own.store(), workers,  clock, watch,       routing,    live_config,
                      keys,        counters, [] {}, quarantine_, path_traits};
  Opener opener{context, [](const Fingerprint&, ByteView) {}};
  FixedCheck check;
};

}  // namespace culvert::node
