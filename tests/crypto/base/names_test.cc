#include "crypto/base/names.h"

#include <gtest/gtest.h>

namespace culvert {
namespace {

TEST(Domain, IsLowerCaseALabelsWithoutFinalDot) {
  EXPECT_EQ(Domain::parse("A.Example.")->text(), "a.example");
  EXPECT_EQ(Domain::parse("bücher.example")->text(), "xn--bcher-kva.example");
  EXPECT_EQ(Domain::parse("xn--bcher-kva.example")->text(), "xn--bcher-kva.example");
  EXPECT_EQ(Domain::parse("localhost")->text(), "localhost");
}

TEST(Domain, RefusesWhatIsNoName) {
  const std::string long_label(64, 'a');
  std::string long_name;
  for (int i = 0; i < 64; ++i)
    long_name += "abc.";
  for (const std::string& bad :
       {std::string(), std::string("."), std::string("a..b"), std::string("-a.example"),
        std::string("a-.example"), std::string("a_b.example"), std::string("a b.example"),
        std::string("[127.0.0.1]"), std::string("127.0.0.1"), std::string("a.example.."),
        std::string("a.exa\0mple", 10), std::string("a.example\n"), long_label + ".example",
        long_name + "example", std::string("\xff.example")}) {
    const auto domain = Domain::parse(bad);
    ASSERT_FALSE(domain.ok()) << bad;
    EXPECT_EQ(domain.error().code, "bad-domain");
    EXPECT_EQ(domain.error().text.find('\n'), std::string::npos);
  }
}

TEST(Domain, KnowsItsAncestors) {
  const Domain mail = *Domain::parse("mail.a.example");
  EXPECT_TRUE(mail.is_within(*Domain::parse("a.example")));
  EXPECT_TRUE(mail.is_within(mail));
  EXPECT_FALSE(mail.is_within(*Domain::parse("il.a.example")));
  EXPECT_FALSE(Domain::parse("a.example")->is_within(mail));
}

TEST(Domain, KnowsPublicSuffixes) {
  EXPECT_TRUE(Domain::parse("com")->is_public_suffix());
  EXPECT_TRUE(Domain::parse("co.uk")->is_public_suffix());
  EXPECT_FALSE(Domain::parse("bbc.co.uk")->is_public_suffix());
}

TEST(Mailbox, KeepsTheLocalPartAndLowersTheDomain) {
  const Mailbox mailbox = *Mailbox::parse("Jane.Doe+x@B.Example");
  EXPECT_EQ(mailbox.text(), "Jane.Doe+x@b.example");
  EXPECT_FALSE(mailbox.needs_utf8());
  EXPECT_TRUE(Mailbox::parse("jürgen@b.example")->needs_utf8());
  EXPECT_EQ(Mailbox::parse("\"a b\\\"@c\"@b.example")->local_part(), "\"a b\\\"@c\"");
}

// The attack on certificate addresses: nothing that looks like an address to one reader only.
TEST(Mailbox, RefusesWhatOthersMayReadOtherwise) {
  for (const std::string& bad : {std::string(),
                                 std::string("@b.example"),
                                 std::string("jane"),
                                 std::string("jane@"),
                                 std::string(".jane@b.example"),
                                 std::string("jane.@b.example"),
                                 std::string("ja..ne@b.example"),
                                 std::string("ja ne@b.example"),
                                 std::string("jane@b.example "),
                                 std::string(" jane@b.example"),
                                 std::string("jane@b.example\0", 15),
                                 std::string("jane\0@b.example", 15),
                                 std::string("jane@b.example,john@b.example"),
                                 std::string("<jane@b.example>"),
                                 std::string("jane(x)@b.example"),
                                 std::string("@relay:jane@b.example"),
                                 std::string("\"jane@b.example"),
                                 std::string("\"a\rb\"@b.example"),
                                 std::string("\"a\\\"@b.example"),
                                 std::string(65, 'a') + "@b.example",
                                 std::string("\xc3@b.example")}) {
    const auto mailbox = Mailbox::parse(bad);
    EXPECT_FALSE(mailbox.ok()) << bad;
  }
}

TEST(Mailbox, SaysWhatIsWrong) {
  const std::pair<std::string, const char*> cases[] = {
      {std::string(65, 'a') + "@b.example", "before @ is longer than 64 octets"},
      {std::string(300, 'a') + "@b.example", "before @ is longer than 64 octets"},
      {'"' + std::string(63, 'a') + "\"@b.example", "before @ is longer than 64 octets"},
      {"x@under_score.b.example", "'_' may not stand in it"},
      {"x@_dmarc.b.example", "'_' may not stand in it"},
      {"user@[192.0.2.1]", "name the domain"},
      {"user@[IPv6:2001:db8::1]", "name the domain"},
  };
  for (const auto& [written, text] : cases) {
    const auto mailbox = Mailbox::parse(written);
    ASSERT_FALSE(mailbox.ok()) << written;
    EXPECT_NE(mailbox.error().text.find(text), std::string::npos) << mailbox.error().text;
  }
  EXPECT_EQ(Mailbox::parse("ja ne@b.example").error().text,
            "'ja ne@b.example' is not a mail address");
  EXPECT_TRUE(Mailbox::parse(std::string(64, 'a') + "@b.example").ok());
}

TEST(Mailbox, IsMadeFromCheckedParts) {
  const Domain domain = *Domain::parse("b.example");
  EXPECT_EQ(Mailbox::make("culvert-tunnel+abc", domain)->text(), "culvert-tunnel+abc@b.example");
  EXPECT_FALSE(Mailbox::make("a@b", domain).ok());
  EXPECT_FALSE(Mailbox::make("", domain).ok());
}

// RFC 5321, 4.1.2: unneeded quotes mean nothing, so a rule about an address is not avoided by them.
TEST(Mailbox, HasOneSpellingWhateverTheQuotes) {
  const struct {
    const char* written;
    const char* local_part;
    const char* says;
  } cases[] = {
      {R"("joe"@b.example)", "joe", "joe"},
      {R"("j\o\e"@b.example)", "joe", "joe"},
      {R"("Joe.Doe+x"@B.Example.)", "Joe.Doe+x", "Joe.Doe+x"},
      {R"("joe\ doe"@b.example)", R"("joe doe")", "joe doe"},
      {R"("a\\b\"c"@b.example)", R"("a\\b\"c")", R"(a\b"c)"},
      {R"("victim\@world"@b.example)", R"("victim@world")", "victim@world"},
      {R"("a..b"@b.example)", R"("a..b")", "a..b"},
      {R"(""@b.example)", R"("")", ""},
      {"\"j\u00e4ne\"@b.example", "j\u00e4ne", "j\u00e4ne"},
  };
  for (const auto& each : cases) {
    const Mailbox mailbox = *Mailbox::parse(each.written);
    EXPECT_EQ(mailbox.local_part(), each.local_part) << each.written;
    EXPECT_EQ(mailbox.unquoted_local_part(), each.says) << each.written;
    EXPECT_EQ(Mailbox::parse(mailbox.text())->text(), mailbox.text()) << each.written;
    const std::string_view local(each.written);
    EXPECT_EQ(*Mailbox::make(local.substr(0, local.rfind('@')), mailbox.domain()), mailbox);
  }
}

TEST(Mailbox, HasOneKeyForAllSpellingsOfAnAddress) {
  const struct {
    const char* written;
    const char* key;
  } cases[] = {
      {"Jane.Doe@B.Example", "jane.doe@b.example"},
      {"\"Jane.Doe\"@b.example", "jane.doe@b.example"},
      {R"("j\a\ne.doe"@b.example)", "jane.doe@b.example"},
      {R"("Jane\ Doe"@b.example)", R"("jane doe"@b.example)"},
      {R"("a\"b\\c"@b.example)", R"("a\"b\\c"@b.example)"},
      {"\"a@b\"@b.example", "\"a@b\"@b.example"},
      {"\"a..b\"@b.example", "\"a..b\"@b.example"},
      {"\"\"@b.example", "\"\"@b.example"},
      {"J\u00c4NE@b.example", "j\u00c4ne@b.example"},
  };
  for (const auto& each : cases)
    EXPECT_EQ(Mailbox::parse(each.written)->lookup_key(), each.key) << each.written;
}

TEST(ReversePath, IsAPathOrNull) {
  EXPECT_EQ(path_text(std::nullopt), "<>");
  EXPECT_EQ(path_text(*Mailbox::parse("a@b.example")), "<a@b.example>");
}

TEST(FingerprintTest, HasOneSpelling) {
  const std::string digits(64, 'a');
  EXPECT_EQ(Fingerprint::from_hex(digits)->hex(), digits);
  EXPECT_FALSE(Fingerprint::from_hex(std::string(64, 'A')));
  EXPECT_FALSE(Fingerprint::from_hex(std::string(62, 'a')));
  EXPECT_FALSE(Fingerprint::from_hex(std::string(64, 'g')));
  EXPECT_FALSE(Fingerprint::from_bytes(Bytes(31)));
}

}  // namespace
}  // namespace culvert
