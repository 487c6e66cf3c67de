#include "node/reports/dsn.h"

#include <gtest/gtest.h>

#include "crypto/mime/entity.h"
#include "crypto/mime/header.h"

namespace culvert::node {
namespace {

DsnRequest request() {
  return {"gate.a.example",
          *Domain::parse("a.example"),
          *Mailbox::parse("jo@a.example"),
          "env1",
          "culvert-0123",
          "id@gate.a.example",
          from_unix(1'772'366'400),
          from_unix(1'772'370'000),
          {{*Mailbox::parse("ann@b.example"), "rfc822;ann@b.example", "5.1.1",
            "550 5.1.1 no such user", "mx.b.example [192.0.2.1]:25"}},
          "From: jo@a.example\r\nSubject: merger\r\nX-Other: 1\r\n",
          DsnRequest::Original::clear};
}

TEST(Dsn, IsAMultipartReportThatNamesTheFailure) {
  const std::string text = to_text(make_dsn(request()));
  const std::string header = text.substr(0, text.find("\r\n\r\n") + 2);
  const auto kind = crypto::entity_kind(header);
  ASSERT_TRUE(kind.has_value());
  EXPECT_EQ(kind->type.media_type, "multipart/report");
  EXPECT_EQ(kind->type.parameter("report-type"), "delivery-status");
  EXPECT_NE(text.find("Final-Recipient: rfc822; ann@b.example\r\nAction: failed\r\nStatus: 5.1.1"),
            std::string::npos);
  EXPECT_NE(text.find("Original-Envelope-Id: env1\r\n"), std::string::npos);
  EXPECT_NE(text.find("Diagnostic-Code: smtp; 550 5.1.1 no such user"), std::string::npos);
  EXPECT_TRUE(text.ends_with("--culvert-0123--\r\n"));
  EXPECT_EQ(text.find("X-Other"), std::string::npos);
}

// Named attack: Bounce leak.
TEST(Dsn, BounceLeakIsStoppedByMaskingTheSubject) {
  DsnRequest sealed = request();
  sealed.original = DsnRequest::Original::sealed;
  const std::string text = to_text(make_dsn(sealed));
  EXPECT_EQ(text.find("merger"), std::string::npos);
  EXPECT_NE(text.find("Subject: [...]"), std::string::npos);
  EXPECT_NE(to_text(make_dsn(request())).find("Subject: merger"), std::string::npos);
}

// Named attack: Header injection.
TEST(Dsn, HeaderInjectionByAReplyOfTheNextHopIsMadeHarmless) {
  DsnRequest evil = request();
  evil.recipients[0].reply = "550 x\r\n\r\n--culvert-0123--\r\n";
  evil.recipients[0].orcpt = "rfc822;x\r\nAction: delivered";
  evil.envid = "x\r\nReporting-MTA: dns; evil";
  const std::string text = to_text(make_dsn(evil));
  EXPECT_EQ(text.find("\r\nAction: delivered"), std::string::npos);
  EXPECT_EQ(text.find("\r\nReporting-MTA: dns; evil"), std::string::npos);
  EXPECT_EQ(text.find("\r\n--culvert-0123--\r\n"), text.size() - 20);
}

}  // namespace
}  // namespace culvert::node
