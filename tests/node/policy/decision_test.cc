#include "node/policy/decision.h"

#include <gtest/gtest.h>

namespace culvert::node {
namespace {

Mailbox box(const char* text) { return *Mailbox::parse(text); }

Path path_of(const Rules& rules, const char* from, const char* to,
             RouteUse route = RouteUse::none) {
  return decide(rules, {box(from), box(to), false, route}).path;
}

TEST(Decision, TakesTheNarrowestScope) {
  const Rules rules({{"global", "encrypt", "mandatory"},
                     {"domain:*.example", "encrypt", "never"},
                     {"domain:b.example", "encrypt", "mandatory"},
                     {"user:jane@b.example", "encrypt", "opportunistic"}});
  EXPECT_EQ(rules.find(PolicyKey::encrypt, box("jane@b.example")).scope, "user:jane@b.example");
  EXPECT_EQ(rules.find(PolicyKey::encrypt, box("joe@b.example")).scope, "domain:b.example");
  EXPECT_EQ(rules.find(PolicyKey::encrypt, box("joe@c.example")).scope, "domain:*.example");
  EXPECT_EQ(rules.find(PolicyKey::encrypt, box("joe@x.test")).scope, "global");
  EXPECT_EQ(Rules().find(PolicyKey::encrypt, box("joe@x.test")).scope, "built-in");
}

TEST(Decision, LetsTheStricterSideWin) {
  const Rules rules(
      {{"domain:a.example", "encrypt", "mandatory"}, {"domain:b.example", "encrypt", "never"}});
  EXPECT_EQ(path_of(rules, "x@a.example", "y@b.example"), Path::refuse);
  EXPECT_EQ(path_of(rules, "x@b.example", "y@a.example"), Path::refuse);
  EXPECT_EQ(path_of(rules, "x@b.example", "y@c.example"), Path::clear);
}

TEST(Decision, NeverBypassesARouteThatIsOrWasActive) {
  const Rules rules({{"global", "encrypt", "never"}});
  EXPECT_EQ(path_of(rules, "x@a.example", "y@b.example", RouteUse::seals), Path::tunnel);
  const PathDecision waiting =
      decide(rules, {box("x@a.example"), box("y@b.example"), false, RouteUse::waits});
  EXPECT_EQ(waiting.path, Path::tunnel);
  EXPECT_NE(waiting.reasons.front().find("waited for"), std::string::npos);
}

TEST(Decision, HandsOwnDomainsInside) {
  EXPECT_EQ(decide(Rules(), {std::nullopt, box("y@a.example"), true, RouteUse::none}).path,
            Path::inside);
}

TEST(Decision, TreatsAnUnknownWordAsMandatory) {
  const Rules rules({{"global", "encrypt", "quantum"}});
  EXPECT_EQ(path_of(rules, "x@a.example", "y@b.example"), Path::refuse);
}

TEST(Decision, ObeysAUsersRuleInWhateverSpellingTheAddressComes) {
  for (const char* written : {"user:jane@c.example", "user:Jane@c.example"}) {
    const Rules rules({{written, "encrypt", "mandatory"}});
    for (const char* jane :
         {"jane@c.example", "Jane@C.example", "\"jane\"@c.example", "\"J\\ane\"@c.example"}) {
      EXPECT_EQ(path_of(rules, "x@a.example", jane), Path::refuse) << written << " " << jane;
      EXPECT_EQ(path_of(rules, jane, "x@a.example"), Path::refuse) << written << " " << jane;
    }
    EXPECT_EQ(path_of(rules, "x@a.example", "jane.doe@c.example"), Path::clear);
  }
}

TEST(Decision, TakesTheStricterOfTwoSpellingsOfOneScope) {
  const Rules rules({{"user:Jane@c.example", "encrypt", "mandatory"},
                     {"user:jane@c.example", "encrypt", "never"}});
  EXPECT_EQ(path_of(rules, "x@a.example", "jane@c.example"), Path::refuse);
}

TEST(PolicyKeys, EachRowIsFoundByItsName) {
  for (const PolicyRow& row : policy_rows()) {
    EXPECT_EQ(find_policy_row(row.name), &policy_row(row.key)) << row.name;
    EXPECT_FALSE(row.help.empty());
    for (std::size_t value = 0; value < row.words.size(); ++value) {
      EXPECT_EQ(*parse_policy_word(row, row.words[value].word), value);
      EXPECT_FALSE(row.words[value].help.empty()) << row.words[value].word;
    }
  }
  EXPECT_EQ(find_policy_row("Encrypt"), nullptr);
}

TEST(PolicyKeys, AWrongWordIsToldWithThoseThatExist) {
  const auto wrong = parse_policy_word(policy_row(PolicyKey::encrypt), "quantum");
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().text, "encrypt is never, opportunistic or mandatory, not 'quantum'");
}

TEST(PolicyKeys, ValuesOfEncryptAreItsWords) {
  const PolicyRow& row = policy_row(PolicyKey::encrypt);
  EXPECT_EQ(row.words[static_cast<std::size_t>(Encrypt::never)].word, "never");
  EXPECT_EQ(row.words[static_cast<std::size_t>(Encrypt::opportunistic)].word, "opportunistic");
  EXPECT_EQ(row.words[static_cast<std::size_t>(Encrypt::mandatory)].word, "mandatory");
}

// A rule of another key, or of another version's, changes nothing of this one.
TEST(Rules, AKeyThatIsNotKnownIsPassedOver) {
  const Rules rules({{"global", "colour", "mandatory"}});
  EXPECT_EQ(rules.find(PolicyKey::encrypt, std::nullopt).scope, "built-in");
}

TEST(Rules, BringsScopesToOneForm) {
  EXPECT_EQ(*parse_scope("domain:B.Example"), "domain:b.example");
  EXPECT_EQ(*parse_scope("domain:*.B.Example"), "domain:*.b.example");
  EXPECT_EQ(*parse_scope("user:Jane@B.Example"), "user:jane@b.example");
  EXPECT_EQ(*parse_scope("user:\"Jane\"@b.example"), "user:jane@b.example");
  for (const char* bad : {"", "domain:", "domain:*", "user:x", "b.example", "Global"}) {
    EXPECT_FALSE(parse_scope(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace culvert::node
