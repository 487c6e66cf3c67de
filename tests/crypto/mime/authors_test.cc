#include "crypto/mime/authors.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/mime/header_limits.h"
#include "tests/support/processor_time.h"

namespace culvert::crypto {
namespace {

std::string list(const std::vector<Domain>& domains) {
  std::string out;
  for (const Domain& domain : domains)
    out += (out.empty() ? "" : " ") + domain.text();
  return out;
}

// `addresses | names` of one From body.
std::string found_in(std::string_view from) {
  const std::string header = "From: " + std::string(from) + "\r\n";
  const AuthorDomains authors = author_domains(fields_of(header));
  EXPECT_FALSE(authors.too_many);
  return list(authors.addresses) + " | " + list(authors.names);
}

struct Case {
  const char* from;
  const char* found;
};

// Named attack: Relay phishing.
TEST(Authors, RelayPhishingFindsEveryDomainThatAFromFieldMayMean) {
  const Case cases[] = {
      {"jo@B.example", "b.example | "},
      {"jo@b.example (x)", "b.example | "},
      {"jo@b.example, x@c.example", "b.example c.example | "},
      {"jo@ b.example", "b.example | "},
      {"jo@\r\n b.example", "b.example | "},
      {"jo@(x)b(y).(z)example", "b.example | "},
      {"jo@b .example", "b b.example | "},
      {"\"(\" <jo@(x) b.example>", "b.example | "},
      {"\"a\\\"(\" <jo@ b.example>", "b.example | "},
      {"jo@b.example. Smith <x@c.example>", "b.example b.example.smith c.example | "},
      {"<@b.example:x@c.example>", "b.example c.example | "},
      {"Group: jo@b.example;", "b.example | "},
      {"jo@", " | "},
      {"Jo", " | "},
  };
  for (const auto& [from, found] : cases)
    EXPECT_EQ(found_in(from), found) << from;
  const AuthorDomains two = author_domains(
      fields_of("From: x@c.example\r\nSubject: jo@d.example\r\nfrom : jo@b.example\r\n"));
  EXPECT_EQ(list(two.addresses), "b.example c.example");
}

// Named attack: Two readers.
TEST(Authors, TwoReadersOfAnAddressSeeTheSameDomain) {
  const Case cases[] = {
      // Signs that look like others.
      {"ceo\xef\xbc\xa0"
       "b.example",
       "b.example | "},
      {"ceo@\xef\xbd\x82\xef\xbc\x8e\xef\xbd\x85xample", "b.example | "},
      {"ceo\xef\xb9\xab"
       "b\xef\xb9\x92"
       "example",
       "b.example | "},
      {"ceo@b\xe3\x80\x82"
       "example",
       "b.example | "},
      {"ceo@b\xef\xbd\xa1"
       "example",
       "b.example | "},
      {"ceo@\xe2\x93\x91.\xf0\x9d\x90\x9example", "b.example | "},
      {"ceo@b.example\xe2\x80\xa4", "b.example | "},
      // What nobody sees.
      {"ceo@b.\xe2\x80\x8b"
       "example",
       "b.example | "},
      {"ceo@b.exa\xc2\xadmple", "b.example | "},
      {"ceo@\xe2\x80\xae"
       "b.example",
       "b.example oec | "},
      {"ceo@b.ex\xef\xb8\x8f"
       "ample",
       "b.example | "},
      {"ceo@b.ex\xf3\xa0\x81\xa1"
       "ample",
       "b.example | "},
      {"ceo@b.\xcd\x8f"
       "example",
       "b.example | "},
      {"ceo@\xef\xbb\xbf"
       "b.example\xe2\x81\xa0",
       "b.example | "},
      {"ceo@b.e\xe1\x85\x9fxample", "b.e b.example | "},
      // What no domain has.
      {"ceo@b.example\x80", "b.example | "},
      {"ceo@b.example\xe2\x80\x94 and more", "b.example | "},
      {"ceo@b.example!", "b.example | "},
      {"ceo@b.example_x", "b.example | "},
      {"ceo@b.example%20", "b.example | "},
      {"ceo@b.example=20", "b.example | "},
      {"ceo@b.example'", "b.example | "},
      {"ceo@b.example-", "b.example | "},
      {"ceo@b.example..", "b.example | "},
      {"ceo@b..example", "b.example | "},
      {"ceo@.b.example", "b.example | "},
      {"ceo@b.example\xe2\x98\x83", "b.example | "},
      {"ceo@b.example/x", "b.example | "},
      // Syntax.
      {"ceo@[b.example]", "b.example | "},
      {"ceo@\"b.example\"", "b.example | "},
      {"ceo@b\\.example", "b b.example | "},
      {"ceo@b.\"exam\"ple", "b b.example | "},
      {"ceo@b.example <eve@c.example>", "b.example c.example | "},
      {"x\" <ceo@b.example> \"y <eve@c.example>", "b.example c.example | "},
      {"\"x <ceo@b.example>", "b.example | "},
      {"(x <ceo@b.example>", "b.example | "},
      {"bob@b.example via List <list@c.example>", "b.example c.example | "},
      // Turned round.
      {"\xe2\x80\xae"
       "elpmaxe.b@oec",
       "b.example oec | "},
      // Of other scripts.
      {"ceo@b\xc3\xbc"
       "cher.example",
       "xn--bcher-kva.example | "},
      {"ceo@bu\xcc\x88"
       "cher.example",
       "xn--bcher-kva.example | "},
  };
  for (const auto& [from, found] : cases)
    EXPECT_EQ(found_in(from), found) << from;
}

// Named attack: Two readers. Unicode has no glyph for them, and most fonts show a blank.
TEST(Authors, TwoReadersOfAFillerSeeADomainEndAtIt) {
  for (const std::string filler :
       {"\u3164", "\u115f", "\uffa0", "\u1160", "\u180e", "\u3164\u3164", "\u115f\u200b", "\u2800",
        "\U00013441", "\U00016fe4", "\U0001d159"}) {
    const std::string hidden = "b.example" + filler;
    EXPECT_EQ(found_in("ceo@" + hidden + ".c.example"), "b.example b.example.c.example | ");
    EXPECT_EQ(found_in("Bob <ceo@" + hidden + "c.example>"), "b.example b.examplec.example | ");
    EXPECT_EQ(found_in("\"ceo@" + hidden + "x\" <eve@c.example>"),
              "c.example | b.example b.examplex");
  }
  EXPECT_EQ(found_in("=?utf-8?q?ceo=40b.example=E3=85=A4x?= <eve@c.example>"),
            "c.example | b.example b.examplex");
}

// Named attack: Two readers. What this one cannot read may be anybody's name.
TEST(Authors, TwoReadersOfAnUnknownCharsetMaySeeAnyDomain) {
  const auto doubt_in = [](std::string_view from) {
    const std::string header = "From: " + std::string(from) + "\r\n";
    const AuthorDomains authors = author_domains(fields_of(header));
    return std::string(authors.doubtful_address ? "address" : "") +
           (authors.doubtful_name ? "name" : "");
  };
  for (const std::string charset : {"cp297", "unicode_escape", "x-imap4-modified-utf7", "ibm278",
                                    "hz-gb-2312", "ucs-2", "csUnicode", "utf-16"}) {
    const std::string word = "=?" + charset + "?q?=83=85?=";
    EXPECT_EQ(doubt_in(word + " <eve@c.example>"), "name") << charset;
    EXPECT_EQ(doubt_in(word + "@c.example"), "address") << charset;
    EXPECT_EQ(doubt_in("\"x\" (" + word + ") <eve@c.example>"), "name") << charset;
  }
  EXPECT_EQ(doubt_in("=?utf-8?b?Y2VvQGIuZXhhbXBsZQ=3D=3D?= <eve@c.example>"), "name") << "no UTF-8";
  for (const std::string charset : {"utf-8", "us-ascii", "unknown-8bit", "", "ISO-8859-3", "x-gbk",
                                    "Windows-949", "koi8-r", "macintosh", "utf-16le", "cp037"}) {
    EXPECT_EQ(doubt_in("=?" + charset + "?q?Bob?= <eve@c.example>"), "") << charset;
  }
  // Full-width signs under the names that other programs know.
  for (const std::string charset :
       {"csISO2022JP", "ISO-2022-JP-1", "ISO-2022-JP-2", "iso-2022-jp-3"}) {
    EXPECT_EQ(found_in("=?" + charset +
                       "?b?GyRCI2MjZSNvIXcjYiElI2UjeCNhI20jcCNsI2UbKEI=?= <x@c.example>"),
              "c.example | b.example")
        << charset;
  }
  for (const std::string charset : {"ms_kanji", "csShiftJIS", "windows-31j"}) {
    EXPECT_EQ(found_in("=?" + charset +
                       "?q?ceo=81=97=82=82=81=44=82=85=82=98=82=81=82=8D=82=90=82=8C=82=85?= "
                       "<x@c.example>"),
              "c.example | b.example")
        << charset;
  }
  for (const std::string charset :
       {"x-gbk", "chinese", "gb_2312-80", "windows-949", "ks_c_5601-1989"}) {
    EXPECT_EQ(
        found_in("=?" + charset +
                 "?q?ceo=A3=C0=A3=E2.=A3=E5=A3=F8=A3=E1=A3=ED=A3=F0=A3=EC=A3=E5?= <x@c.example>"),
        "c.example | b.example")
        << charset;
  }
}

std::string authors_in(std::string_view header) {
  const AuthorDomains authors = author_domains(fields_of(header));
  return list(authors.addresses) + " | " + list(authors.names);
}

// Named attack: Relay phishing. Programs that find no author show who sent it.
TEST(Authors, RelayPhishingWithoutAFromAddressIsFoundInTheSender) {
  const Case cases[] = {
      {"Sender: ceo@b.example\r\n", "b.example | "},
      {"From:\r\nSender: ceo@b.example\r\n", "b.example | "},
      {"From: \r\n \t\r\nsender : CEO <ceo@b.example>\r\n", "b.example | "},
      {"From: CEO\r\nSender: ceo@b.example\r\n", "b.example | "},
      {"From: undisclosed:;\r\nResent-From: ceo@b.example\r\n", "b.example | "},
      {"From: <>\r\nResent-Sender: ceo@b.example\r\n", "b.example | "},
      {"From: x@\r\nSender: =?utf-8?q?ceo=40b.example?=\r\n", "b.example | "},
      {"Sender: \"ceo@b.example\" <x@c.example>\r\n", "c.example | b.example"},
      {"From: x@c.example\r\nSender: ceo@b.example\r\nResent-From: y@d.example\r\n",
       "c.example | "},
      {"Subject: ceo@b.example\r\n", " | "},
  };
  for (const auto& [header, found] : cases)
    EXPECT_EQ(authors_in(header), found) << header;
}

// Named attack: Two readers. Some decode words wherever they stand.
TEST(Authors, TwoReadersOfEncodedWordsSeeTheSameDomain) {
  const Case cases[] = {
      {"=?utf-8?q?ceo=40b.example?=", "b.example | "},
      {"=?utf-8?q?ceo=40b.example?= <eve@c.example>", "c.example | b.example"},
      {"=?UTF-8?B?Y2VvQGIuZXhhbXBsZQ==?= <eve@c.example>", "c.example | b.example"},
      {"=?us-ascii?Q?ceo=40?=\r\n =?us-ascii?Q?b.example?= <eve@c.example>",
       "c.example | b.example"},
      {"=?us-ascii?Q?ceo=40b.?= =?utf-8?b?ZXhhbXBsZQ?= <eve@c.example>", "c.example | b b.example"},
      {"=?us-ascii?Q?ceo=40b.example?= =?utf-8?q?x?= <eve@c.example>",
       "c.example | b.example b.examplex"},
      {"ceo=?utf-8?q?=40?=b.example <eve@c.example>", "c.example | b.example"},
      {"\"=?utf-8?q?ceo=40b.example?=\" <eve@c.example>", "c.example | b.example"},
      {"\"x\" (=?utf-8?q?ceo=40b.example?=) <eve@c.example>", "c.example | b.example"},
      {"=?utf-8?q?ceo=40b.example?=@c.example", "b.example c.example | "},
      {"<=?utf-8?q?ceo=40b.example?=>", "b.example | "},
      {"=?utf-8?q?=3D=3Futf-8=3Fq=3Fceo=3D40b.example=3F=3D?= <eve@c.example>",
       "c.example | b.example"},
      {"=?utf-8*en?q?ceo=40b.example?= <eve@c.example>", "c.example | b.example"},
      {"=?x-unknown?q?ceo=40b.example?= <eve@c.example>", "c.example | b.example"},
      {"=??q?ceo=40b.example?= <eve@c.example>", "c.example | b.example"},
      {"=?utf-8?q?ceo=40b.example some=4 =zz blanks?= <eve@c.example>",
       "c.example | b.example b.examplesome"},
      // A word that does not end, or that holds the beginning of another.
      {"=?x?b? =?utf-8?q?ceo=40b.example?= <eve@c.example>", "c.example | b.example"},
      {"=?x?b?\r\n =?utf-8?q?ceo=40b.example?=", "b.example | "},
      {"=?x?q?=?utf-8?q?ceo=40b.example?= <eve@c.example>", "c.example | b.example"},
      {"=?x?b?Y?x=?utf-8?q?ceo=40b.example?= <eve@c.example>", "c.example | b.example"},
      // Longer than a word may be.
      {"=?utf-8*eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
       "?q?ceo=40b.example?= <eve@c.example>",
       "c.example | b.example"},
      {"=?utf-8?q?ceo=40b.exam ple?= <eve@c.example>", "c.example | b.exam b.example"},
      // Digits of one group in two words.
      {"=?utf-8?b?Y2V?= =?utf-8?b?vQGIuZXhhbXBsZQ==?= <eve@c.example>", "c.example | b.example"},
      {"=?utf-8?q?ceo=ef=bc=a0b.example?= <eve@c.example>", "c.example | b.example"},
      {"=?utf-8?q?ceo=EF=BC?= =?utf-8?q?=A0b.example?= <eve@c.example>", "c.example | b.example"},
      {"=?utf-8?q?ceo=40b=00.exam=07ple?= <eve@c.example>", "c.example | b.example"},
      {"=?utf-7?q?ceo+AEA-b.example?= <eve@c.example>", "c.example | b.example"},
      {"=?utf-16?b?/v8AYwBlAG8AQABiAC4AZQB4AGEAbQBwAGwAZQ==?= <eve@c.example>",
       "c.example | b.example"},
      {"=?utf-16le?b?YwBlAG8AQABiAC4AZQB4AGEAbQBwAGwAZQA=?= <eve@c.example>",
       "c.example | b.example"},
      {"=?cp037?b?g4WWfIJLhaeBlJeThQ==?= <eve@c.example>", "c.example | b.example"},
      {"=?iso-2022-jp?b?GyRCI2MjZSNvIXcjYiElI2UjeCNhI20jcCNsI2UbKEI=?= <eve@c.example>",
       "c.example | b.example"},
      {"=?shift_jis?b?goOChYKPgZeCgoFEgoWCmIKBgo2CkIKMgoU=?= <eve@c.example>",
       "c.example | b.example"},
      {"=?gb2312?b?o+Oj5aPvo8Cj4qOuo+Wj+KPho+2j8KPso+U=?= <eve@c.example>",
       "c.example | b.example"},
      {"=?iso-8859-1?q?ceo=40b=FCcher.example?= <eve@c.example>",
       "c.example | xn--bcher-kva.example"},
      {"=?windows-1252?q?ceo=40b.ex=ADample=85?= <eve@c.example>", "c.example | b.example"},
      {"=?utf-8?q?=E2=80=AEelpmaxe.b=40oec?= <eve@c.example>", "c.example | b.example eve oec"},
  };
  for (const auto& [from, found] : cases)
    EXPECT_EQ(found_in(from), found) << from;
}

// A mailing list writes whose mail it was, and lies to nobody.
TEST(Authors, TellsANameFromAnAddress) {
  const Case cases[] = {
      {"\"bob@b.example via List\" <list@c.example>", "c.example | b.example"},
      {"\"Bob <bob@b.example> via List\" <list@c.example>", "c.example | b.example"},
      {"\"jo@b.example\" <x@c.example>", "c.example | b.example"},
      {"(jo@b.example) x@c.example", "c.example | b.example"},
      {"x@c.example (jo@b.example (and jo@d.example))", "c.example | b.example d.example"},
      {"\"jo@c.example\" <x@c.example>", "c.example | "},
      {"\"a@b.example, c@d.example\" <x@c.example>, Y. Z. <y@d.example>",
       "c.example d.example | b.example"},
      {"ceo\xef\xbc\xa0"
       "b.example <eve@c.example>",
       "c.example | b.example"},
      {"\"a \\\" b@b.example\" <x@c.example>", "c.example | b.example"},
      {"\"b@b.example\"@c.example", "b.example c.example | "},
  };
  for (const auto& [from, found] : cases)
    EXPECT_EQ(found_in(from), found) << from;
}

TEST(Authors, WhatStandsLastCountsLikeWhatStandsFirst) {
  std::string many = "From: ";
  for (std::size_t i = 1; i < kMaxAuthorDomains; ++i)
    many += "x@d" + std::to_string(i) + ".example,\r\n ";
  const AuthorDomains all = author_domains(fields_of(many + "ceo@b.example\r\n"));
  EXPECT_FALSE(all.too_many);
  EXPECT_EQ(all.addresses.size(), kMaxAuthorDomains);
  EXPECT_TRUE(author_domains(fields_of(many + "y@c.example,\r\n ceo@b.example\r\n")).too_many);
}

// Ten times what it takes, so that a busy machine fails nothing; one that is not linear takes
// minutes.
constexpr double kMaxSecondsAMegabyte = 0.5;

// Named attack: Parser bomb.
TEST(Authors, ParserBombCostsNoMoreThanItsSize) {
  const std::string_view pieces[] = {"@",
                                     "@a",
                                     "@\xc3\xa9",
                                     "\xef\xbc\xa0",
                                     "@.",
                                     "(",
                                     "\"",
                                     "\\",
                                     "\xef\xb7\xba",
                                     "\xcc\x88",
                                     "\xe3\x8d\x98",
                                     "\xe2\x80\xae@a",
                                     "=?",
                                     "=?utf-8?q?=40?=",
                                     "=?x?b?Y ?=",
                                     "=?utf-8?b?Y2V?= ",
                                     "=?a?q?",
                                     "=?utf-7?q?+AEA-?= =?u16?b?YQ==?= ",
                                     "=?cp037?q?a?==?iso-2022-jp?q?b?=",
                                     "a@b.example ",
                                     "<a@b.example>,",
                                     "\xe2\x80\x8b",
                                     "\xe3\x85\xa4",
                                     "\xff",
                                     "=3D=3F",
                                     "=?x?q?=3D=3Fx=3Fq=3F=3D3D=3F=3D?=",
                                     "@\xc3\xa9.\xc3\xa9."};
  for (const std::string_view piece : pieces) {
    std::string header = "From: ";
    for (int i = 0; header.size() < kMessageHeader.bytes - 40; ++i) {
      header += piece;
      if (piece.starts_with("@a")) header += std::to_string(i);
    }
    header += " ?= <a@b.example>\r\n";
    const auto fields = fields_of(header);
    double seconds = 1;
    for (int run = 0; run < 3; ++run) {
      const ProcessorTime time;
      for (int i = 0; i < 4; ++i)
        author_domains(fields);
      seconds = std::min(seconds, time.seconds());
    }
    EXPECT_LT(seconds, kMaxSecondsAMegabyte) << piece;
  }
}

}  // namespace
}  // namespace culvert::crypto
