#include "crypto/mime/header_protection.h"

#include "crypto/base/log.h"
#include "crypto/mime/header_limits.h"
#include "tests/crypto/mime/header_protection_support.h"

namespace culvert::crypto::testing {
namespace {

TEST(HeaderProtectionWriting, CopiesTheFieldsOfASignedMessageInside) {
  const auto head = protect_header(kMessage, sealed_as(Protection::signed_only));
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->outer,
            "Received: from x by y; Mon, 23 Nov 2026 12:00:00 +0000\r\n"
            "From: <a@a.example>\r\n"
            "To: <b@b.example>,\r\n"
            " <c@c.example>\r\n"
            "Subject: the real subject\r\n"
            "Keywords: secret\r\n"
            "Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n"
            "DKIM-Signature: v=1\r\n"
            "Culvert-Id: 1\r\n");
  EXPECT_EQ(head->payload,
            "From: <a@a.example>\r\n"
            "To: <b@b.example>,\r\n"
            " <c@c.example>\r\n"
            "Subject: the real subject\r\n"
            "Keywords: secret\r\n"
            "Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8;\r\n"
            " hp=\"clear\"\r\n"
            "Content-Transfer-Encoding: 8bit\r\n");
  EXPECT_EQ(head->legacy_display, "");
}

TEST(HeaderProtectionWriting, HidesTheSubjectOfAnEncryptedMessage) {
  const auto head = protect_header(kMessage, sealed_as(Protection::signed_and_encrypted));
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->outer,
            "Received: from x by y; Mon, 23 Nov 2026 12:00:00 +0000\r\n"
            "From: <a@a.example>\r\n"
            "To: <b@b.example>,\r\n"
            " <c@c.example>\r\n"
            "Subject: [...]\r\n"
            "Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n"
            "DKIM-Signature: v=1\r\n"
            "Culvert-Id: 1\r\n");
  EXPECT_EQ(head->payload,
            "From: <a@a.example>\r\n"
            "To: <b@b.example>,\r\n"
            " <c@c.example>\r\n"
            "Subject: the real subject\r\n"
            "Keywords: secret\r\n"
            "Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n"
            "HP-Outer: From: <a@a.example>\r\n"
            "HP-Outer: To: <b@b.example>,\r\n"
            " <c@c.example>\r\n"
            "HP-Outer: Subject: [...]\r\n"
            "HP-Outer: Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8;\r\n"
            " hp=\"cipher\"\r\n"
            "Content-Transfer-Encoding: 8bit\r\n");
}

TEST(HeaderProtectionWriting, HidesNothingWithoutConfidentiality) {
  auto options = sealed_as(Protection::encrypted_only);
  options.confidentiality = HeaderConfidentiality::no_confidentiality;
  const auto head = protect_header(kMessage, options);
  ASSERT_TRUE(head.ok());
  EXPECT_NE(head->outer.find("Subject: the real subject\r\nKeywords: secret\r\n"),
            std::string::npos);
  EXPECT_NE(head->payload.find("HP-Outer: Subject: the real subject\r\n"
                               "HP-Outer: Keywords: secret\r\n"),
            std::string::npos);
  EXPECT_NE(head->payload.find("hp=\"cipher\""), std::string::npos);
}

TEST(HeaderProtectionWriting, GivesEveryContentTypeItsParameterOnce) {
  const std::vector<std::pair<std::string, std::string>> types{
      {"", "Content-Type: text/plain;\r\n hp=\"clear\"\r\n"},
      {"Content-Type: a/b\r\n", "Content-Type: a/b;\r\n hp=\"clear\"\r\n"},
      {"Content-Type: a/b", "Content-Type: a/b;\r\n hp=\"clear\"\r\n"},
      {"content-type:a/b;\r\n", "Content-Type: a/b;\r\n hp=\"clear\"\r\n"},
      {"Content-Type: A/b; x=\"y\\\"z\"; hp=cipher\r\n",
       "Content-Type: a/b;\r\n x=\"y\\\"z\";\r\n hp=\"clear\"\r\n"},
      {"Content-Type: a/b; hp-legacy-display=1; protected-headers=\"v1\"; x=y\r\n",
       "Content-Type: a/b;\r\n x=\"y\";\r\n hp=\"clear\"\r\n"},
      {"Content-Type: a/b; x=\"open\r\n", "Content-Type: a/b;\r\n hp=\"clear\"\r\n"},
  };
  for (const auto& [type, expected] : types) {
    const auto head = protect_header(type, sealed_as(Protection::signed_only));
    ASSERT_TRUE(head.ok());
    EXPECT_EQ(head->payload, expected) << type;
  }
  const auto twice = protect_header("Content-Type: a/b\r\nContent-Type: a/b\r\n", {});
  ASSERT_FALSE(twice.ok());
  EXPECT_EQ(mime_refusal_of(twice.error()), MimeRefusal::ambiguous_type);
}

TEST(HeaderProtectionWriting, DropsWhatClaimsAnEarlierProtection) {
  const auto head = protect_header("Subject: x\r\nHP-Outer: Subject: y\r\n",
                                   sealed_as(Protection::signed_and_encrypted));
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->outer, "Subject: [...]\r\n");
  EXPECT_EQ(head->payload,
            "Subject: x\r\nHP-Outer: Subject: [...]\r\n"
            "Content-Type: text/plain;\r\n hp=\"cipher\"\r\n");
}

TEST(HeaderProtectionWriting, FoldsALineThatWouldBecomeTooLong) {
  const std::string to = "To: " + std::string(990, 'x') + "\r\n";
  const auto head = protect_header(to, sealed_as(Protection::encrypted_only));
  ASSERT_TRUE(head.ok());
  EXPECT_NE(head->payload.find("HP-Outer:\r\n " + to), std::string::npos);
  const auto header = opened(head->outer, payload_of(head->payload), Protection::encrypted_only);
  EXPECT_EQ(header.fields.at(0).protection, Protection::unprotected);
}

TEST(HeaderProtectionWriting, RefusesAHeaderThatDoesNotFitTwice) {
  std::string large;
  while (large.size() < kMessageHeader.bytes * 2 / 3)
    large += "X-A: " + std::string(900, 'x') + "\r\n";
  EXPECT_TRUE(protect_header(large, sealed_as(Protection::signed_only)).ok());
  const auto head = protect_header(large, sealed_as(Protection::encrypted_only));
  ASSERT_FALSE(head.ok());
  EXPECT_EQ(mime_refusal_of(head.error()), MimeRefusal::header_too_large);
}

TEST(HeaderProtectionWriting, ShowsTheHiddenSubjectInPlainTextIfAsked) {
  auto options = sealed_as(Protection::signed_and_encrypted);
  options.legacy_display = LegacyDisplay::include;
  const auto shown = protect_header(kMessage, options);
  ASSERT_TRUE(shown.ok());
  EXPECT_EQ(shown->legacy_display, "Subject: the real subject\r\nKeywords: secret\r\n\r\n");
  EXPECT_NE(shown->payload.find(" hp=\"cipher\";\r\n hp-legacy-display=\"1\"\r\n"),
            std::string::npos);

  for (const std::string header :
       {"Subject: x\r\nContent-Type: text/html\r\n",
        "Subject: x\r\nContent-Transfer-Encoding: base64\r\n",
        "Subject: x\r\nContent-Disposition: attachment\r\n", "Subject: =?utf-8?q?x?=\r\n",
        "Subject: \xc3\xa9\r\n", "To: <b@b.example>\r\n"}) {
    const auto head = protect_header(header, options);
    ASSERT_TRUE(head.ok());
    EXPECT_EQ(head->legacy_display, "") << header;
    EXPECT_EQ(head->payload.find("legacy"), std::string::npos) << header;
  }
  options.seal = Protection::signed_only;
  EXPECT_EQ(protect_header(kMessage, options)->legacy_display, "");
}

// It would get lost, or be another field for somebody.
TEST(HeaderProtectionWriting, RefusesALineThatIsNoFieldByName) {
  for (const std::string line :
       {"From jane@a.example Mon Jan  1 00:00:00 2024", "no field", "two words: x", "\xc3\xa4: x",
        "X-Gr\xc3\xbc\xc3\x9f: x", "Content-\x01: x", ": x", "\xef\xbb\xbfX: y"}) {
    for (const Protection seal : {Protection::signed_only, Protection::signed_and_encrypted}) {
      for (const std::string& header : {line + "\r\n" + kMessage, kMessage + line + "\r\n"}) {
        const auto head = protect_header(header, sealed_as(seal));
        ASSERT_FALSE(head.ok()) << line;
        EXPECT_EQ(head.error().code, "bad-header");
        EXPECT_NE(head.error().text.find("'" + printable(line, 60) + "'"), std::string::npos)
            << head.error().text;
      }
    }
  }
}

TEST(HeaderProtectionWriting, RebuildsATypeThatEndsInASemicolon) {
  for (const std::string end : {";", "; ", ";\r\n ", ";;"}) {
    const auto head = protect_header(
        "From: <a@a.example>\r\nContent-Type: text/plain; charset=utf-8" + end + "\r\n",
        sealed_as(Protection::signed_only));
    ASSERT_TRUE(head.ok());
    EXPECT_EQ(head->payload,
              "From: <a@a.example>\r\nContent-Type: text/plain;\r\n charset=\"utf-8\";\r\n"
              " hp=\"clear\"\r\n");
  }
}

// What we would refuse to open is not written.
TEST(HeaderProtectionWriting, RefusesOctetsThatEndAFieldForSome) {
  for (const std::string_view line :
       {std::string_view("X: a\rFrom: <ceo@a.example>\r\n"),
        std::string_view("X: a\nFrom: <ceo@a.example>\r\n"), std::string_view("X: \0\r\n", 6)}) {
    const auto head =
        protect_header(std::string(line) + kMessage, sealed_as(Protection::signed_only));
    ASSERT_FALSE(head.ok()) << line;
    EXPECT_EQ(mime_refusal_of(head.error()), MimeRefusal::bad_header);
  }
}

}  // namespace
}  // namespace culvert::crypto::testing
