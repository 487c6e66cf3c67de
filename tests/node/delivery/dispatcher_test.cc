// The dispatcher and its hops over a real store and a real SMTP server on loopback.
#include "node/delivery/dispatcher.h"

#include <gtest/gtest.h>

#include "tests/node/flow/fixture.h"
#include "tests/node/net/loop_support.h"
#include "tests/node/session/smtp_support.h"

namespace culvert::node {
namespace {

using std::chrono::seconds;
using store::DeliveryPath;

constexpr std::string_view kMail = "Subject: hello\r\n\r\ntext\r\n";

NextHop hop_to(const SocketAddress& address) {
  NextHop hop;
  hop.host = address.ip.text();
  hop.port = address.port;
  return hop;
}

std::unique_ptr<Resolver> silent_dns() {
  ResolverOptions options;
  options.resolvers = {"127.0.0.1@9"};
  options.timeout = std::chrono::milliseconds(500);
  return *Resolver::make(options);
}

class DispatcherTest : public FlowTest {
 protected:
  DispatcherTest() {
    SmtpServerSettings settings;
    settings.rules.hostname = "mail.a.example";
    settings.rules.max_message_bytes = 1'000'000;
    settings.receivers = [this] { return room.receiver(); };
    server = *SmtpServer::open(loops, *SocketAddress::parse("127.0.0.1:0"), places, settings);
    lead_inside_to(server->address());
    context.wake_dispatcher = [this] { dispatcher.wake(); };
  }
  ~DispatcherTest() override {
    // What is under way ends before what it would tell of it.
    test::run_until(home, [this] { return dispatcher.drained(); });
    workers.stop();
    // Commits under way call back into what ends now.
    static_cast<void>(db->write([](store::WriteTransaction&) { return done(); }));
    loops.run_on_all([](EventLoop&) {});
  }

  void lead_inside_to(const SocketAddress& address) {
    auto fresh = config;
    fresh.delivery.inside = hop_to(address);
    live_config.set(std::make_shared<Config>(fresh));
  }

  store::EntryId put(DeliveryPath path, const std::string& to,
                     const std::string& destination = "") {
    auto staged = store::stage(*db, kMail);
    store::QueueEntry entry = store::entry_to(staged->message.id, 0, "a.example");
    entry.path = path;
    entry.destination = destination;
    entry.recipients = {{store::mailbox(to), {}, {}}};
    EXPECT_TRUE(db->write([&](store::WriteTransaction& txn) {
                    return store::put_message(txn, staged->message, staged->body, {entry});
                  }).ok());
    return entry.id;
  }

  std::optional<store::QueueEntry> entry(const store::EntryId& id) {
    std::optional<store::QueueEntry> found;
    EXPECT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                    found = store::find_entry(txn, id);
                    return done();
                  }).ok());
    return found;
  }

  bool comes_true(const std::function<bool()>& what) { return test::run_until(home, what); }

  EventLoop home;
  LoopGroup loops{1};
  test::Mailroom room;
  ConnectionLimit places{100};
  std::unique_ptr<SmtpServer> server;
  std::unique_ptr<Resolver> resolver = silent_dns();
  std::unique_ptr<TlsClientContext> tls = TlsClientContext::opportunistic();
  NameWaits name_waits;
  HopContext hops{context, home, *resolver, *tls, *tls, name_waits};
  Opener opener{context, [](const Fingerprint&, ByteView) {}};
  Dispatcher dispatcher{context, hops, loops, opener};
};

TEST_F(DispatcherTest, DeliversWhatIsDueAndEndsIt) {
  put(DeliveryPath::inside, "jane@a.example");
  put(DeliveryPath::inside, "bob@a.example");
  dispatcher.start();
  ASSERT_TRUE(comes_true([this] { return queue().empty(); }));
  ASSERT_EQ(room.mails().size(), 2u);
  EXPECT_NE(room.mails()[0].body.find("text"), std::string::npos);
}

TEST_F(DispatcherTest, HandsNothingOverThatIsNotDueOrIsHeld) {
  const auto later = put(DeliveryPath::inside, "jane@a.example");
  const auto held = put(DeliveryPath::inside, "bob@a.example");
  ASSERT_TRUE(db->write([&](store::WriteTransaction& txn) {
                  store::defer(txn, later, {kStart + seconds(600), "later", {}, {}});
                  store::hold(txn, held, "a person said so");
                  return done();
                }).ok());
  put(DeliveryPath::inside, "eve@a.example");
  dispatcher.start();
  ASSERT_TRUE(comes_true([this] { return room.mails().size() == 1 && queue().size() == 2; }));
  EXPECT_EQ(room.mails()[0].recipients[0], store::mailbox("eve@a.example"));
  EXPECT_EQ(entry(later)->next_attempt, kStart + seconds(600));
}

// A newer version wrote it: it must not be passed over for ever.
TEST_F(DispatcherTest, HoldsMailOnAPathOfAnotherVersion) {
  const auto strange = put(static_cast<DeliveryPath>(7), "jane@a.example", "b.example");
  put(DeliveryPath::inside, "bob@a.example");
  dispatcher.start();
  ASSERT_TRUE(comes_true([this] { return room.mails().size() == 1; }));
  ASSERT_TRUE(comes_true([&] { return entry(strange)->state == store::EntryState::held; }));
  EXPECT_NE(entry(strange)->reason.find("another version"), std::string::npos);
  EXPECT_EQ(static_cast<int>(entry(strange)->path), 7) << "that version finds it as it was";
}

// After the update that its text asks for, it goes on without a person.
TEST_F(DispatcherTest, ReleasesMailWhosePathItKnowsNow) {
  const auto known = put(DeliveryPath::inside, "jane@a.example");
  const auto by_hand = put(DeliveryPath::inside, "bob@a.example");
  const auto strange = put(static_cast<DeliveryPath>(7), "eve@a.example", "b.example");
  ASSERT_TRUE(db->write([&](store::WriteTransaction& txn) {
                  for (const auto& id : {known, strange})
                    store::hold(txn, id, "its delivery path is of another version of this program");
                  store::hold(txn, by_hand, "a person said so");
                  return done();
                }).ok());
  dispatcher.start();
  ASSERT_TRUE(comes_true([this] { return room.mails().size() == 1; }));
  ASSERT_TRUE(comes_true([&] { return !entry(known); }));
  EXPECT_EQ(entry(by_hand)->state, store::EntryState::held);
  EXPECT_EQ(entry(strange)->state, store::EntryState::held);
  EXPECT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                  EXPECT_EQ(store::held_length(txn), 2U);
                  return done();
                }).ok());
}

TEST_F(DispatcherTest, TriesADeadDestinationAgainLaterWithOneMail) {
  lead_inside_to(*SocketAddress::parse("127.0.0.1:1"));
  std::vector<store::EntryId> ids;
  for (int i = 0; i < 40; ++i)
    ids.push_back(put(DeliveryPath::inside, "jane@a.example"));
  dispatcher.start();
  const auto tried = [&] {
    return std::count_if(ids.begin(), ids.end(), [&](const auto& id) {
      return entry(id)->reason.find("refused") != std::string::npos;
    });
  };
  ASSERT_TRUE(comes_true([&] { return tried() > 0; }));
  for (int turn = 0; turn < 20; ++turn)
    home.run_once(std::chrono::milliseconds(10));
  EXPECT_LE(tried(), 16) << "those under way fail together, and no more are begun";
  EXPECT_TRUE(room.mails().empty());
}

TEST_F(DispatcherTest, TriesAtOnceWhenAPersonAsks) {
  const SocketAddress right = server->address();
  lead_inside_to(*SocketAddress::parse("127.0.0.1:1"));
  const auto id = put(DeliveryPath::inside, "jane@a.example");
  dispatcher.start();
  ASSERT_TRUE(comes_true([&] { return !entry(id)->reason.empty(); }));
  lead_inside_to(right);
  ASSERT_TRUE(db->write([&](store::WriteTransaction& txn) {
                  store::retry(txn, id, kStart);
                  return done();
                }).ok());
  dispatcher.forget_failures();
  EXPECT_TRUE(comes_true([this] { return queue().empty(); }));
}

TEST_F(DispatcherTest, TakesNothingNewOnceItIsToEnd) {
  dispatcher.start();
  EXPECT_TRUE(dispatcher.drained());
  put(DeliveryPath::inside, "jane@a.example");
  dispatcher.wake();
  for (int turn = 0; turn < 10; ++turn)
    home.run_once(std::chrono::milliseconds(10));
  EXPECT_TRUE(room.mails().empty());
  EXPECT_EQ(queue().size(), 1u);
}

// Its record, or its message's, is damaged: it must not stand in the way of what is behind it.
TEST_F(DispatcherTest, SetsAsideWhatCannotBeRead) {
  const auto broken = put(DeliveryPath::inside, "jane@a.example");
  ASSERT_TRUE(db->write([&](store::WriteTransaction& txn) {
                  txn.erase(store::Table::messages, broken.message.view());
                  return done();
                }).ok());
  put(DeliveryPath::inside, "bob@a.example");
  dispatcher.start();
  ASSERT_TRUE(comes_true([this] { return room.mails().size() == 1; }));
  ASSERT_TRUE(comes_true([&] { return entry(broken)->state == store::EntryState::held; }));
}

class HopTest : public DispatcherTest {
 protected:
  SharedAttempt attempt_to(const std::string& to, DeliveryPath path = DeliveryPath::inside) {
    const auto id = put(path, to, path == DeliveryPath::inside ? "" : "b.example");
    std::optional<store::Message> message;
    EXPECT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                    message = store::find_message(txn, id.message);
                    return done();
                  }).ok());
    return std::make_shared<const Attempt>(Attempt{*entry(id), *message, std::nullopt});
  }
  DeliveryReport carry(Hop& hop, SharedAttempt attempt) {
    std::optional<DeliveryReport> got;
    hop.carry(std::move(attempt), [&got](const DeliveryReport& report) { got = report; });
    EXPECT_TRUE(hop.busy());
    EXPECT_TRUE(comes_true([&got] { return got.has_value(); }));
    EXPECT_FALSE(hop.busy());
    return got.value_or(DeliveryReport{});
  }
};

TEST_F(HopTest, KeepsItsConnectionForTheNextMail) {
  Hop hop(hops, loops.at(0));
  const auto first = carry(hop, attempt_to("jane@a.example"));
  const auto second = carry(hop, attempt_to("bob@a.example"));
  ASSERT_EQ(room.mails().size(), 2u);
  EXPECT_TRUE(first.outcomes[0].reply.positive() && second.outcomes[0].reply.positive());
  EXPECT_EQ(room.mails()[0].session.client_port, room.mails()[1].session.client_port);
}

TEST_F(HopTest, UsesNoKeptConnectionAfterTheConfigurationChanged) {
  Hop hop(hops, loops.at(0));
  carry(hop, attempt_to("jane@a.example"));
  lead_inside_to(server->address());
  carry(hop, attempt_to("bob@a.example"));
  ASSERT_EQ(room.mails().size(), 2u);
  EXPECT_NE(room.mails()[0].session.client_port, room.mails()[1].session.client_port);
}

TEST_F(HopTest, AsksWithoutSending) {
  Hop hop(hops, loops.at(0));
  std::optional<DeliveryReport> got;
  hop.verify(attempt_to("refused@a.example"),
             [&got](const DeliveryReport& report) { got = report; });
  ASSERT_TRUE(comes_true([&got] { return got.has_value(); }));
  EXPECT_TRUE(got->outcomes[0].reply.permanent());
  EXPECT_TRUE(room.mails().empty());
}

TEST_F(HopTest, TalksNotToItself) {
  auto fresh = config;
  fresh.delivery.inside = hop_to(server->address());
  fresh.inside.listen = {server->address()};
  live_config.set(std::make_shared<Config>(fresh));
  Hop hop(hops, loops.at(0));
  const auto report = carry(hop, attempt_to("jane@a.example"));
  EXPECT_TRUE(report.outcomes[0].reply.temporary());
  EXPECT_NE(report.outcomes[0].reply.summary().find("leads to"), std::string::npos)
      << report.outcomes[0].reply.summary();
  EXPECT_TRUE(room.mails().empty());
}

// The DNS cannot be asked here: mail waits, and is not refused.
TEST_F(HopTest, WaitsForADnsThatSaysNothing) {
  Hop hop(hops, loops.at(0));
  const auto report = carry(hop, attempt_to("jane@b.example", DeliveryPath::clear));
  EXPECT_TRUE(report.outcomes[0].reply.temporary());
  EXPECT_FALSE(report.outcomes[0].from_server);
}

}  // namespace
}  // namespace culvert::node
