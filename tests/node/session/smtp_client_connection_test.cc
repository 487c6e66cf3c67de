#include "node/session/smtp_client_connection.h"

#include <gtest/gtest.h>

#include "node/session/smtp_server.h"
#include "tests/node/net/certificates.h"
#include "tests/node/net/loop_support.h"
#include "tests/node/session/smtp_support.h"

namespace culvert::node {
namespace {

using namespace std::chrono_literals;
using test::Mailroom;
using test::NumberedMessage;
using test::run_until;

// A server in threads of its own.
struct NextHop {
  explicit NextHop(TlsServerContext* tls = nullptr, std::size_t most_connections = 100)
      : limit(most_connections) {
    SmtpServerSettings settings;
    settings.rules.hostname = "mx.b.example";
    settings.rules.max_message_bytes = 200'000'000;
    settings.tls = tls;
    settings.receivers = [this] { return room.receiver(); };
    server = *SmtpServer::open(loops, *SocketAddress::parse("127.0.0.1:0"), limit, settings);
  }

  LoopGroup loops{2};
  Mailroom room;
  ConnectionLimit limit;
  std::unique_ptr<SmtpServer> server;
};

// A client connection that the test drives.
struct Client {
  explicit Client(std::vector<SocketAddress> addresses, ClientRules rules = {"gate.a.example"})
      : tls(TlsClientContext::opportunistic()) {
    connection = std::make_unique<SmtpClientConnection>(
        loop, workers, SmtpClientOptions{std::move(addresses), "mx.b.example", rules, tls.get()},
        [this](SmtpClientConnection&) { loop.defer_destroy(std::move(connection)); });
  }
  explicit Client(const NextHop& hop, ClientRules rules = {"gate.a.example"})
      : Client(std::vector{hop.server->address()}, std::move(rules)) {}

  void deliver(std::unique_ptr<PieceSource> message, const std::string& to = "c@b.example") {
    ClientEnvelope envelope;
    envelope.mail.sender = *Mailbox::parse("a@a.example");
    envelope.recipients.push_back({*Mailbox::parse(to), {}});
    if (!message) envelope.purpose = ClientEnvelope::Purpose::verify;
    report.reset();
    connection->deliver({std::move(envelope), std::move(message),
                         [this](const DeliveryReport& done) { report = done; }});
  }
  bool reported() {
    return run_until(loop, [&] { return report.has_value(); });
  }
  std::string outcome() const { return report->outcomes.at(0).reply.summary(); }
  bool gone() {
    return run_until(loop, [&] { return connection == nullptr; });
  }

  EventLoop loop;
  Workers workers{2, 100};
  std::unique_ptr<TlsClientContext> tls;
  std::optional<DeliveryReport> report;
  std::unique_ptr<SmtpClientConnection> connection;
};

// A server that says fixed things: `greeting` at once, then one of `answers` for each line it gets,
// and for the first octets of a TLS handshake.
class Parrot {
 public:
  Parrot(std::string greeting, std::vector<std::string> answers)
      : greeting_(std::move(greeting)), answers_(std::move(answers)) {
    listener_ = *Listener::open(
        loops_, {*SocketAddress::parse("127.0.0.1:0"), nullptr, ""},
        [this](EventLoop& loop, Accepted accepted) { talk(loop, std::move(accepted)); });
  }
  ~Parrot() {
    listener_.reset();
    loops_.run_on_all([this](EventLoop&) { talks_.clear(); });
  }
  const SocketAddress& address() const { return listener_->address(); }
  int connections() const { return connections_; }

 private:
  struct Talk {
    test::Recorder heard;
    std::unique_ptr<Transport> transport;
  };

  void talk(EventLoop& loop, Accepted accepted) {
    ++connections_;
    auto talk = std::make_unique<Talk>();
    Talk* const t = talk.get();
    t->transport = Transport::accepted(loop, std::move(accepted.socket), t->heard);
    t->heard.when_octets = [this, t](ByteView octets) {
      if (octets.front() == 0x16) return say(*t);  // a ClientHello
      if (octets.front() == 0x15) return;          // an alert
      for (const char c : as_text(octets)) {
        if (c == '\n') say(*t);
      }
    };
    t->heard.when_ended = [t] { t->transport->finish(); };
    t->transport->send(greeting_);
    talks_.push_back(std::move(talk));
  }
  void say(Talk& talk) {
    if (answers_.empty()) return;
    const std::string answer = answers_.front();
    answers_.erase(answers_.begin());
    if (answer == "(end)") return talk.transport->abort();
    talk.transport->send(answer);
  }

  LoopGroup loops_{1};
  std::string greeting_;
  std::vector<std::string> answers_;
  std::vector<std::unique_ptr<Talk>> talks_;
  std::atomic<int> connections_{0};
  std::unique_ptr<Listener> listener_;
};

TEST(SmtpClientConnection, DeliversOneMessageAfterAnotherOverOneConnection) {
  NextHop hop;
  Client client(hop);
  for (std::size_t lines = 0; lines < 5; ++lines) {
    client.deliver(std::make_unique<NumberedMessage>(lines));
    ASSERT_TRUE(client.reported());
    EXPECT_EQ(client.outcome(), "250 2.0.0 kept on stable storage as 00ff");
    EXPECT_TRUE(client.connection->ready());
  }
  const auto mails = hop.room.mails();
  ASSERT_EQ(mails.size(), 5u);
  EXPECT_EQ(hop.limit.open(), 1u);
  for (std::size_t lines = 0; lines < 5; ++lines) {
    EXPECT_EQ(mails[lines].body, as_text(test::numbered_lines(0, lines)));
    EXPECT_EQ(mails[lines].session.client_port, mails[0].session.client_port);
  }
  client.connection->end();
  EXPECT_TRUE(client.gone());
}

TEST(SmtpClientConnection, DeliversABigMessageUnderTlsNeverFarAheadOfTheSocket) {
  constexpr std::size_t kLines = 400'000;  // 25.6 MB
  const auto certificate = test::ServerCertificate::make();
  const auto server_tls = certificate.context();
  NextHop hop(server_tls.get());
  hop.room.stalls = true;
  Client client(hop, {"gate.a.example", TlsUse::required});
  std::atomic<std::size_t> made = 0;
  client.deliver(std::make_unique<NumberedMessage>(kLines, &made));
  ASSERT_TRUE(run_until(client.loop, [&] { return hop.room.count("stall") > 0; }));
  for (int i = 0; i < 50; ++i)
    client.loop.run_once(2ms);
  // The server reads nothing: what was made waits in the queue and in the kernel's buffers.
  EXPECT_LT(made.load(), 16'000'000u);
  hop.room.stalls = false;
  hop.room.stalls.notify_all();
  ASSERT_TRUE(client.reported());
  EXPECT_EQ(client.outcome(), "250 2.0.0 kept on stable storage as 00ff");
  EXPECT_EQ(client.report->tls.substr(0, 5), "TLSv1");
  EXPECT_EQ(made.load(), kLines * 64);
  EXPECT_TRUE(hop.room.mails().at(0).body == as_text(test::numbered_lines(0, kLines)));
  EXPECT_TRUE(hop.room.mails().at(0).session.encrypted);
}

TEST(SmtpClientConnection, AsksWhetherARecipientExists) {
  NextHop hop;
  Client client(hop);
  client.deliver(nullptr, "refused@b.example");
  ASSERT_TRUE(client.reported());
  EXPECT_EQ(client.outcome().substr(0, 9), "550 5.7.1");
  client.deliver(nullptr, "c@b.example");
  ASSERT_TRUE(client.reported());
  EXPECT_EQ(client.outcome().substr(0, 9), "250 2.1.5");
  EXPECT_TRUE(hop.room.mails().empty());
}

TEST(SmtpClientConnection, NeverCompletesAMessageWhoseSourceFails) {
  NextHop hop;
  Client client(hop);
  client.deliver(std::make_unique<NumberedMessage>(100'000, nullptr, 50'000));
  ASSERT_TRUE(client.reported());
  EXPECT_EQ(client.outcome(), "451 4.4.2 the key is not here");
  EXPECT_FALSE(client.report->outcomes.at(0).from_server);
  EXPECT_TRUE(client.gone());
  ASSERT_TRUE(run_until(client.loop, [&] { return hop.room.count("reset") == 1; }));
  EXPECT_EQ(hop.room.count("end"), 0u);
}

TEST(SmtpClientConnection, TriesTheNextAddress) {
  // A port where nobody listens: it was ours a moment ago.
  const SocketAddress nobody = Parrot("", {}).address();
  Parrot unwilling("554 no\r\n", {});
  Parrot lost("220 x\r\n", {"(end)"});
  NextHop hop;
  Client client({nobody, unwilling.address(), lost.address(), hop.server->address()});
  client.deliver(std::make_unique<NumberedMessage>(1));
  ASSERT_TRUE(client.reported());
  EXPECT_EQ(client.outcome().substr(0, 3), "250");
  EXPECT_EQ(client.report->next_hop,
            "mx.b.example [127.0.0.1]:" + std::to_string(hop.server->address().port));
}

TEST(SmtpClientConnection, TellsWhyNobodyCouldBeReached) {
  const SocketAddress nobody = Parrot("", {}).address();
  Client client({nobody});
  client.deliver(std::make_unique<NumberedMessage>(1));
  ASSERT_TRUE(client.reported());
  EXPECT_EQ(client.outcome().substr(0, 3), "451");
  EXPECT_NE(client.outcome().find("refused"), std::string::npos) << client.outcome();
  EXPECT_TRUE(client.gone());
}

TEST(SmtpClientConnection, GoesWithoutTlsWhenAnOpportunisticHandshakeFails) {
  Parrot broken("220 x\r\n",
                {"250-x\r\n250 STARTTLS\r\n", "220 go\r\n", "this is no handshake\r\n", "250 x\r\n",
                 "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "", "250 in\r\n"});
  Client client({broken.address()});
  client.deliver(std::make_unique<NumberedMessage>(1));
  ASSERT_TRUE(client.reported());
  EXPECT_EQ(client.outcome(), "250 in");
  EXPECT_EQ(client.report->tls, "");
  EXPECT_EQ(broken.connections(), 2);
}

TEST(SmtpClientConnection, NeverGoesWithoutTlsWhenItIsRequired) {
  Parrot broken("220 x\r\n",
                {"250-x\r\n250 STARTTLS\r\n", "220 go\r\n", "this is no handshake\r\n"});
  Client client({broken.address()}, {"gate.a.example", TlsUse::required});
  client.deliver(std::make_unique<NumberedMessage>(1));
  ASSERT_TRUE(client.reported());
  EXPECT_EQ(client.outcome().substr(0, 3), "451");
  EXPECT_EQ(broken.connections(), 1);
}

// Before TLS anybody may speak: a no is no reason to return mail, and nothing is a reason to send
// it.
TEST(SmtpClientConnection, UnverifiedHopIsBelievedNothing) {
  struct Trick {
    std::string greeting;
    std::vector<std::string> answers;
    std::string reason;
  };
  const std::string offer = "250-x\r\n250 STARTTLS\r\n";
  for (const Trick& trick : std::initializer_list<Trick>{
           {"554 5.7.1 go away\r\n", {}, "554 5.7.1 go away"},
           {"220 x\r\n", {"550 5.7.1 who\r\n"}, "refused EHLO: 550 5.7.1 who"},
           {"220 x\r\n", {"500 what\r\n", "250 x\r\n"}, "refused EHLO: 500 what"},
           {"220 x\r\n", {"250-x\r\n250 XXXXXXXA\r\n"}, "does not offer STARTTLS"},
           {"220 x\r\n", {"250-x\r\n250 STARTTLSX\r\n"}, "does not offer STARTTLS"},
           {"220 x\r\n", {offer, "454 4.7.0 later\r\n"}, "refused STARTTLS: 454 4.7.0 later"},
           {"220 x\r\n", {offer, "554 5.7.0 never\r\n"}, "refused STARTTLS: 554 5.7.0 never"},
           {"220 x\r\n", {offer, "250 done\r\n"}, "refused STARTTLS: 250 done"},
           {"220 x\r\n", {offer, "220 go\r\n", "(end)"}, "nothing was sent"},
           {"220 x\r\n", {offer, "220 go\r\n", "250 x\r\n"}, "nothing was sent"}}) {
    Parrot parrot(trick.greeting, trick.answers);
    Client client({parrot.address()}, {"gate.a.example", TlsUse::required});
    client.deliver(std::make_unique<NumberedMessage>(1));
    ASSERT_TRUE(client.reported());
    EXPECT_EQ(client.outcome().substr(0, 3), "451") << trick.reason;
    EXPECT_NE(client.outcome().find(trick.reason), std::string::npos) << client.outcome();
    EXPECT_FALSE(client.report->outcomes.at(0).from_server) << trick.reason;
    EXPECT_EQ(parrot.connections(), 1);
  }
}

TEST(SmtpClientConnection, ConnectsAgainWhenAKeptConnectionTurnsOutToBeDead) {
  Parrot hop("220 x\r\n",
             {"250 x\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "", "250 one\r\n",
              "(end)",  // MAIL of the second message
              "250 x\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "", "250 two\r\n"});
  Client client({hop.address()});
  client.deliver(std::make_unique<NumberedMessage>(1));
  ASSERT_TRUE(client.reported());
  EXPECT_EQ(client.outcome(), "250 one");
  client.deliver(std::make_unique<NumberedMessage>(1));
  ASSERT_TRUE(client.reported());
  EXPECT_EQ(client.outcome(), "250 two");
  EXPECT_EQ(hop.connections(), 2);
}

TEST(SmtpClientConnection, LosesNothingWhenTheServerDiesBeforeItsAnswer) {
  Parrot hop("220 x\r\n", {"250 x\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "", "(end)"});
  Client client({hop.address()});
  client.deliver(std::make_unique<NumberedMessage>(1));
  ASSERT_TRUE(client.reported());
  EXPECT_EQ(client.outcome().substr(0, 3), "451");
  EXPECT_TRUE(client.gone());
}

TEST(SmtpClientConnection, WaitsForNoServerForEver) {
  Parrot silent("", {});
  Client client({silent.address()}, {"gate.a.example", TlsUse::never, {.reply = 50ms}});
  client.deliver(std::make_unique<NumberedMessage>(1));
  ASSERT_TRUE(client.reported());
  EXPECT_EQ(client.outcome(), "451 4.3.0 the server did not answer in time");
}

TEST(SmtpClientConnection, EndsWhenIdle) {
  NextHop hop;
  Client client(hop, {"gate.a.example", TlsUse::never, {.idle = 50ms}});
  client.deliver(std::make_unique<NumberedMessage>(1));
  ASSERT_TRUE(client.reported());
  EXPECT_TRUE(client.gone());
}

TEST(SmtpClientConnection, EndsAfterItsNumberOfMessages) {
  NextHop hop;
  Client client(hop);
  for (std::size_t i = 0; i < kMaxMessagesPerConnection; ++i) {
    ASSERT_TRUE(client.connection->ready());
    client.deliver(std::make_unique<NumberedMessage>(1));
    ASSERT_TRUE(client.reported());
  }
  EXPECT_FALSE(client.connection && client.connection->ready());
  EXPECT_TRUE(client.gone());
}

TEST(SmtpServer, RefusesConnectionsBeyondItsLimit) {
  NextHop hop(nullptr, 1);
  Client first(hop);
  first.deliver(std::make_unique<NumberedMessage>(1));
  ASSERT_TRUE(first.reported());
  Client second(hop);
  second.deliver(std::make_unique<NumberedMessage>(1));
  ASSERT_TRUE(second.reported());
  EXPECT_NE(second.outcome().find("421 4.3.2"), std::string::npos) << second.outcome();
}

TEST(SmtpServer, DrainsUntilNobodyIsLeft) {
  NextHop hop;
  Client client(hop);
  client.deliver(std::make_unique<NumberedMessage>(1));
  ASSERT_TRUE(client.reported());
  std::thread drainer([&] { hop.server->drain(20s); });
  EXPECT_TRUE(client.gone());
  drainer.join();
  EXPECT_EQ(hop.limit.open(), 0u);
}

}  // namespace
}  // namespace culvert::node
