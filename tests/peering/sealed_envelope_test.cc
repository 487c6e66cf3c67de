#include "peering/sealed_envelope.h"

#include <gtest/gtest.h>

#include "crypto/base/limits.h"

namespace culvert::peering {
namespace {

Domain domain(std::string_view text) { return Domain::parse(text).value(); }
Mailbox mailbox(std::string_view text) { return Mailbox::parse(text).value(); }

SealedEnvelope sample() {
  SealedEnvelope envelope{.id = {0x01, 0x02, 0x03},
                          .sealed = from_rfc3339("2026-03-01T12:00:00Z").value(),
                          .from = domain("a.example"),
                          .to = domain("b.example")};
  envelope.origin = SealedOrigin::inside;
  envelope.sender = mailbox("alice@a.example");
  envelope.body = BodyKind::eight_bit_mime;
  envelope.smtputf8 = true;
  envelope.ret = Ret::hdrs;
  envelope.envid = "QQ+2B314159";
  envelope.recipients = {
      {mailbox("bob@b.example"), Notify{.success = true, .failure = true}, "rfc822;bob@b.example"},
      {mailbox("\"a > b\"@b.example"), Notify{.never = true}, {}},
      {mailbox("j\xC3\xBCrgen@b.example"), {}, {}}};
  return envelope;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

TEST(SealedEnvelope, IsWrittenInTheFixedOrder) {
  const auto written = write_sealed_envelope(sample());
  ASSERT_TRUE(written.ok());
  EXPECT_EQ(
      *written,
      "Culvert-Tunnel: 2\r\n"
      "Culvert-Id: 01020300000000000000000000000000\r\n"
      "Culvert-Sealed: 2026-03-01T12:00:00Z\r\n"
      "Culvert-From: a.example\r\n"
      "Culvert-To: b.example\r\n"
      "Culvert-Origin: inside\r\n"
      "Culvert-Sender: <alice@a.example> BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=QQ+2B314159\r\n"
      "Culvert-Recipient: <bob@b.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob@b.example\r\n"
      "Culvert-Recipient: <\"a > b\"@b.example> NOTIFY=NEVER\r\n"
      "Culvert-Recipient: <j\xC3\xBCrgen@b.example>\r\n");
}

TEST(SealedEnvelope, IsReadBackAsItWas) {
  const SealedEnvelope envelope = sample();
  const auto read = read_sealed_envelope(write_sealed_envelope(envelope).value());
  ASSERT_TRUE(read.ok()) << read.error().text;
  EXPECT_EQ(*read, envelope);
}

TEST(SealedEnvelope, CarriesTheNullPathAndNoParameters) {
  SealedEnvelope envelope = sample();
  envelope.sender.reset();
  envelope.body = BodyKind::seven_bit;
  envelope.smtputf8 = false;
  envelope.ret = Ret::unset;
  envelope.envid.clear();
  const auto written = write_sealed_envelope(envelope);
  ASSERT_TRUE(written.ok());
  EXPECT_NE(written->find("Culvert-Sender: <>\r\n"), std::string::npos);
  EXPECT_EQ(read_sealed_envelope(*written).value(), envelope);
}

TEST(SealedEnvelope, SaysWhoseWordsItHolds) {
  for (const auto origin : {SealedOrigin::inside, SealedOrigin::passed, SealedOrigin::node}) {
    SealedEnvelope envelope = sample();
    envelope.origin = origin;
    if (origin == SealedOrigin::node) envelope.sender.reset();
    const auto written = write_sealed_envelope(envelope);
    ASSERT_TRUE(written.ok());
    EXPECT_EQ(read_sealed_envelope(*written).value().origin, origin);
  }
}

// Named attack: Borrowed trust. Nobody gets the node's own voice for what a person sends.
TEST(SealedEnvelope, BorrowedTrustOfTheNodeItselfNeedsTheNullPath) {
  SealedEnvelope envelope = sample();
  envelope.origin = SealedOrigin::node;
  EXPECT_FALSE(write_sealed_envelope(envelope).ok());
}

// Proofs go on with nodes that read this form only.
TEST(SealedEnvelope, TheOldFormIsWrittenAndReadAsItWas) {
  SealedEnvelope envelope = sample();
  envelope.form = TunnelForm::old;
  EXPECT_FALSE(write_sealed_envelope(envelope).ok()) << "it has no word for an origin";
  envelope.origin = SealedOrigin::passed;
  const auto written = write_sealed_envelope(envelope);
  ASSERT_TRUE(written.ok());
  EXPECT_TRUE(written->starts_with("Culvert-Tunnel: 1\r\nCulvert-Id: "));
  EXPECT_EQ(written->find("Culvert-Origin"), std::string::npos);
  EXPECT_EQ(read_sealed_envelope(*written).value(), envelope);
  EXPECT_FALSE(
      read_sealed_envelope(replaced(*written, "Culvert-Tunnel: 1", "Culvert-Tunnel: 2")).ok());
}

// What a client says in ENVID, ORCPT or NOTIFY never adds a line or a parameter.
TEST(SealedEnvelope, HeaderInjectionIsRefusedWhenWriting) {
  const char* values[] = {
      "a\r\nCulvert-Recipient: <x@b.example>", "a b", "a\n", "a=b", "a+1", "a+zz", "\xC3\xA9"};
  for (const char* value : values) {
    SealedEnvelope envid = sample();
    envid.envid = value;
    EXPECT_FALSE(write_sealed_envelope(envid).ok()) << value;
    EXPECT_FALSE(Notify::parse(value)) << value;
    SealedEnvelope orcpt = sample();
    orcpt.recipients[0].orcpt = value;
    EXPECT_FALSE(write_sealed_envelope(orcpt).ok()) << value;
  }
}

TEST(SealedEnvelope, AnythingButTheExactFormIsRefused) {
  const std::string good = write_sealed_envelope(sample()).value();
  const std::pair<const char*, const char*> changes[] = {
      {"Culvert-Tunnel: 2\r\n", ""},
      {"Culvert-Tunnel: 2\r\n", "Culvert-Tunnel: 1\r\n"},
      {"Culvert-Tunnel: 2\r\n", "Culvert-Tunnel: 3\r\n"},
      {"Culvert-Tunnel: 2\r\n", "Culvert-Tunnel: 02\r\n"},
      {"Culvert-Tunnel: 2\r\n", "Culvert-Tunnel: 2\r\nCulvert-Tunnel: 2\r\n"},
      {"Culvert-Tunnel: 2", "culvert-tunnel: 2"},
      {"Culvert-Tunnel: 2", "Culvert-Tunnel:2"},
      {"Culvert-Tunnel: 2", "Culvert-Tunnel: 2 "},
      {"Culvert-Origin: inside\r\n", ""},
      {"Culvert-Origin: inside", "Culvert-Origin: Inside"},
      {"Culvert-Origin: inside", "Culvert-Origin: inside "},
      {"Culvert-Origin: inside", "Culvert-Origin: "},
      {"Culvert-Origin: inside", "Culvert-Origin: outside"},
      {"Culvert-Origin: inside", "Culvert-Origin: node"},
      {"Culvert-Origin: inside\r\n", "Culvert-Origin: inside\r\nCulvert-Origin: passed\r\n"},
      {"Culvert-To: b.example\r\nCulvert-Origin: inside",
       "Culvert-Origin: inside\r\nCulvert-To: b.example"},
      {"Culvert-Id: 01", "Culvert-Id: 0"},
      {"Culvert-Id: 0102030000", "Culvert-Id: 010203000A"},
      {"2026-03-01T12:00:00Z", "2026-03-01 12:00:00Z"},
      {"Culvert-From: a.example\r\nCulvert-To: b.example",
       "Culvert-To: b.example\r\nCulvert-From: a.example"},
      {"Culvert-From: a.example", "Culvert-From: A.example"},
      {"Culvert-From: a.example", "Culvert-From: a.example."},
      {"Culvert-To: b.example\r\n", "Culvert-To: b.example\r\nCulvert-Policy: x\r\n"},
      {"Culvert-To: b.example\r\n", "Culvert-To:\r\n b.example\r\n"},
      {" BODY=8BITMIME SMTPUTF8", " SMTPUTF8 BODY=8BITMIME"},
      {" BODY=8BITMIME", " BODY=8BITMIME BODY=8BITMIME"},
      {" BODY=8BITMIME", " BODY=BINARYMIME"},
      {" SMTPUTF8", "  SMTPUTF8"},
      {" SMTPUTF8", " SMTPUTF8X"},
      {" RET=HDRS", " RET=NONE"},
      {" ENVID=QQ+2B314159", " ENVID="},
      {" ENVID=QQ+2B314159", " ENVID=QQ+2B314159 X=1"},
      {"<alice@a.example>", "alice@a.example"},
      {"<alice@a.example>", "<alice@A.example>"},
      {"<alice@a.example>", "<@x:alice@a.example>"},
      {"SUCCESS,FAILURE", "SUCCESS,SUCCESS"},
      {"SUCCESS,FAILURE", "NEVER,FAILURE"},
      {"NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob@b.example",
       "ORCPT=rfc822;bob@b.example NOTIFY=SUCCESS"},
      {"rfc822;bob", "rfc822bob"},
      {"<bob@b.example>", "<>"},
      {"Culvert-Recipient: <bob", "Culvert-Recipient : <bob"},
      {"\r\nCulvert-Recipient: <j", "\nCulvert-Recipient: <j"},
  };
  for (const auto& [what, with] : changes) {
    const auto read = read_sealed_envelope(replaced(good, what, with));
    ASSERT_FALSE(read.ok()) << what << " -> " << with;
    EXPECT_EQ(read.error().code, "bad-envelope") << what << " -> " << with;
  }
  EXPECT_FALSE(read_sealed_envelope(good + "X: y\r\n").ok());
  EXPECT_FALSE(read_sealed_envelope(good + good).ok());
}

TEST(SealedEnvelope, EveryTruncationIsRefused) {
  SealedEnvelope envelope = sample();
  envelope.recipients.erase(envelope.recipients.begin() + 1, envelope.recipients.end());
  const std::string good = write_sealed_envelope(envelope).value();
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(read_sealed_envelope(good.substr(0, size)).ok()) << size;
  }
}

TEST(SealedEnvelope, HoldsAThousandRecipientsAndNoMore) {
  SealedEnvelope envelope = sample();
  envelope.recipients.assign(kMaxRecipients, {mailbox("bob@b.example"), {}, {}});
  const auto written = write_sealed_envelope(envelope);
  ASSERT_TRUE(written.ok());
  EXPECT_TRUE(read_sealed_envelope(*written).ok());
  EXPECT_FALSE(read_sealed_envelope(*written + "Culvert-Recipient: <x@b.example>\r\n").ok());
  envelope.recipients.clear();
  EXPECT_FALSE(write_sealed_envelope(envelope).ok());
}

}  // namespace
}  // namespace culvert::peering
