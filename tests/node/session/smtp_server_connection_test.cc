#include "node/session/smtp_server_connection.h"

#include <gtest/gtest.h>

#include "node/session/smtp_server.h"
#include "tests/node/net/certificates.h"
#include "tests/node/net/loop_support.h"
#include "tests/node/session/smtp_support.h"

namespace culvert::node {
namespace {

using namespace std::chrono_literals;
using test::Mailroom;
using test::Recorder;
using test::run_until;

// One connection whose client is the test.
class Session {
 public:
  explicit Session(ServerPatience patience = {}, TlsServerContext* tls = nullptr) {
    settings_.rules.hostname = "gate.a.example";
    settings_.rules.max_message_bytes = 50'000'000;
    settings_.rules.patience = patience;
    settings_.tls = tls;
    settings_.receivers = [this] { return room.receiver(); };
    auto pair = test::socket_pair();
    client = Transport::accepted(loop, std::move(pair.left), heard);
    server = std::make_unique<SmtpServerConnection>(
        loop, Accepted{std::move(pair.right), {}, {}, {}}, settings_,
        [this](SmtpServerConnection&) { loop.defer_destroy(std::move(server)); });
  }

  bool hears(std::string_view text) {
    return run_until(loop, [&] { return heard.received.find(text) != std::string::npos; });
  }
  void turns() {
    for (int i = 0; i < 10; ++i)
      loop.run_once(1ms);
  }
  // Says `text` every few milliseconds until the server ends the session.
  void drip(std::string_view text) {
    auto next = std::chrono::steady_clock::now();
    while (!heard.ended && heard.closings == 0) {
      loop.run_once(5ms);
      if (std::chrono::steady_clock::now() < next) continue;
      client->send(text);
      next += 5ms;
    }
  }
  void begin_body() {
    client->send("EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@a.example>\r\nDATA\r\n");
    ASSERT_TRUE(hears("354 "));
  }

  EventLoop loop;
  Mailroom room;
  Recorder heard;
  std::unique_ptr<Transport> client;
  std::unique_ptr<SmtpServerConnection> server;

 private:
  SmtpServerSettings settings_;
};

TEST(SmtpServerConnection, TakesPipelinedMessages) {
  Session s;
  s.client->send(
      "EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@a.example>\r\n"
      "RCPT TO:<refused@c.example>\r\nDATA\r\none\r\n.\r\n"
      "MAIL FROM:<>\r\nRCPT TO:<d@a.example>\r\nDATA\r\n..two\r\n.\r\nQUIT\r\n");
  ASSERT_TRUE(s.hears("221 "));
  const auto mails = s.room.mails();
  ASSERT_EQ(mails.size(), 2u);
  EXPECT_EQ(mails[0].body, "one\r\n");
  EXPECT_EQ(mails[0].recipients.size(), 1u);
  EXPECT_EQ(mails[0].session.hello, "c.example");
  EXPECT_TRUE(mails[0].session.extended);
  EXPECT_EQ(mails[1].body, ".two\r\n");
  EXPECT_FALSE(mails[1].command.sender);
  EXPECT_TRUE(run_until(s.loop, [&] { return s.heard.ended; }));
  s.client->finish();
  EXPECT_TRUE(run_until(s.loop, [&] { return s.server == nullptr; }));
}

TEST(SmtpServerConnection, NeverAnswersBeforeTheCommit) {
  Session s;
  s.room.hold_answers = true;
  s.begin_body();
  s.client->send("x\r\n.\r\nNOOP\r\n");
  ASSERT_TRUE(run_until(s.loop, [&] { return s.room.held() == 1; }));
  s.turns();
  EXPECT_EQ(s.heard.received.find("250 2.0.0"), std::string::npos);
  std::thread committer(s.room.take_held());
  committer.join();
  EXPECT_TRUE(s.hears("250 2.0.0 kept on stable storage as 00ff\r\n250 2.0.0 ok\r\n"));
}

TEST(SmtpServerConnection, WaitsForDecisionsOfAnotherThread) {
  Session s;
  s.room.hold_recipients = true;
  s.client->send(
      "EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@a.example>\r\n"
      "RCPT TO:<refused@c.example>\r\nRCPT TO:<d@a.example>\r\nNOOP\r\n");
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(run_until(s.loop, [&] { return s.room.held() == 1; })) << "one at a time";
    std::thread decider(s.room.take_held());
    decider.join();
  }
  ASSERT_TRUE(s.hears("250 2.0.0 ok"));
  EXPECT_NE(s.heard.received.find("250 2.1.5 recipient ok\r\n550 5.7.1"), std::string::npos);
}

TEST(SmtpServerConnection, DropsWhatWasBegunWhenTheClientIsLost) {
  Session s;
  s.begin_body();
  s.client->send("half a mess");
  s.turns();
  s.client->abort();
  ASSERT_TRUE(run_until(s.loop, [&] { return s.server == nullptr; }));
  EXPECT_EQ(s.room.count("reset"), 1u);
  EXPECT_EQ(s.room.count("end"), 0u);
}

TEST(SmtpServerConnection, LeavesACommitAloneWhenTheClientIsLost) {
  Session s;
  s.room.hold_answers = true;
  s.begin_body();
  s.client->send("x\r\n.\r\n");
  ASSERT_TRUE(run_until(s.loop, [&] { return s.room.held() == 1; }));
  auto answer = s.room.take_held();
  s.client->abort();
  s.turns();
  answer();  // Whether or not the connection is still there, this must be harmless.
  ASSERT_TRUE(run_until(s.loop, [&] { return s.server == nullptr; }));
  answer();
  EXPECT_EQ(s.room.count("reset"), 0u);
}

TEST(SmtpServerConnection, AnswersAClientThatClosesItsSideEarly) {
  Session s;
  s.room.hold_answers = true;
  s.begin_body();
  s.client->send("x\r\n.\r\n");
  s.client->finish();
  ASSERT_TRUE(run_until(s.loop, [&] { return s.room.held() == 1; }));
  s.room.take_held()();
  EXPECT_TRUE(run_until(s.loop, [&] { return s.server == nullptr; }));
}

TEST(SmtpServerConnection, GivesSlowOctetsOfACommandNoMoreTime) {
  Session s({.command = 100ms});
  s.drip("N");  // never a whole line
  EXPECT_NE(s.heard.received.find("421 4.4.2"), std::string::npos);
}

TEST(SmtpServerConnection, EndsABodyThatDoesNotMove) {
  Session s({.body_piece = 50ms});
  s.begin_body();
  EXPECT_TRUE(s.hears("421 4.4.2"));
  EXPECT_EQ(s.room.count("reset"), 1u);
}

TEST(SmtpServerConnection, EndsABodyThatComesTooSlowly) {
  Session s({.body_grace = 100ms, .least_body_bytes_per_second = 100'000});
  s.begin_body();
  s.drip("x\r\n");
  EXPECT_NE(s.heard.received.find("421 4.4.2"), std::string::npos);
  EXPECT_EQ(s.room.count("end"), 0u);
}

TEST(SmtpServerConnection, KeepsABodyThatIsFastEnough) {
  Session s({.body_grace = 30ms, .least_body_bytes_per_second = 1});
  s.begin_body();
  const auto end = std::chrono::steady_clock::now() + 200ms;
  while (std::chrono::steady_clock::now() < end) {
    s.client->send("x\r\n");
    s.loop.run_once(5ms);
  }
  s.client->send(".\r\n");
  EXPECT_TRUE(s.hears("250 2.0.0 kept"));
}

TEST(SmtpServerConnection, DrainsBetweenTwoMessages) {
  Session idle;
  ASSERT_TRUE(idle.hears("220 "));
  idle.server->drain();
  EXPECT_TRUE(idle.hears("421 4.3.2"));
  Session busy;
  busy.begin_body();
  busy.server->drain();
  busy.client->send("x\r\n.\r\n");
  EXPECT_TRUE(busy.hears("250 2.0.0 kept on stable storage as 00ff\r\n421 4.3.2"));
}

// STARTTLS injection: what came in clear behind STARTTLS has no effect under TLS.
TEST(SmtpServerConnection, StarttlsInjectionHasNoEffect) {
  const auto certificate = test::ServerCertificate::make();
  const auto server_tls = certificate.context();
  const auto client_tls = TlsClientContext::opportunistic();
  Session s({}, server_tls.get());
  s.client->send("EHLO c.example\r\n");
  ASSERT_TRUE(s.hears("250 STARTTLS"));
  s.client->send("STARTTLS\r\nEHLO e.example\r\nMAIL FROM:<e@b.example>\r\nRCPT TO:<c@a.ex");
  ASSERT_TRUE(s.hears("220 2.0.0"));
  s.turns();
  s.client->start_tls(*client_tls, "gate.a.example");
  ASSERT_TRUE(run_until(s.loop, [&] { return s.heard.tls.has_value(); }));
  s.heard.received.clear();
  s.client->send("NOOP\r\nRCPT TO:<c@a.example>\r\n");
  ASSERT_TRUE(s.hears("503 "));
  EXPECT_EQ(s.heard.received.find("250 2.0.0 ok\r\n503"), 0u);
  EXPECT_TRUE(s.room.events().empty());
  s.client->send(
      "EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@a.example>\r\nDATA\r\n"
      "x\r\n.\r\n");
  ASSERT_TRUE(s.hears("250 2.0.0 kept"));
  EXPECT_TRUE(s.room.mails().at(0).session.encrypted);
  EXPECT_EQ(s.room.mails().at(0).session.tls.substr(0, 5), "TLSv1");
}

TEST(SmtpServerConnection, EndsAHandshakeThatDoesNotCome) {
  const auto certificate = test::ServerCertificate::make();
  const auto server_tls = certificate.context();
  Session s({.tls = 50ms}, server_tls.get());
  s.client->send("EHLO c.example\r\nSTARTTLS\r\n");
  ASSERT_TRUE(s.hears("220 2.0.0"));
  s.client->send("\x16\x03\x01");
  EXPECT_TRUE(run_until(s.loop, [&] { return s.heard.ended || s.heard.closings > 0; }));
}

}  // namespace
}  // namespace culvert::node
