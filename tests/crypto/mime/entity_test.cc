#include "crypto/mime/entity.h"

#include <gtest/gtest.h>

namespace culvert::crypto {
namespace {

TEST(Entity, ReadsTypeAndParameters) {
  const auto type = parse_content_type(
      " Application/PKCS7-Mime; smime-type=authEnveloped-data;\r\n name=\"smime.p7m\"");
  ASSERT_TRUE(type.has_value());
  EXPECT_EQ(type->media_type, "application/pkcs7-mime");
  EXPECT_EQ(type->parameter("smime-type"), "authEnveloped-data");
  EXPECT_EQ(type->parameter("name"), "smime.p7m");
  EXPECT_FALSE(type->parameter("charset"));
  EXPECT_TRUE(is_pkcs7_mime(*type));
}

TEST(Entity, WithoutContentTypeIsPlainText) {
  const auto kind = entity_kind("Subject: x\r\n");
  ASSERT_TRUE(kind.has_value());
  EXPECT_EQ(kind->type.media_type, "text/plain");
  EXPECT_EQ(kind->encoding, TransferEncoding::identity);
}

TEST(Entity, IsAmbiguousWithTwoTypesOrTwoEncodings) {
  EXPECT_FALSE(entity_kind("Content-Type: a/b\r\nContent-Type: a/b\r\n"));
  EXPECT_FALSE(
      entity_kind("Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: 7bit\r\n"));
}

TEST(Entity, SurvivesBrokenParameters) {
  for (const char* body :
       {"a/b;", "a/b; =x", "a/b; x", "a/b; x=\"open", "a/b;;;", "a/b; (c) x=y"}) {
    EXPECT_TRUE(parse_content_type(body).has_value()) << body;
  }
  for (const char* body : {"", "a", "/b", "a/", "a/;x=y"}) {
    EXPECT_FALSE(parse_content_type(body).has_value()) << body;
  }
}

TEST(Entity, TellsWhetherEachOctetOfATypeWasUnderstood) {
  for (const char* body :
       {"a/b", "a/b;", "a/b; x=y", "a/b ;; x = \"y z\" ; ", "a/b;\r\n x=y;\r\n z=\"\""})
    EXPECT_TRUE(parse_content_type(body)->is_exact) << body;
  for (const char* body :
       {"a/b x", "a/b; x", "a/b; =x", "a/b; x=", "a/b; x=\"open", "a/b; x=y z", "a/b (c)",
        "(c) a/b", "a(c)/b", "a/b; x=y (c)", "a/b; x(c)=y", "a/b; x=\"y;z\"", "a/b; x=\"y\\z\"",
        "a/b; x=\"\\\"\"", "a/b; x=\"\x01\"", "a/b; x=\"y\r\n z\"", "a/b, c/d"}) {
    ASSERT_TRUE(parse_content_type(body).has_value()) << body;
    EXPECT_FALSE(parse_content_type(body)->is_exact) << body;
  }
}

}  // namespace
}  // namespace culvert::crypto
