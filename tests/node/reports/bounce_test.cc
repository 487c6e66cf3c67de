// Who is told of a failure, and who must not be.
#include "node/reports/bounce.h"

#include <gtest/gtest.h>

#include "node/intake/unsealed.h"
#include "tests/node/flow/fixture.h"

namespace culvert::node {
namespace {

class BounceTest : public FlowTest {
 protected:
  // A stored message from `sender`, with one entry.
  store::Message stored(const std::string& sender) {
    return stored_with(sender, "Subject: merger\r\n\r\nsecret\r\n");
  }
  store::Message stored_with(const std::string& sender, const std::string& text) {
    store::Message message;
    message.id = store::MessageId::make(kStart);
    message.received = kStart;
    if (!sender.empty()) message.sender = *Mailbox::parse(sender);
    store::BodyWriter writer(*db, message.id);
    EXPECT_TRUE(writer.write(as_bytes(text)).ok());
    auto body = writer.finish();
    message.body = body->ref();
    entry.id = {message.id, 0};
    entry.recipients = {{*Mailbox::parse("x@b.example"), {}, {}}};
    EXPECT_TRUE(db->write([&](store::WriteTransaction& txn) {
                    return store::put_message(txn, message, *body, {entry});
                  }).ok());
    return message;
  }

  std::optional<BouncePlan> plan(const store::Message& message, const char* to = "x@b.example") {
    auto made =
        plan_bounce(context, entry, message, {{*Mailbox::parse(to), "", "5.1.1", "550 no", "mx"}});
    EXPECT_TRUE(made.ok());
    return *std::move(made);
  }

  std::string report_of(const BouncePlan& made) {
    EXPECT_TRUE(db->write([&](store::WriteTransaction& txn) {
                    return put_bounce(txn, made, kStart);
                  }).ok());
    return stored_body(made.message.id);
  }

  void active_route(const char* domain, std::uint8_t peer) {
    store::Route route{.domain = *Domain::parse(domain), .peer = store::fingerprint(peer)};
    route.state = store::RouteState::active;
    route.active_since = kStart;
    ASSERT_TRUE(db->write([&](store::WriteTransaction& txn) {
                    store::put_route(txn, route);
                    return done();
                  }).ok());
    ASSERT_TRUE(routing.refresh().ok());
  }

  store::QueueEntry entry;
};

TEST_F(BounceTest, TellsTheSenderInside) {
  const auto made = plan(stored("jo@a.example"));
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->entry.path, store::DeliveryPath::inside);
  EXPECT_FALSE(made->message.sender.has_value());
  const std::string report = report_of(*made);
  EXPECT_NE(report.find("Subject: merger"), std::string::npos);
  EXPECT_EQ(report.find("secret"), std::string::npos);
}

// This node's own fields stand on top of a header that was as large as it may be.
TEST_F(BounceTest, QuotesTheLargestHeaderThatWasTaken) {
  std::string text;
  for (int i = 0; i < 1999; ++i)
    text += "X-Field: " + std::to_string(i) + "\r\n";
  auto message = stored_with("jo@a.example", text + "Subject: the last\r\n\r\nsecret\r\n");
  message.added_header = "Received: from x\r\n\tby y; z\r\nX-Added: 1\r\nX-Added: 2\r\n";
  const std::string report = report_of(*plan(message));
  EXPECT_NE(report.find("Subject: the last"), std::string::npos);
}

TEST_F(BounceTest, NeverReportsAReport) {
  EXPECT_FALSE(plan(stored("")).has_value());
  store::Message report = stored("");
  report.opened = store::OpenedContext{store::fingerprint(1), *Mailbox::parse("jo@b.example"), ""};
  EXPECT_FALSE(plan(report).has_value());
}

// Named attack: Bounce leak.
TEST_F(BounceTest, BounceLeakOfMailForTheTunnelIsMasked) {
  entry.path = store::DeliveryPath::tunnel;
  const auto made = plan(stored("jo@a.example"));
  ASSERT_TRUE(made.has_value());
  const std::string report = report_of(*made);
  EXPECT_EQ(report.find("merger"), std::string::npos);
  EXPECT_NE(report.find("Subject: [...]"), std::string::npos);
}

TEST_F(BounceTest, TellsNobodyOutsideTheTunnelOfOpenedMail) {
  store::Message opened = stored("jo@b.example");
  opened.opened =
      store::OpenedContext{store::fingerprint(1), *Mailbox::parse("jo@b.example"), "x@b.example"};
  EXPECT_FALSE(plan(opened).has_value());
}

// The outer MAIL FROM of tunnel mail is nobody's word: only the peer's own node may be told.
TEST_F(BounceTest, TellsNobodyElseAtThePeerOfOpenedMail) {
  active_route("b.example", 1);
  store::Message opened = stored("list@lists.example");
  opened.opened = store::OpenedContext{store::fingerprint(1), *Mailbox::parse("list@lists.example"),
                                       "victim@b.example"};
  EXPECT_FALSE(plan(opened).has_value());
  opened.opened->carrier = "culvert-tunnel+" + std::string(32, '0') + "@b.example";
  const auto told = plan(opened);
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->entry.path, store::DeliveryPath::tunnel);
  EXPECT_EQ(told->entry.recipients.front().mailbox.text(), opened.opened->carrier);
  opened.opened->sealed_sender = *Mailbox::parse("jo@b.example");
  EXPECT_EQ(plan(opened)->entry.recipients.front().mailbox.text(), "jo@b.example");
}

// The peer may know only one of our domains: a report under another would wait there for ever.
TEST_F(BounceTest, SpeaksForTheDomainOfTheRecipientReport) {
  config.node.domains.push_back(*Domain::parse("a2.example"));
  live_config.set(std::make_shared<Config>(config));
  active_route("b.example", 1);
  store::Message opened = stored("jo@b.example");
  opened.opened = store::OpenedContext{store::fingerprint(1), *Mailbox::parse("jo@b.example"), ""};
  const auto made = plan(opened, "x@a2.example");
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->message.from_domain, "a2.example");
  EXPECT_NE(report_of(*made).find("From: Mail gateway <postmaster@a2.example>"), std::string::npos);
  EXPECT_EQ(plan(opened, "x@b.example")->message.from_domain, "a.example");
}

// Named attack: a stranger's words under our signature. Whoever mails in clear under the name of a
// peer's user must not have our seal on what he says to that user.
TEST_F(BounceTest, AStrangersWordsUnderOurSignature) {
  active_route("b.example", 1);
  store::Message message = stored_with(
      "ceo@b.example",
      "From: CALL +1 555 <x@evil.example>\r\nTo: CALL +1 555\r\nCc: CALL +1 555\r\n"
      "Subject: CALL +1 555\r\nMessage-ID: <CALL+1555@evil.example>\r\nDate: CALL +1 555\r\n\r\n");
  message.envid = "CALL+2B1";
  for (const auto origin : {store::Origin::passed, store::Origin::unset}) {
    message.origin = origin;
    for (const bool opened : {false, true}) {
      message.opened.reset();
      if (opened) {
        message.opened =
            store::OpenedContext{store::fingerprint(1), *Mailbox::parse("ceo@b.example"), ""};
      }
      auto made = plan_bounce(context, entry, message,
                              {{*Mailbox::parse("x@a.example"), "rfc822;CALL+2B1@a.example",
                                "5.7.1", "550 5.7.1 CALL +1 555", "CALL.evil.example"}});
      ASSERT_TRUE(made.ok() && *made);
      EXPECT_EQ((*made)->entry.path, store::DeliveryPath::tunnel);
      const std::string report = report_of(**made);
      EXPECT_EQ(report.find("CALL"), std::string::npos) << report;
      EXPECT_EQ(report.find("evil"), std::string::npos) << report;
      EXPECT_NE(report.find("Final-Recipient: rfc822; x@a.example\r\nAction: failed\r\n"
                            "Status: 5.7.1\r\n"),
                std::string::npos)
          << report;
    }
  }
}

// What our own people, or the peer's, wrote is given back as before.
TEST_F(BounceTest, AStrangersWordsAreToldFromOurPeoples) {
  active_route("b.example", 1);
  store::Message message = stored_with("jo@b.example", "From: jo@b.example\r\nTo: x\r\n\r\n");
  message.origin = store::Origin::inside;
  message.envid = "E1";
  entry.path = store::DeliveryPath::inside;
  for (const bool opened : {false, true}) {
    if (opened) {
      message.opened =
          store::OpenedContext{store::fingerprint(1), *Mailbox::parse("jo@b.example"), ""};
    }
    const std::string report = report_of(*plan(message));
    EXPECT_NE(report.find("From: jo@b.example\r\nTo: x\r\n"), std::string::npos);
    EXPECT_NE(report.find("Original-Envelope-Id: E1"), std::string::npos);
    EXPECT_NE(report.find("550 no"), std::string::npos);
  }
}

// A stranger's server answers mail that our people sent under a peer's address.
TEST_F(BounceTest, AStrangersWordsInTheAnswerOfHisServer) {
  active_route("b.example", 1);
  store::Message message = stored_with("jo@b.example", "From: jo@a.example\r\nTo: x\r\n\r\n");
  message.origin = store::Origin::inside;
  for (const auto path : {store::DeliveryPath::clear, store::DeliveryPath::tunnel}) {
    entry.path = path;
    for (const char* said : {"550 5.1.1 CALL +1 555", "554 CALL\r\nX: CALL", "451 4.4.1 CALL"}) {
      auto made =
          plan_bounce(context, entry, message,
                      {{*Mailbox::parse("x@c.example"), "", "5.1.1", said, "CALL.evil.example"},
                       {*Mailbox::parse("y@c.example"), "", "4.4.7",
                        "not delivered in time; last: " + std::string(said), ""}});
      ASSERT_TRUE(made.ok() && *made);
      EXPECT_EQ((*made)->entry.path, store::DeliveryPath::tunnel);
      const std::string report = report_of(**made);
      EXPECT_EQ(report.find("CALL"), std::string::npos) << report;
      EXPECT_EQ(report.find("evil"), std::string::npos) << report;
      EXPECT_NE(report.find("Final-Recipient: rfc822; x@c.example\r\nAction: failed\r\n"
                            "Status: 5.1.1\r\n"),
                std::string::npos)
          << report;
      EXPECT_NE(report.find("From: jo@a.example"), std::string::npos) << report;
    }
  }
  // Nobody's signature is on what goes to others, or stays inside.
  entry.path = store::DeliveryPath::clear;
  for (const char* sender : {"jo@c.example", "jo@a.example"}) {
    message.sender = *Mailbox::parse(sender);
    EXPECT_NE(report_of(*plan(message)).find("550 no"), std::string::npos) << sender;
  }
}

// The clear way may become the tunnel while the report waits.
TEST_F(BounceTest, AStrangersWordsStayAwayWhereARouteIsBeingMade) {
  store::Route claim{.domain = *Domain::parse("b.example"), .peer = store::fingerprint(1)};
  claim.state = store::RouteState::proving;
  ASSERT_TRUE(db->write([&](store::WriteTransaction& txn) {
                  store::put_route(txn, claim);
                  return done();
                }).ok());
  ASSERT_TRUE(routing.refresh().ok());
  store::Message message = stored("ceo@b.example");
  message.origin = store::Origin::passed;
  const auto made = plan(message);
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->entry.path, store::DeliveryPath::clear);
  EXPECT_EQ(report_of(*made).find("merger"), std::string::npos);
  // Nobody's signature is on what goes to others.
  message.sender = *Mailbox::parse("jo@c.example");
  EXPECT_NE(report_of(*plan(message)).find("merger"), std::string::npos);
}

// Named attack: Borrowed trust.
TEST_F(BounceTest, BorrowedTrustOfAReport) {
  active_route("b.example", 1);
  store::Message message = stored("jo@b.example");
  using store::Origin;
  const std::pair<Origin, Origin> cases[] = {{Origin::inside, Origin::node},
                                             {Origin::passed, Origin::passed},
                                             {Origin::unset, Origin::passed}};
  for (const auto& [origin, expected] : cases) {
    message.origin = origin;
    EXPECT_EQ(plan(message)->message.origin, expected);
  }
  message.opened = store::OpenedContext{store::fingerprint(1), *Mailbox::parse("jo@b.example"), ""};
  EXPECT_EQ(plan(message)->message.origin, Origin::node);
  const auto came_back =
      plan_bounce_of_sent(context, {.message = message.id, .sender = message.sender},
                          {{*Mailbox::parse("x@c.example"), "rfc822;CALL", "5.1.1", "CALL", ""}});
  ASSERT_TRUE(came_back.ok() && *came_back);
  EXPECT_EQ((*came_back)->message.origin, Origin::passed);
  EXPECT_EQ(report_of(**came_back).find("CALL"), std::string::npos);
}

// Named attack: Relay phishing, without any seal.
TEST_F(BounceTest, ExpectsTheTunnelWhereverItsDomainStandsInFrom) {
  active_route("b.example", 1);
  const GateRules rules{"gate.a.example", GateRules::Bcc::keep, std::nullopt};
  const auto expected = [&](const std::string& header) {
    const HeaderFacts facts = facts_of(crypto::fields_of(header), rules);
    return unsealed_outcome(context, {}, facts).expected == Outcome::Expected::tunnel;
  };
  for (const char* from :
       {"ceo@b.example", "\"CEO\" <ceo@B.example> (x)", "x@c.example, ceo@b.example",
        "ceo@b.example <x@c.example>", "(ceo@b.example) x@c.example"}) {
    EXPECT_TRUE(expected("From: " + std::string(from) + "\r\n")) << from;
  }
  EXPECT_TRUE(expected("From: x@c.example\r\nFrom: ceo@b.example\r\n"));
  EXPECT_FALSE(expected("From: x@c.example\r\nSubject: ceo@b.example\r\n"));
}

// Named attack: Two readers. What people read as the author's address counts; what stands in a name
// only is told apart, because mailing lists write it.
TEST_F(BounceTest, TwoReadersOfFromExpectTheSameTunnel) {
  active_route("b.example", 1);
  const GateRules rules{"gate.a.example", GateRules::Bcc::keep, std::nullopt};
  const auto why = [&](const std::string& from, const store::Message& message = {}) {
    const std::string header = "From: " + from + "\r\n";
    const HeaderFacts facts = facts_of(crypto::fields_of(header), rules);
    const Outcome outcome = unsealed_outcome(context, message, facts);
    EXPECT_EQ(outcome.expected == Outcome::Expected::tunnel, !outcome.why.empty());
    return outcome.why;
  };
  for (const char* from : {"ceo\xef\xbc\xa0"
                           "b.example",
                           "ceo@b.exa\xe2\x80\x8bmple", "ceo@b.example\x80",
                           "ceo@b\xe3\x80\x82"
                           "example",
                           "=?utf-8?q?ceo=40b.example?="}) {
    EXPECT_EQ(why(from), "not sealed") << from;
  }
  for (const char* from :
       {"\"bob@b.example via List\" <list@c.example>", "=?utf-8?q?ceo=40b.example?= <x@c.example>",
        "x@c.example (ceo@b.example)", "=?utf-7?b?Y2VvK0FFQS1iLmV4YW1wbGU=?= <x@c.example>"}) {
    EXPECT_EQ(why(from), "display-name") << from;
  }
  store::Message of_b;
  of_b.sender = *Mailbox::parse("jo@b.example");
  EXPECT_EQ(why("\"bob@b.example\" <list@c.example>", of_b), "not sealed");
  EXPECT_EQ(why("x@c.example"), "");
}

}  // namespace
}  // namespace culvert::node
