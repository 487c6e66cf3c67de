// What a peering message means for mail of the running node.
#include "node/peers/peering_service.h"
#include "node/delivery/paths.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "crypto/keys/random.h"
#include "node/delivery/sealing.h"
#include "node/peers/peer_talk.h"
#include "store/acceptance.h"
#include "store/queue.h"
#include "tests/peering/test_node.h"

namespace culvert::node {
namespace {

using peering::TestNode;

// A running node `a` as far as peering goes, paired with `b`; the route to b.example is active.
class PeeringServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    peering::connect(a_, b_, wire_);
    clock_.set_wall(a_.now());
    ASSERT_TRUE(routing_.refresh().ok());
    ASSERT_EQ(use(), RouteUse::seals);
  }

  std::shared_ptr<const OwnKeys> keys_of(const TestNode& node) {
    auto own = std::make_shared<OwnKeys>(node.identity().certificate);
    own->signing = {{node.signing().certificate, 0}};
    own->renewal = node.signing().certificate.not_after();
    own->token_key = crypto::random_secret(32);
    EXPECT_TRUE(own->ring.add(node.identity().key, node.identity().certificate).ok());
    return own;
  }

  RouteUse use() const { return routing_.current()->route_of(peering::domain("b.example"))->use; }

  // B's card with that serial, signed by B's key.
  Bytes card_of_b(std::uint64_t serial, const std::string& node) {
    peering::Card card = b_.card_values();
    card.serial = serial;
    card.node = node;
    card.issued = a_.now();
    card.expires = a_.now() + peering::kCardLifetime;
    return peering::sign_card(card, b_.signer()).value();
  }

  // The status, once there is an answer.
  std::future<int> begin_post(const Bytes& message, const SocketAddress& from = {}) {
    auto status = std::make_shared<std::promise<int>>();
    HttpRequest request;
    request.method = HttpRequest::Method::post;
    request.path = "/peering/1/message";
    request.body = message;
    service_.handle(from, std::move(request), HttpReply([status](const HttpResponse& response) {
                      status->set_value(response.status);
                    }));
    return status->get_future();
  }
  int post(const Bytes& message) { return begin_post(message).get(); }

  // As if a message of b's had come from there before a restart.
  void make_known(const IpAddress& address) {
    store::Peer peer = *a_.peer(b_);
    peer.seen_from = {address.text()};
    a_.write([&](store::WriteTransaction& txn) { store::put_peer(txn, peer); });
    service_.set_url("https://127.0.0.1:1");
    service_.tick();
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!service_.knows(address) && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    ASSERT_TRUE(service_.knows(address));
  }

  TestNode a_{"gate.a.example", {"a.example"}};
  TestNode b_{"gate.b.example", {"b.example"}};
  peering::Wire wire_;
  Config config_{.file = {},
                 .node = {.name = *Domain::parse("gate.a.example"),
                          .domains = {*Domain::parse("a.example")},
                          .data_dir = {},
                          .key_file = {}}};
  ManualClock clock_{peering::start_time()};
  ClockWatch watch_{clock_, {}};
  Workers workers_{1, 100};
  Routing routing_{a_.store()};
  Live<Config> live_config_{std::make_shared<Config>(config_)};
  Counters counters_;
  Live<OwnKeys> keys_{keys_of(a_)};
  Quarantine quarantine_{a_.store(), [] { return quarantine_limits(1'000'000); }};
  FlowContext context_{a_.store(), workers_,  clock_, watch_,      routing_,   live_config_,
                       keys_,      counters_, [] {},  quarantine_, path_traits};
  PeeringService service_{context_};
};

TEST_F(PeeringServiceTest, HoldsMailAtOnceWhenACopyOfThePeersKeyIsInUse) {
  ASSERT_EQ(post(card_of_b(10, "gate.b.example")), 200);
  EXPECT_EQ(use(), RouteUse::seals);
  EXPECT_EQ(post(card_of_b(10, "thief.example")), 403);
  EXPECT_EQ(use(), RouteUse::waits);
}

TEST_F(PeeringServiceTest, HoldsMailAtOnceWhenACopiedKeyAnswersOurCard) {
  const Live<store::OwnCard> card(std::make_shared<const store::OwnCard>());
  peering::Refusals refusals;
  PeerClocks clocks;
  const TalkContext talk{context_,
                         card,
                         {},
                         refusals,
                         clocks,
                         [this] { ASSERT_TRUE(routing_.refresh().ok()); },
                         [](const Fingerprint&) {}};
  take_answered_card(talk, card_of_b(10, "gate.b.example"), "there");
  EXPECT_EQ(use(), RouteUse::seals);
  take_answered_card(talk, card_of_b(10, "thief.example"), "there");
  EXPECT_EQ(use(), RouteUse::waits);
  EXPECT_EQ(refusals.take(), (peering::RefusalCounts{{b_.fingerprint(), 1}}));
}

// Mail for a peer that was updated a minute after it gave its card must not wait for ten.
TEST_F(PeeringServiceTest, AChangedCardGoesAtOnceToAPeerThatTookTheLastOne) {
  store::Peer peer = *a_.peer(b_);
  const Time now = a_.now();
  peer.card_tried = now;
  peer.card_sent = now;
  peer.card_sent_serial = 4;
  store::OwnCard card;
  card.serial = 4;
  EXPECT_FALSE(wants_card(peer, card, now));
  card.serial = 5;
  EXPECT_TRUE(wants_card(peer, card, now));
  peer.card_tried = now + std::chrono::seconds(1);
  EXPECT_TRUE(wants_card(peer, card, now + std::chrono::seconds(2))) << "the former was refused";
  peer.card_tried_serial = 5;
  EXPECT_FALSE(wants_card(peer, card, now + std::chrono::seconds(2))) << "it could not be reached";
  EXPECT_TRUE(wants_card(peer, card, now + std::chrono::seconds(2) + kCardRetry));
}

// Mail in the queue is made due when the peer's card lists the form that we seal in.
TEST_F(PeeringServiceTest, MailGoesOnWhenThePeerWasUpdated) {
  peering::Card card = b_.card_values();
  card.capabilities.tunnel = {1};
  card.serial = 20;
  ASSERT_EQ(post(peering::sign_card(card, b_.signer()).value()), 200);
  ASSERT_EQ(use(), RouteUse::waits);
  auto staged = store::BodyWriter(a_.store(), store::MessageId::make(a_.now()));
  ASSERT_TRUE(staged.write(as_bytes("Subject: x\r\n\r\n")).ok());
  auto body = staged.finish();
  ASSERT_TRUE(body.ok());
  store::Message message;
  message.id = body->ref().id;
  message.body = body->ref();
  store::QueueEntry entry;
  entry.id = {message.id, 0};
  entry.path = store::DeliveryPath::tunnel;
  entry.destination = "b.example";
  entry.recipients = {{peering::mailbox("bob@b.example"), {}, {}}};
  entry.created = a_.now();
  entry.next_attempt = a_.now() + std::chrono::seconds(50);
  a_.write([&](store::WriteTransaction& txn) {
    ASSERT_TRUE(store::put_message(txn, message, *body, {entry}).ok());
  });
  card.capabilities.tunnel = {1, 2};
  card.serial = 21;
  ASSERT_EQ(post(peering::sign_card(card, b_.signer()).value()), 200);
  EXPECT_EQ(use(), RouteUse::seals);
  a_.read([&](const store::ReadTransaction& txn) {
    EXPECT_EQ(store::find_entry(txn, entry.id)->next_attempt, a_.now());
  });
}

// People's mail is sealed only under a domain that the peer accepts; peering mail always.
TEST_F(PeeringServiceTest, MailIsSealedUnderAcceptedDomainsOnly) {
  Config config = config_;
  config.node.domains = {*Domain::parse("new.example"), *Domain::parse("a.example")};
  live_config_.set(std::make_shared<Config>(config));
  store::Message message;
  message.id = store::MessageId::make(a_.now());
  message.from_domain = "new.example";
  store::QueueEntry entry;
  entry.id = {message.id, 0};
  entry.destination = "b.example";
  const auto from = [&](SealForm form) -> std::string {
    const auto plan = sealed_attempt(context_, entry, message, b_.fingerprint(), form);
    const auto* attempt = std::get_if<Attempt>(&plan);
    return attempt == nullptr ? "waits" : attempt->seal->from.text();
  };
  EXPECT_EQ(from(SealForm::present), "a.example") << "new.example is not on the list";
  store::HeardAcceptance heard{b_.fingerprint(), 1, a_.now(), {}};
  const auto hear = [&](const char* domain, const char* state) {
    heard.domains.push_back({peering::domain(domain), state, "", a_.now()});
    a_.write([&](store::WriteTransaction& txn) { store::put_heard_acceptance(txn, heard); });
    ASSERT_TRUE(routing_.refresh().ok());
  };
  hear("a.example", "proved");
  EXPECT_EQ(from(SealForm::present), "waits");
  EXPECT_EQ(from(SealForm::understood), "new.example");
  hear("new.example", "paused");
  EXPECT_EQ(from(SealForm::present), "new.example");
}

// Named attack: JSON bomb. However many messages wait, and however slow the disk is, workers that
// open mail are free, what is too much is told so at once, and peers' known addresses have their
// own thread.
TEST_F(PeeringServiceTest, AFullQueueIsAnswered503AndHoldsUpNobodyElse) {
  const SocketAddress of_b = *SocketAddress::parse("192.0.2.1:1");
  make_known(of_b.ip);
  std::promise<void> release;
  std::thread writer([&] {
    EXPECT_TRUE(a_.store()
                    .write([waits = release.get_future().share()](store::WriteTransaction&) {
                      waits.wait();
                      return done();
                    })
                    .ok());
  });
  // This one waits for the writer, and all others behind it.
  std::vector<std::future<int>> strangers;
  for (std::uint64_t i = 0; i < 300; ++i)
    strangers.push_back(begin_post(card_of_b(11 + i, "gate.b.example")));
  EXPECT_EQ(strangers.back().get(), 503);
  strangers.pop_back();
  std::promise<void> worked;
  ASSERT_TRUE(workers_.submit([&worked] { worked.set_value(); }).ok());
  worked.get_future().wait();
  EXPECT_EQ(begin_post(to_bytes("garbage"), of_b).get(), 403);
  release.set_value();
  writer.join();
  int busy = 0;
  for (std::future<int>& status : strangers)
    busy += status.get() == 503 ? 1 : 0;
  EXPECT_GT(busy, 50);
  EXPECT_LT(busy, 150);
}

// Named attack: One address. Anybody can have a peer's card, and post it.
TEST_F(PeeringServiceTest, WhoPostsAPeersCardIsNotKnownByIt) {
  const SocketAddress stranger = *SocketAddress::parse("192.0.2.7:1");
  for (std::uint64_t serial : {10U, 10U, 11U})
    ASSERT_EQ(begin_post(card_of_b(serial, "gate.b.example"), stranger).get(), 200);
  EXPECT_FALSE(service_.knows(stranger.ip));
  // Nor does it push out whom the peer is known by.
  make_known(*IpAddress::parse("192.0.2.1"));
  for (int i = 0; i < 10; ++i) {
    const SocketAddress other = *SocketAddress::parse("192.0.2." + std::to_string(20 + i) + ":1");
    ASSERT_EQ(begin_post(card_of_b(11, "gate.b.example"), other).get(), 200);
  }
  EXPECT_TRUE(service_.knows(*IpAddress::parse("192.0.2.1")));
}

TEST_F(PeeringServiceTest, WritesDownWhatItRefusedOfAPeer) {
  ASSERT_EQ(post(card_of_b(10, "gate.b.example")), 200);
  EXPECT_EQ(post(card_of_b(9, "gate.b.example")), 403);
  EXPECT_EQ(post(card_of_b(8, "gate.b.example")), 403);
  EXPECT_EQ(post(to_bytes("garbage")), 403);
  EXPECT_EQ(a_.peer(b_)->refused, 0u);
  service_.tick();
  service_.stop();
  EXPECT_EQ(a_.peer(b_)->refused, 2u);
}

// `status` calls a peer unreachable that nobody answers for, and no other.
TEST(WhetherReached, APeerThatPutsUsOffOrRefusesUsIs) {
  store::Peer peer;
  const Time now = from_unix(1'800'000'000);
  const auto after = [&](const Result<Bytes>& answer) {
    set_whether_reached(peer, answer, now);
    return peer.unreachable_since.has_value();
  };
  EXPECT_TRUE(after(temporary_error("unreachable", "connection refused")));
  EXPECT_FALSE(after(temporary_error("busy", "HTTP 429")));
  EXPECT_TRUE(after(temporary_error("unreachable", "HTTP 503")));
  EXPECT_FALSE(after(permanent_error("refused", "HTTP 403")));
  EXPECT_TRUE(peer.unreachable_why.empty());
}

}  // namespace
}  // namespace culvert::node
