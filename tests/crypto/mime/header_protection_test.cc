#include "crypto/mime/header_protection.h"

#include "crypto/mime/header_limits.h"
#include "tests/crypto/mime/header_protection_support.h"

namespace culvert::crypto::testing {
namespace {

TEST(HeaderProtectionReading, GivesBackWhatWasWritten) {
  for (const Protection seal : {Protection::signed_only, Protection::signed_and_encrypted}) {
    const auto head = protect_header(kMessage, sealed_as(seal));
    ASSERT_TRUE(head.ok());
    const auto header = opened(head->outer, payload_of(head->payload), seal);
    EXPECT_EQ(header.form, HeaderProtectionForm::rfc9788);
    EXPECT_EQ(header.from, InnerFrom::same);
    EXPECT_TRUE(header.is_restored);
    const bool is_encrypted = seal == Protection::signed_and_encrypted;
    const std::string hidden = is_encrypted ? "[signed-and-encrypted]\n" : "[signed-only]\n";
    EXPECT_EQ(listed(header),
              "From: <a@a.example> [signed-only]\n"
              "To: <b@b.example>, <c@c.example> [signed-only]\n"
              "Subject: the real subject " +
                  hidden + "Keywords: secret " + hidden +
                  "Date: Mon, 23 Nov 2026 12:00:00 +0000 [signed-only]\n");
    EXPECT_EQ(header.header,
              std::string("Received: from x by y; Mon, 23 Nov 2026 12:00:00 +0000\r\n"
                          "DKIM-Signature: v=1\r\n"
                          "From: <a@a.example>\r\n"
                          "To: <b@b.example>,\r\n"
                          " <c@c.example>\r\n"
                          "Subject: the real subject\r\n"
                          "Keywords: secret\r\n"
                          "Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n"
                          "MIME-Version: 1.0\r\n"
                          "Content-Type: text/plain; charset=utf-8;\r\n hp=\"") +
                  (is_encrypted ? "cipher" : "clear") +
                  "\"\r\n"
                  "Content-Transfer-Encoding: 8bit\r\n");
  }
}

const std::string kOuter =
    "From: <a@a.example>\r\n"
    "To: <b@b.example>\r\n"
    "Subject: [...]\r\n"
    "Message-ID: <m@a.example>\r\n"
    "Content-Type: application/pkcs7-mime\r\n";
const std::string kInner =
    "From: <a@a.example>\r\n"
    "Subject: inner\r\n"
    "HP-Outer: From: <a@a.example>\r\n"
    "HP-Outer: subject : [...]\r\n";
const std::string kCipher = "Content-Type: text/plain; hp=cipher\r\n";
const std::string kClear = "Content-Type: text/plain; hp=clear\r\n";

TEST(HeaderProtectionReading, SaysWhatEachFieldIsProtectedBy) {
  struct Row {
    std::string type;
    Protection seal;
    std::string from;
    std::string subject;
  };
  const std::vector<Row> rows{
      {kCipher, Protection::signed_and_encrypted, "signed-only", "signed-and-encrypted"},
      {kCipher, Protection::encrypted_only, "unprotected", "encrypted-only"},
      {kCipher, Protection::signed_only, "signed-only", "signed-only"},
      {kClear, Protection::signed_only, "signed-only", "signed-only"},
      {kClear, Protection::signed_and_encrypted, "signed-only", "signed-only"},
      {kClear, Protection::encrypted_only, "unprotected", "unprotected"},
  };
  for (const Row& row : rows) {
    const auto header = opened(kOuter, payload_of(kInner + row.type), row.seal);
    EXPECT_EQ(listed(header),
              "From: <a@a.example> [" + row.from + "]\nSubject: inner [" + row.subject + "]\n")
        << row.type << protection_text(row.seal);
  }
}

TEST(HeaderProtectionReading, NeverCallsAFieldEncryptedThatStandsOutside) {
  const std::string inner = "From: <a@a.example>\r\nSubject:  a\r\n\tb\r\n" + kCipher;
  const auto header = opened("From: <a@a.example>\r\nSubject: a b\r\n", payload_of(inner),
                             Protection::signed_and_encrypted);
  EXPECT_EQ(listed(header), "From: <a@a.example> [signed-only]\nSubject: a\tb [signed-only]\n");
}

TEST(HeaderProtectionReading, TakesNothingFromAPayloadWithoutSeal) {
  const auto header = opened(kOuter, payload_of(kInner + kCipher), Protection::unprotected);
  EXPECT_EQ(header.form, HeaderProtectionForm::none);
  EXPECT_TRUE(header.fields.empty());
  EXPECT_FALSE(header.is_restored);
  EXPECT_EQ(header.header.find("inner"), std::string::npos);
}

TEST(HeaderProtectionReading, RestoresNothingThatIsEncryptedOnly) {
  const auto header = opened(kOuter, payload_of(kInner + kCipher), Protection::encrypted_only);
  EXPECT_EQ(header.form, HeaderProtectionForm::rfc9788);
  EXPECT_FALSE(header.is_restored);
  EXPECT_EQ(header.header,
            "From: <a@a.example>\r\nTo: <b@b.example>\r\nSubject: [...]\r\n"
            "Message-ID: <m@a.example>\r\nMIME-Version: 1.0\r\n" +
                kCipher);
}

TEST(HeaderProtectionReading, DropsWhatPeopleWouldTakeForTheAuthors) {
  const std::string outer = kOuter +
                            "Cc: <evil@evil.example>\r\nReply-To: <evil@evil.example>\r\n"
                            "In-Reply-To: <other@evil.example>\r\nResent-From: <e@evil.example>\r\n"
                            "List-Id: <l.example>\r\nHP-Outer: Subject: x\r\n";
  const auto header = opened(outer, payload_of(kInner + kCipher), Protection::signed_and_encrypted);
  EXPECT_EQ(header.header,
            "Message-ID: <m@a.example>\r\nList-Id: <l.example>\r\n"
            "From: <a@a.example>\r\nSubject: inner\r\nMIME-Version: 1.0\r\n" +
                kCipher);
}

TEST(HeaderProtectionReading, InnerHeadersNeverGiveTrustMarks) {
  const std::string marks =
      "Culvert-Tunnel: 1\r\nculvert-verdict : signed=yes\r\n"
      "Authentication-Results: gate.b.example; smime=pass\r\n"
      "Authentication-Results: other.example; dkim=pass\r\n"
      "Received: from inside\r\nReturn-Path: <x@x.example>\r\n"
      "no field\r\nbad name: x\r\n";
  const std::string outer =
      "Culvert-Verdict: forged\r\nAuthentication-Results: gate.b.example; smime=pass\r\n"
      "Authentication-Results: other.example; spf=pass\r\n" +
      kOuter;
  for (const std::string& type :
       {kCipher, kClear, std::string("Content-Type: text/plain; protected-headers=\"v1\"\r\n")}) {
    const auto header =
        opened(outer, payload_of(marks + kInner + type), Protection::signed_and_encrypted);
    ASSERT_TRUE(header.is_restored);
    EXPECT_EQ(header.fields.size(), 2U);
    for (const char* mark : {"Culvert", "culvert", "smime=pass", "dkim=pass", "from inside",
                             "Return-Path", "no field", "bad name", "HP-Outer"}) {
      EXPECT_EQ(header.header.find(mark), std::string::npos) << mark;
    }
    EXPECT_NE(header.header.find("spf=pass"), std::string::npos);
  }
}

TEST(HeaderProtectionReading, RestoresNothingIfFromDiffers) {
  for (const std::string from :
       {"From: <ceo@a.example>\r\n", "From: <a@a.example>, <b@a.example>\r\n",
        "From: <a@a.example>\r\nFrom: <a@a.example>\r\n", "From:\r\n"}) {
    const auto header =
        opened(kOuter, payload_of(from + "Subject: inner\r\n" + kClear), Protection::signed_only);
    EXPECT_EQ(header.from, InnerFrom::differs) << from;
    EXPECT_FALSE(header.is_restored);
    EXPECT_NE(header.header.find("From: <a@a.example>\r\n"), std::string::npos);
    EXPECT_EQ(header.header.find("inner"), std::string::npos);
  }
  const auto absent =
      opened(kOuter, payload_of("Subject: inner\r\n" + kClear), Protection::signed_only);
  EXPECT_EQ(absent.from, InnerFrom::absent);
  EXPECT_TRUE(absent.is_restored);
  EXPECT_NE(absent.header.find("From: <a@a.example>\r\n"), std::string::npos);
}

TEST(HeaderProtectionReading, HeaderInjectionFromInsideIsRefused) {
  for (const std::string& bad :
       std::vector<std::string>{"X: a\nCulvert-Id: 1\r\n", "X: a\rB: c\r\n",
                                std::string("X: a\0b\r\n", 8), std::string("X: a\r\r\n")}) {
    for (const std::string& type : {kClear, std::string("Content-Type: text/plain\r\n")}) {
      const PayloadHead payload = payload_of(bad + type);
      const auto header = open_header({kOuter, payload, Protection::signed_only, "x"});
      ASSERT_FALSE(header.ok());
      EXPECT_EQ(mime_refusal_of(header.error()), MimeRefusal::bad_header);
    }
  }
}

TEST(HeaderProtectionReading, IsClaimedByWhateverAReaderMayTakeForAHeader) {
  const std::string claim =
      "From: ceo@a.example\r\nContent-Type: text/plain; hp=\"clear\"\r\n\r\nx";
  std::string lf, cr, nul;
  for (const char c : claim) {
    if (c != '\r') lf += c;
    if (c != '\n') cr += c;
    nul += c;
    if (c == 'C') nul += '\0';
  }
  for (const std::string& front :
       {claim, lf, cr, nul, "A: b\rX" + claim.substr(21 - 2), "A: b\n\n\r\n" + claim.substr(21),
        std::string("Content-Type: text/plain; protected-headers=v1\n"),
        std::string("Content-Type: message/rfc822; forwarded=no\n\nA: b\n")}) {
    EXPECT_TRUE(may_claim_fields(front)) << front;
  }
  for (const std::string& front :
       {std::string(), std::string("Dear Bob\n"), "\n" + lf, "A: b\n\n" + lf, "\r\n" + claim,
        std::string("Content-Type: text/plain; charset=utf-8\n\nhp\n"), std::string(5, '\0'),
        std::string("Content-Type: message/rfc822\n\nFrom: a\n\n")}) {
    EXPECT_FALSE(may_claim_fields(front)) << front;
  }
}

TEST(HeaderProtectionReading, RefusesTooManyFields) {
  std::string many;
  for (std::size_t i = 0; i <= kMessageHeader.fields; ++i)
    many += "A: b\r\n";
  const PayloadHead payload = payload_of(many + kClear);
  const auto header = open_header({kOuter, payload, Protection::signed_only, "x"});
  ASSERT_FALSE(header.ok());
  EXPECT_EQ(mime_refusal_of(header.error()), MimeRefusal::header_too_large);
}

TEST(HeaderProtectionReading, KnowsNoOtherWord) {
  for (const std::string type :
       {"Content-Type: text/plain\r\n", "Content-Type: text/plain; hp=other\r\n",
        "Content-Type: text/plain; hp=clear; hp=clear\r\n",
        "Content-Type: text/plain; protected-headers=v2\r\n",
        "Content-Type: text/plain; hp=clear\r\nContent-Type: text/plain; hp=clear\r\n"}) {
    const auto header = opened(kOuter, payload_of(kInner + type), Protection::signed_only);
    EXPECT_EQ(header.form, HeaderProtectionForm::none) << type;
    EXPECT_TRUE(header.fields.empty());
  }
}

TEST(HeaderProtectionReading, ReadsTheOlderFormBesideWhatStandsOutside) {
  const auto header =
      opened(kOuter + "Reply-To: <r@a.example>\r\n",
             payload_of("Subject: inner\r\nContent-Type: text/plain; protected-headers=\"v1\"\r\n"),
             Protection::signed_and_encrypted);
  EXPECT_EQ(header.form, HeaderProtectionForm::v1);
  EXPECT_EQ(listed(header), "Subject: inner [signed-and-encrypted]\n");
  EXPECT_EQ(header.header,
            "From: <a@a.example>\r\nTo: <b@b.example>\r\nMessage-ID: <m@a.example>\r\n"
            "Reply-To: <r@a.example>\r\nSubject: inner\r\nMIME-Version: 1.0\r\n"
            "Content-Type: text/plain; protected-headers=\"v1\"\r\n");
}

// --- The message as payload ---

const std::string kWrapper = "Content-Type: message/rfc822\r\n";
const std::string kWrapped = "From: <a@a.example>\r\nSubject: inner\r\nContent-Type: text/html\r\n";

PayloadHead read_head_of(const std::string& payload, std::size_t step) {
  TricklingSource source(as_bytes(payload), step);
  auto head = read_payload_head(source);
  EXPECT_TRUE(head.ok());
  if (!head) return {};
  // What is left belongs to it, too.
  append(head->rest, read_in_pieces(source, step));
  return *std::move(head);
}

TEST(PayloadHead, HoldsTheHeaderOfAMessageInsideHoweverItIsCut) {
  const std::string payload = kWrapper + "\r\n" + kWrapped + "\r\n<p>x</p>\r\n";
  for (const std::size_t step : kSteps) {
    const PayloadHead head = read_head_of(payload, step);
    EXPECT_EQ(head.header, kWrapper);
    ASSERT_TRUE(head.wrapped);
    EXPECT_EQ(*head.wrapped, kWrapped);
    EXPECT_EQ(as_text(head.rest), "\r\n<p>x</p>\r\n");
  }
}

TEST(PayloadHead, HoldsNoneOfAnotherType) {
  for (const std::string type :
       {"Content-Type: text/plain\r\n",
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n",
        "Content-Type: message/partial\r\n"}) {
    const PayloadHead head = read_head_of(type + "\r\n" + kWrapped + "\r\nx", 5);
    EXPECT_EQ(head.header, type);
    EXPECT_FALSE(head.wrapped);
    EXPECT_EQ(as_text(head.rest), "\r\n" + kWrapped + "\r\nx");
  }
}

TEST(HeaderProtectionReading, UnwrapsAMessageOfTheSameAuthor) {
  const auto payload = read_head_of(kWrapper + "\r\n" + kWrapped + "\r\nx", 100);
  const auto header = opened(kOuter, payload, Protection::signed_and_encrypted);
  EXPECT_EQ(header.form, HeaderProtectionForm::wrapped);
  EXPECT_TRUE(header.is_restored);
  EXPECT_EQ(listed(header),
            "From: <a@a.example> [signed-only]\nSubject: inner [signed-and-encrypted]\n");
  EXPECT_EQ(header.header + to_text(payload.rest),
            "Message-ID: <m@a.example>\r\nFrom: <a@a.example>\r\nSubject: inner\r\n"
            "MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\nx");
}

TEST(HeaderProtectionReading, LeavesAForwardedMessageAPart) {
  const std::string other = "From: <bob@b.example>\r\nSubject: inner\r\n";
  const std::vector<std::pair<std::string, std::string>> forwarded{
      {kWrapper, other},
      {"Content-Type: message/rfc822; forwarded=yes\r\n", kWrapped},
      {kWrapper, "Subject: inner\r\n"},
  };
  for (const auto& [wrapper, message] : forwarded) {
    const auto payload = read_head_of(wrapper + "\r\n" + message + "\r\nx", 100);
    const auto header = opened(kOuter, payload, Protection::signed_only);
    EXPECT_EQ(header.form, HeaderProtectionForm::none);
    EXPECT_EQ(header.header + to_text(payload.rest),
              "From: <a@a.example>\r\nTo: <b@b.example>\r\nSubject: [...]\r\n"
              "Message-ID: <m@a.example>\r\nMIME-Version: 1.0\r\n" +
                  wrapper + "\r\n" + message + "\r\nx");
  }
}

TEST(HeaderProtectionReading, TakesTheAuthorsWordThatAMessageIsNotForwarded) {
  const std::string wrapper = "Content-Type: message/rfc822; forwarded=\"no\"\r\n";
  const auto payload = read_head_of(wrapper + "\r\nSubject: inner\r\n\r\nx", 100);
  EXPECT_EQ(opened(kOuter, payload, Protection::signed_only).form, HeaderProtectionForm::wrapped);
  const auto other = read_head_of(wrapper + "\r\nFrom: <c@c.example>\r\n\r\nx", 100);
  const auto header = opened(kOuter, other, Protection::signed_only);
  EXPECT_EQ(header.from, InnerFrom::differs);
  EXPECT_FALSE(header.is_restored);
  EXPECT_NE(header.header.find("\r\n\r\nFrom: <c@c.example>\r\n"), std::string::npos);
}

TEST(HeaderProtectionReading, KeepsTheMessageInsideAProtectedForward) {
  const std::string header_inside = "From: <a@a.example>\r\nSubject: inner\r\n" +
                                    std::string("Content-Type: message/rfc822; hp=clear\r\n");
  const auto payload = read_head_of(header_inside + "\r\n" + kWrapped + "\r\nx", 100);
  const auto header = opened(kOuter, payload, Protection::signed_only);
  EXPECT_EQ(header.form, HeaderProtectionForm::rfc9788);
  EXPECT_EQ(header.header + to_text(payload.rest),
            "Message-ID: <m@a.example>\r\nFrom: <a@a.example>\r\nSubject: inner\r\n"
            "MIME-Version: 1.0\r\nContent-Type: message/rfc822; hp=clear\r\n\r\n" +
                kWrapped + "\r\nx");
}

}  // namespace
}  // namespace culvert::crypto::testing
