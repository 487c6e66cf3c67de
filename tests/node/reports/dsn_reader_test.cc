#include "node/reports/dsn_reader.h"

#include <gtest/gtest.h>

#include "crypto/base/limits.h"
#include "node/reports/dsn.h"

namespace culvert::node {
namespace {

// As Postfix 3.7 wrote it; parts that nobody reads are shortened.
constexpr std::string_view kPostfix =
    R"(Received: by edge.b.example (Postfix)
	id F1AACA72150; Tue, 24 Nov 2026 23:23:41 +0000 (UTC)
Date: Tue, 24 Nov 2026 23:23:41 +0000 (UTC)
From: Mail Delivery System <MAILER-DAEMON@edge.b.example>
Subject: Undelivered Mail Returned to Sender
To: culvert-tunnel+0123456789abcdef0123456789abcdef@a.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="E7B1CA7214D.1795562621/edge.b.example"
Content-Transfer-Encoding: 8bit
Message-Id: <20261124232341.F1AACA72150@edge.b.example>

This is a MIME-encapsulated message.

--E7B1CA7214D.1795562621/edge.b.example
Content-Description: Notification
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

This is the mail system at host edge.b.example.

<bob@b.example>: host 127.0.0.1[127.0.0.1] said: 550 5.1.1 <bob@b.example>:
    Recipient address rejected: User unknown (in reply to RCPT TO command)

--E7B1CA7214D.1795562621/edge.b.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; edge.b.example
X-Postfix-Queue-ID: E7B1CA7214D
X-Postfix-Sender: rfc822; culvert-tunnel+0123456789abcdef0123456789abcdef@a.example
Arrival-Date: Tue, 24 Nov 2026 23:23:41 +0000 (UTC)

Final-Recipient: rfc822; Carol@b.example
Original-Recipient: rfc822;Carol@b.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; 127.0.0.1
Diagnostic-Code: smtp; 550 5.1.1 <Carol@b.example>: Recipient address rejected:
    User unknown

Final-Recipient: rfc822; bob@b.example
Original-Recipient: rfc822;bob@b.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; 127.0.0.1
Diagnostic-Code: smtp; 550 5.1.1 <bob@b.example>: Recipient address rejected:
    User unknown

--E7B1CA7214D.1795562621/edge.b.example
Content-Description: Undelivered Message
Content-Type: message/rfc822
Content-Transfer-Encoding: 8bit

From: Alice <alice@a.example>

--E7B1CA7214D.1795562621/edge.b.example--
)";

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

// A report with one recipient, whose fields are `group`.
std::string report(std::string_view group,
                   std::string_view top = "multipart/report; report-type=delivery-status",
                   std::string_view second = "message/delivery-status") {
  return with_crlf("Content-Type: " + std::string(top) +
                   "; boundary=x\n\n--x\n\ntext\n\n--x\nContent-Type: " + std::string(second) +
                   "\n\nReporting-MTA: dns; mx\n\n" + std::string(group) + "\n--x--\n");
}

constexpr std::string_view kOne =
    "Final-Recipient: rfc822; jo@b.example\nAction: failed\nStatus: 5.7.1\n";

std::string status_in(std::string_view status) {
  const auto read = read_dsn(report("Final-Recipient: rfc822; jo@b.example\nAction: failed\n" +
                                    std::string(status) + "\n"));
  return read.ok() ? read->front().status : read.error().code;
}

bool is_report(const std::string& message) { return read_dsn(message).ok(); }

TEST(DsnReader, ReadsAReportOfPostfix) {
  const auto read = read_dsn(with_crlf(kPostfix));
  ASSERT_TRUE(read.ok()) << read.error().text;
  const Mailbox carol = *Mailbox::parse("Carol@b.example");
  const Mailbox bob = *Mailbox::parse("bob@b.example");
  EXPECT_EQ(*read, (std::vector<ReportedRecipient>{{carol, carol, true, "5.1.1"},
                                                   {bob, bob, true, "5.1.1"}}));
}

TEST(DsnReader, ReadsOurOwnReport) {
  DsnRequest request{"gate.b.example",
                     *Domain::parse("b.example"),
                     *Mailbox::parse("x@a.example"),
                     "",
                     "culvert-0123",
                     "id@gate.b.example",
                     {},
                     {},
                     {{*Mailbox::parse("jürgen@b.example"), "rfc822;jo@b.example", "4.4.7",
                       "not delivered in time", ""}},
                     "From: jo@a.example\r\n",
                     DsnRequest::Original::sealed};
  const auto read = read_dsn(as_text(make_dsn(request)));
  ASSERT_TRUE(read.ok()) << read.error().text;
  EXPECT_EQ(*read,
            (std::vector<ReportedRecipient>{{*Mailbox::parse("jürgen@b.example"),
                                             *Mailbox::parse("jo@b.example"), true, "4.4.7"}}));
}

TEST(DsnReader, TakesNothingOfAStatusThatIsNoCode) {
  EXPECT_EQ(status_in("Status: 5.7.1"), "5.7.1");
  EXPECT_EQ(status_in("Status: 4.4.7 (expired)"), "4.4.7");
  EXPECT_EQ(status_in("Status: 5.0.999"), "5.0.999");
  for (const char* wrong :
       {"Status:", "X: 1", "Status: 2.0.0", "Status: 5.1", "Status: 5.1.1.1", "Status: 5.1.1x",
        "Status: 5.1000.1", "Status: 5.01.1", "Status: x <b>canary</b>", "Status: 6.1.1"}) {
    EXPECT_EQ(status_in(wrong), "5.0.0") << wrong;
  }
}

TEST(DsnReader, TellsADelayFromAFailure) {
  for (const char* action : {"delayed", "delivered", "relayed", "expanded", "failed-not"}) {
    const auto read =
        read_dsn(report("Final-Recipient: rfc822; jo@b.example\nAction: " + std::string(action) +
                        "\nStatus: 4.4.7\n"));
    ASSERT_TRUE(read.ok());
    EXPECT_FALSE(read->front().failed) << action;
  }
  EXPECT_TRUE(
      read_dsn(report("FINAL-RECIPIENT: RFC822;<jo@b.example>\naction: Failed\n"))->front().failed);
}

TEST(DsnReader, KeepsARecipientWhoseAddressItCannotRead) {
  const auto read =
      read_dsn(report("Final-Recipient: x400; /C=US/S=jo/\nAction: failed\nStatus: 5.1.1\n"));
  ASSERT_TRUE(read.ok());
  EXPECT_FALSE(read->front().final_recipient.has_value());
}

TEST(DsnReader, RefusesWhatIsNoDeliveryReport) {
  EXPECT_TRUE(is_report(report(kOne)));
  EXPECT_FALSE(is_report(""));
  EXPECT_FALSE(is_report("Subject: Undeliverable\r\n\r\nAction: failed\r\n"));
  EXPECT_FALSE(is_report(report(kOne, "multipart/mixed; report-type=delivery-status")));
  EXPECT_FALSE(is_report(report(kOne, "multipart/report; report-type=disposition-notification")));
  EXPECT_FALSE(is_report(report(kOne, "multipart/report")));
  EXPECT_FALSE(
      is_report(report(kOne, "multipart/report; report-type=delivery-status; boundary=y")));
  EXPECT_FALSE(
      is_report(report(kOne, "multipart/report; report-type=delivery-status", "message/rfc822")));
  EXPECT_FALSE(is_report(report(kOne, "multipart/report; report-type=delivery-status",
                                "message/delivery-status\nContent-Transfer-Encoding: base64")));
  EXPECT_FALSE(is_report(report("")));
}

TEST(DsnReader, RefusesARecipientOfWhomItSaysTwoThings) {
  EXPECT_FALSE(is_report(report(std::string(kOne) + "Action: delivered\n")));
  EXPECT_FALSE(is_report(report(std::string(kOne) + "Final-Recipient: rfc822; x@b.example\n")));
  EXPECT_FALSE(is_report(report(std::string(kOne) + "Status: 5.1.1\n")));
  EXPECT_FALSE(is_report(report("Action: failed\nStatus: 5.1.1\n")));
}

TEST(DsnReader, RefusesAStatusPartThatIsCutOffAnywhere) {
  const std::string whole = report(kOne);
  // Without its last line end the closing delimiter is still one.
  for (std::size_t length = 0; length + 2 < whole.size(); ++length) {
    EXPECT_FALSE(is_report(whole.substr(0, length))) << length;
  }
}

TEST(DsnReader, ReadsTheFrontOfAReportHoweverLargeTheReturnedMessageIs) {
  std::string large = report(kOne);
  large.replace(large.rfind("--x--"), 5, "--x\r\n\r\n" + std::string(3 * kMaxDsnBytes, 'x'));
  EXPECT_TRUE(is_report(large));
  std::string late = report(kOne);
  late.replace(late.find("text"), 4, std::string(kMaxDsnBytes, 'x'));
  EXPECT_FALSE(is_report(late));
}

TEST(DsnReader, TakesAThousandRecipientsAndNoMore) {
  std::string groups;
  for (std::size_t i = 0; i < kMaxRecipients; ++i)
    groups += std::string(kOne) + "\n";
  const auto read = read_dsn(report(groups));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->size(), kMaxRecipients);
  EXPECT_FALSE(is_report(report(groups + std::string(kOne))));
}

}  // namespace
}  // namespace culvert::node
