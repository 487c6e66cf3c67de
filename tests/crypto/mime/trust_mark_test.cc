#include "crypto/mime/trust_mark.h"

#include <gtest/gtest.h>

namespace culvert::crypto {
namespace {

constexpr std::string_view kName = "gate.a.example";

std::string kept_of(std::string_view header) {
  return without_fields(fields_of(header),
                        [](const HeaderField& field) { return is_trust_mark(field, kName); });
}

// Named attack: Inner headers.
TEST(TrustMark, InnerHeadersRemovesEveryMarkThatOnlyThisNodeMaySet) {
  EXPECT_EQ(kept_of("Culvert-Result: tunnel\r\nCULVERT-X :\r\n folded\r\nSubject: kept\r\n"
                    "Authentication-Results: gate.a.example; smime=pass\r\n"
                    "authentication-results: (c (d) \\) ) \"Gate.A.Example\" 1; smime=pass\r\n"
                    "Authentication-Results:\r\n gate.a.example.;smime=pass\r\n"
                    "Authentication-Results: other.example; dkim=pass\r\n"),
            "Subject: kept\r\nAuthentication-Results: other.example; dkim=pass\r\n");
}

// Named attack: Two readers.
TEST(TrustMark, TwoReadersOfANameGetNoMark) {
  const std::string_view names[] = {
      std::string_view("Culvert\0-Result", 15),
      "Culvert-\x0bResult",
      "Cul vert-Result",
      "\x01"
      "Culvert-Result",
      "Culvert-Result\x7f",
      "Culvert-Result\r\n ",
      "Culvert-Result \r\n\t",
      "CULVERT-Anything",
      "Culvert\t-",
  };
  for (const std::string_view name : names)
    EXPECT_EQ(kept_of(std::string(name) + ": tunnel; signed=yes\r\nA: b\r\n"), "A: b\r\n") << name;
}

// Named attack: Two readers. One knows comments and quotes, another looks for a text.
TEST(TrustMark, TwoReadersOfResultsGetNoneOfOurName) {
  for (const std::string_view body : {
           "gate.a.example; smime=pass",
           "GATE.a.Example;smime=pass",
           "\"gate.a.example\"; smime=pass",
           "\"gate\\.a.example\"; smime=pass",
           "(x) gate.a.example (y) 1 (z); smime=pass",
           "gate.a.example 1; smime=pass",
           "gate.a.example/1; smime=pass",
           "gate.a.example.; smime=pass",
           "\x0bgate.a.example; smime=pass",
           "\xe2\x80\x8bgate.a.\xc2\xad"
           "example; smime=pass",
           "\xc2\xa0gate.a.example; smime=pass",
           "\xef\xbd\x87"
           "ate\xef\xbc\x8e"
           "a\xe3\x80\x82"
           "example; smime=pass",
           "=?utf-8?q?gate=2Ea=2Eexample?=; smime=pass",
           "=?utf-8?b?Z2F0ZS5h?==?utf-8?q?=2Eexample=3B?= smime=pass",
           "other.example gate.a.example; smime=pass",
           "other.example; x=y; gate.a.example; smime=pass",
           "other.example; x=gate.a.example; smime=pass",
           "other.example; (gate.a.example; smime=pass)",
           "( gate.a.example; smime=pass",
           "\"; gate.a.example; smime=pass",
           "\xa0gate.a.example; smime=pass",
           "\x85gate.a.example; smime=pass",
           "gate.a.example\r\n\t;\r\n\tsmime=pass",
           "gate.a.example",
       }) {
    EXPECT_EQ(kept_of("Authentication-Results: " + std::string(body) + "\r\n"), "") << body;
  }
}

TEST(TrustMark, WhatOthersFoundOutStays) {
  for (const std::string_view body : {
           "mx.b.example; spf=pass smtp.helo=gate.a.example; dkim=pass",
           "mx.b.example; iprev=pass policy.iprev=192.0.2.1 (gate.a.example)",
           "mx.b.example; spf=pass smtp.mailfrom=x@gate.a.example",
           "other-gate.a.example; smime=pass",
           "gate.a.example.org; smime=pass",
           "xgate.a.example; smime=pass",
           "",
       }) {
    const std::string field = "Authentication-Results: " + std::string(body) + "\r\n";
    EXPECT_EQ(kept_of(field), field);
  }
  const HeaderField nobody{"Authentication-Results", " x", "Authentication-Results: x\r\n"};
  EXPECT_FALSE(is_trust_mark(nobody, ""));
}

}  // namespace
}  // namespace culvert::crypto
