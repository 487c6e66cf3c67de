#include "node/smtp/command.h"

#include <gtest/gtest.h>

#include "node/smtp/limits.h"
#include "node/smtp/parameters.h"

namespace culvert::node {
namespace {

Mailbox mailbox(std::string_view text) { return *Mailbox::parse(text); }

TEST(SmtpCommand, ReadsVerbAndArgument) {
  struct Case {
    std::string_view line;
    Verb verb;
    std::string_view argument;
  };
  const Case cases[] = {
      {"EHLO mx.b.example", Verb::ehlo, "mx.b.example"},
      {"ehlo   mx.b.example  ", Verb::ehlo, "mx.b.example"},
      {"Mail FROM:<>", Verb::mail, "FROM:<>"},
      {"DATA", Verb::data, ""},
      {"DATA ", Verb::data, ""},
      {"DATA x", Verb::data, "x"},
      {"DATAX", Verb::unknown, ""},
      {"", Verb::unknown, ""},
      {" NOOP", Verb::unknown, "NOOP"},
      {"GET / HTTP/1.1", Verb::foreign, "/ HTTP/1.1"},
      {"STARTTLS", Verb::starttls, ""},
      {"Subject: hello", Verb::unknown, "hello"},
  };
  for (const Case& c : cases) {
    const Command command = parse_command(c.line);
    EXPECT_EQ(command.verb, c.verb) << c.line;
    EXPECT_EQ(command.argument, c.argument) << c.line;
  }
}

TEST(SmtpCommand, KnowsNoCommandWithAControlCharacter) {
  EXPECT_EQ(parse_command("NOOP\t").verb, Verb::unknown);
  EXPECT_EQ(parse_command(std::string_view("NOOP\0", 5)).verb, Verb::unknown);
  EXPECT_EQ(parse_command("MAIL FROM:<a@b.example>\x7f").verb, Verb::unknown);
}

TEST(SmtpCommand, ReadsSendersWithParameters) {
  const auto parsed = parse_mail(
      "FROM:<jane@a.example> SIZE=1234 BODY=8bitmime SMTPUTF8 RET=HDRS ENVID=QQ+2B314159");
  ASSERT_TRUE(std::holds_alternative<MailCommand>(parsed));
  const auto& mail = std::get<MailCommand>(parsed);
  EXPECT_EQ(mail.sender, mailbox("jane@a.example"));
  EXPECT_EQ(mail.parameters.size_bytes, 1234u);
  EXPECT_EQ(mail.parameters.body, BodyKind::eight_bit_mime);
  EXPECT_TRUE(mail.parameters.smtputf8);
  EXPECT_EQ(mail.parameters.ret, Ret::hdrs);
  EXPECT_EQ(mail.parameters.envid, "QQ+2B314159");
}

TEST(SmtpCommand, ReadsTheNullSender) {
  for (const std::string_view argument : {"FROM:<>", "from: <>", "FROM:<> SIZE=1"}) {
    const auto parsed = parse_mail(argument);
    ASSERT_TRUE(std::holds_alternative<MailCommand>(parsed)) << argument;
    EXPECT_FALSE(std::get<MailCommand>(parsed).sender);
  }
}

TEST(SmtpCommand, RefusesWhatIsNotASender) {
  struct Case {
    std::string_view argument;
    int code;
    std::string_view enhanced;
  };
  const Case cases[] = {
      {"", 501, "5.5.2"},
      {"FROM", 501, "5.5.2"},
      {"TO:<a@b.example>", 501, "5.5.2"},
      {"FROM:a@b.example", 501, "5.5.2"},
      {"FROM:<a@b.example", 501, "5.5.2"},
      {"FROM:  <a@b.example>", 501, "5.5.2"},
      {"FROM:<a@b.example>SIZE=1", 501, "5.5.2"},
      {"FROM:<a@b.example>>", 501, "5.5.2"},
      {"FROM:<\"a>@b.example>", 501, "5.5.2"},
      {"FROM:<a>", 553, "5.1.7"},
      {"FROM:<a@@b.example>", 553, "5.1.7"},
      {"FROM:< a@b.example>", 553, "5.1.7"},
      {"FROM:<a@[192.0.2.1]>", 553, "5.1.7"},
      {"FROM:<@c.example:a@b.example>", 553, "5.1.7"},
      {"FROM:<\xc3\xa4@b.example>", 553, "5.6.7"},
      {"FROM:<\xff@b.example> SMTPUTF8", 553, "5.1.7"},
      {"FROM:<> SIZE", 501, "5.5.4"},
      {"FROM:<> SIZE=", 501, "5.5.4"},
      {"FROM:<> SIZE=-1", 501, "5.5.4"},
      {"FROM:<> SIZE=99999999999999999999999", 501, "5.5.4"},
      {"FROM:<> SIZE=1 size=2", 501, "5.5.4"},
      {"FROM:<> BODY=BINARYMIME", 501, "5.5.4"},
      {"FROM:<> SMTPUTF8=yes", 501, "5.5.4"},
      {"FROM:<> RET=ALL", 501, "5.5.4"},
      {"FROM:<> ENVID=a+zz", 501, "5.5.4"},
      {"FROM:<> ENVID=a+2b", 501, "5.5.4"},
      {"FROM:<> NOTIFY=NEVER", 555, "5.5.4"},
      {"FROM:<> AUTH=<>", 555, "5.5.4"},
      {"FROM:<> X", 555, "5.5.4"},
  };
  for (const Case& c : cases) {
    const auto parsed = parse_mail(c.argument);
    ASSERT_TRUE(std::holds_alternative<Reply>(parsed)) << c.argument;
    EXPECT_EQ(std::get<Reply>(parsed).code, c.code) << c.argument;
    EXPECT_EQ(std::get<Reply>(parsed).enhanced, c.enhanced) << c.argument;
  }
}

TEST(SmtpCommand, ReadsRecipientsWithParameters) {
  const auto parsed =
      parse_rcpt("TO:<\"a b>\"@B.example> NOTIFY=failure,DELAY ORCPT=rfc822;a+20b@b.example", {});
  ASSERT_TRUE(std::holds_alternative<Recipient>(parsed));
  const auto& rcpt = std::get<Recipient>(parsed);
  EXPECT_EQ(rcpt.mailbox.local_part(), "\"a b>\"");
  EXPECT_EQ(rcpt.mailbox.domain().text(), "b.example");
  EXPECT_EQ(rcpt.notify, (Notify{.failure = true, .delay = true}));
  EXPECT_EQ(rcpt.orcpt, "rfc822;a+20b@b.example");
}

TEST(SmtpCommand, CompletesPostmasterWithTheDomainOfTheNode) {
  const RcptContext context{false, *Domain::parse("a.example")};
  const auto parsed = parse_rcpt("TO:<Postmaster>", context);
  ASSERT_TRUE(std::holds_alternative<Recipient>(parsed));
  EXPECT_EQ(std::get<Recipient>(parsed).mailbox.text(), "Postmaster@a.example");
  EXPECT_TRUE(std::holds_alternative<Reply>(parse_rcpt("TO:<webmaster>", context)));
  EXPECT_TRUE(std::holds_alternative<Reply>(parse_rcpt("TO:<Postmaster>", {})));
}

TEST(SmtpCommand, RefusesWhatIsNotARecipient) {
  struct Case {
    std::string_view argument;
    int code;
    std::string_view enhanced;
  };
  const Case cases[] = {
      {"TO:", 501, "5.5.2"},
      {"FROM:<a@b.example>", 501, "5.5.2"},
      {"TO:<>", 553, "5.1.3"},
      {"TO:<@b.example:c@d.example>", 553, "5.1.3"},
      {"TO:<c@d.example@b.example>", 553, "5.1.3"},
      {"TO:<c@[192.0.2.1]>", 553, "5.1.3"},
      {"TO:<c@192.0.2.1>", 553, "5.1.3"},
      {"TO:<\xc3\xa4@b.example>", 553, "5.6.7"},
      {"TO:<a@b.example> NOTIFY=NEVER,FAILURE", 501, "5.5.4"},
      {"TO:<a@b.example> NOTIFY=FAILURE,FAILURE", 501, "5.5.4"},
      {"TO:<a@b.example> NOTIFY=", 501, "5.5.4"},
      {"TO:<a@b.example> ORCPT=a@b.example", 501, "5.5.4"},
      {"TO:<a@b.example> ORCPT=rfc 822;a", 501, "5.5.4"},
      {"TO:<a@b.example> ORCPT=rfc822;a=b", 501, "5.5.4"},
      {"TO:<a@b.example> SIZE=1", 555, "5.5.4"},
  };
  for (const Case& c : cases) {
    const auto parsed = parse_rcpt(c.argument, {});
    ASSERT_TRUE(std::holds_alternative<Reply>(parsed)) << c.argument;
    EXPECT_EQ(std::get<Reply>(parsed).code, c.code) << c.argument;
    EXPECT_EQ(std::get<Reply>(parsed).enhanced, c.enhanced) << c.argument;
  }
}

TEST(SmtpCommand, TakesUtf8AddressesUnderSmtputf8) {
  const auto parsed = parse_rcpt(
      "TO:<j\xc3\xbcrgen@b\xc3\xbc"
      "cher.example>",
      {.smtputf8 = true});
  ASSERT_TRUE(std::holds_alternative<Recipient>(parsed));
  const auto& recipient = std::get<Recipient>(parsed).mailbox;
  EXPECT_EQ(recipient.domain().text(), "xn--bcher-kva.example");
  EXPECT_TRUE(recipient.needs_utf8());
}

TEST(SmtpCommand, WritesWhatItReads) {
  for (const std::string_view argument :
       {"FROM:<>", "FROM:<a@b.example> SIZE=7 BODY=8BITMIME SMTPUTF8 RET=FULL ENVID=x+2By"}) {
    EXPECT_EQ(mail_argument(std::get<MailCommand>(parse_mail(argument))), argument);
  }
  for (const std::string_view argument :
       {"TO:<a@b.example>", "TO:<a@b.example> NOTIFY=NEVER",
        "TO:<\"x y\"@b.example> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;q@b.example",
        "TO:<a@b.example> ORCPT=utf-8;\\x{E4}@b.example"}) {
    EXPECT_EQ(rcpt_argument(std::get<Recipient>(parse_rcpt(argument, {}))), argument);
  }
}

TEST(SmtpCommand, TakesOnlySafeHelloNames) {
  for (const std::string_view good :
       {"mx.b.example", "[192.0.2.1]", "[IPv6:2001:db8::1]", "DESKTOP_7"}) {
    EXPECT_EQ(parse_hello(good), good);
  }
  for (const std::string_view bad : {"", "a b", "a;b", "(x)", "<x>", "\xc3\xa4.example", "a\"b"}) {
    EXPECT_FALSE(parse_hello(bad)) << bad;
  }
  EXPECT_TRUE(parse_hello(std::string(kMaxHelloOctets, 'a')));
  EXPECT_FALSE(parse_hello(std::string(kMaxHelloOctets + 1, 'a')));
}

TEST(Xtext, DecodesWhatItEncodes) {
  std::string all;
  for (int octet = 0; octet < 256; ++octet)
    all.push_back(static_cast<char>(octet));
  EXPECT_EQ(decode_xtext(encode_xtext(all)), all);
  EXPECT_EQ(encode_xtext("a+b=c d"), "a+2Bb+3Dc+20d");
  for (const std::string_view bad : {"a=b", "a b", "+", "+4", "+4g", "+4a", "\xc3\xa4"}) {
    EXPECT_FALSE(decode_xtext(bad)) << bad;
  }
}

}  // namespace
}  // namespace culvert::node
