// Named attack: Mailsploit. A user of the peer's writes from one address of its domain that some
// programs show as another's; what is no address makes no author.
#include "peering/tunnel_mark.h"

#include <gtest/gtest.h>

#include "tests/peering/test_node.h"

namespace culvert::peering {
namespace {

// A (a.example, a2.example) and C (c.example) are peers of B (b.example).
class TunnelMarkTest : public testing::Test {
 protected:
  RouteHolder holder(const Fingerprint& peer) const {
    RouteHolder out;
    out.peer = peer;
    out.route_state = store::RouteState::active;
    out.in_force = true;
    return out;
  }

  // Mail that A's people wrote, with this header.
  OpenedTunnelMail marked(const std::string& header) {
    const auto holders = [this](const Domain& of) -> Result<std::vector<RouteHolder>> {
      const std::string text = of.text();
      if (text == "a.example" || text == "a2.example") return std::vector{holder(a_.fingerprint())};
      if (text == "c.example") return std::vector{holder(c_.fingerprint())};
      return std::vector<RouteHolder>();
    };
    OpenedTunnelMail mail{.envelope = {.from = domain("a.example"),
                                       .to = domain("b.example"),
                                       .origin = SealedOrigin::inside},
                          .peer = a_.fingerprint(),
                          .signer = a_.signing().certificate,
                          .cipher = "aes256-gcm"};
    const Status set =
        set_mark(header, {b_.ring(), b_.domains(), b_.now(), b_.now(), holders, {}}, mail);
    EXPECT_TRUE(set.ok()) << header;
    return mail;
  }

  TestNode a_{"gate.a.example", {"a.example"}};
  TestNode b_{"gate.b.example", {"b.example"}};
  TestNode c_{"gate.c.example", {"c.example"}};
};

TEST_F(TunnelMarkTest, MailsploitOfAPeersUser) {
  for (const char* from : {
           "=?utf-8?q?ceo=40b.example?=@a.example",
           "<=?utf-8?q?ceo=40b.example=00?=@a.example>",
           "<=?utf-8?b?Y2VvQGIuZXhhbXBsZQ==?=@a.example>",
           "\"ceo@b.example\"@a.example",
           "Alice <\"ceo@b.example\"@a.example>",
           "<\"x@c.example\"@a.example>",
           "<\"ceo@b.example> \"@a.example>",
           "<=?iso-8859-1*en?Q?x=40C.Example=20?=@a.example>",
           "<ceo\xef\xbc\xa0"
           "b.example@a.example>",
           "ceo@b.example: bob@a.example;",
           "bob@a.example, (x) ceo@b.example",
           "Team: bob@a.example, ceo@b.example;",
       }) {
    const OpenedTunnelMail mail = marked("From: " + std::string(from) + "\r\n");
    EXPECT_EQ(mail.mark, SignedMark::relay) << from;
    EXPECT_TRUE(mail.expected_tunnel) << from;
  }
}

// That a domain has no tunnel does not make its people the peer's.
TEST_F(TunnelMarkTest, MailsploitInTheNameOfADomainWithoutATunnel) {
  for (const char* from :
       {"<\"ceo@d.example\"@a.example>", "<=?utf-8?q?ceo=40d.example?=@a.example>"}) {
    const OpenedTunnelMail mail = marked("From: " + std::string(from) + "\r\n");
    EXPECT_EQ(mail.mark, SignedMark::relay) << from;
    EXPECT_EQ(mail.why, "From names other domains") << from;
  }
}

TEST_F(TunnelMarkTest, WhatAPeersPeopleWriteStaysTheirOwn) {
  for (const char* fields : {
           "From: bob@a.example\r\n",
           "From: \"ceo@b.example\" <bob@a.example>\r\n",
           "From: \"Bob @ Work\" <bob@a.example>\r\n",
           "From: =?utf-8?q?B=C3=B6b?= <bob+x=b.example@A.example>\r\n",
           "From: \"bob smith\"@a.example\r\n",
           "From: <\"bob@a2.example\"@a.example>\r\n",
           "From: bob%b.example@a.example\r\n",
           // What cron and old programs write, and a group of one.
           "From: root@a.example (Cron Daemon)\r\n",
           "From: (Bob) bob@a.example\r\n",
           "From: Bob (the (inner) desk) <bob@a.example>\r\n (x)\r\n",
           "From: Team: bob@a.example;\r\n",
       }) {
    EXPECT_EQ(marked(fields).mark, SignedMark::yes) << fields;
  }
}

// RFC 5322, 3.6.2 and 3.6.6: they name who sent the mail, and make no author (tunnel_mark.h).
TEST_F(TunnelMarkTest, SenderAndResentFromAreNotTheAuthor) {
  for (const char* field : {"Sender", "Resent-From", "Resent-Sender", "Reply-To"}) {
    const std::string others = std::string(field) + ": ceo@b.example\r\n";
    EXPECT_EQ(marked("From: bob@a.example\r\n" + others).mark, SignedMark::yes) << field;
    EXPECT_EQ(marked(others).mark, SignedMark::relay) << field;
  }
}

}  // namespace
}  // namespace culvert::peering
