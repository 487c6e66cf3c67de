#include "node/delivery/probe_answers.h"

#include <gtest/gtest.h>

namespace culvert::node {
namespace {

RecipientOutcome at_rcpt(int code, std::string_view enhanced) {
  return {.reply = make_reply(code, enhanced, "text"), .at_rcpt = true};
}
RecipientOutcome before_rcpt(int code, std::string_view enhanced) {
  return {.reply = make_reply(code, enhanced, "text")};
}

TEST(ProbeAnswers, TakesOnlyTheRecipientsOwnRefusalForIts) {
  for (const char* own : {"", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.0", "5.2.1"})
    EXPECT_EQ(meaning_of({at_rcpt(550, own)}), ProbeMeaning::refused) << own;
  for (const char* other :
       {"5.0.0", "5.1.0", "5.1.7", "5.1.8", "5.1.100", "5.3.2", "5.5.1", "5.7.1"})
    EXPECT_EQ(meaning_of({at_rcpt(550, other)}), ProbeMeaning::untold) << other;
  EXPECT_EQ(meaning_of({before_rcpt(550, "5.1.1")}), ProbeMeaning::untold) << "MAIL was refused";
}

TEST(ProbeAnswers, TakesARuleForTheRecipientsOnlyIfTheControlIsLookedAt) {
  const RecipientOutcome refused = at_rcpt(554, "5.7.1");
  EXPECT_EQ(meaning_of({refused, at_rcpt(250, "2.1.5")}), ProbeMeaning::refused);
  EXPECT_EQ(meaning_of({refused, at_rcpt(550, "5.1.1")}), ProbeMeaning::refused);
  for (const auto& control : {refused, at_rcpt(550, ""), at_rcpt(450, "4.1.1"),
                              before_rcpt(550, "5.1.1"), at_rcpt(550, "5.5.1")})
    EXPECT_EQ(meaning_of({refused, control}), ProbeMeaning::untold) << control.reply.summary();
  const RecipientOutcome ours = {.reply = make_reply(250, "", ""), .from_server = false};
  EXPECT_EQ(meaning_of({refused, ours}), ProbeMeaning::untold);
  EXPECT_EQ(meaning_of({at_rcpt(550, "5.5.1"), at_rcpt(250, "")}), ProbeMeaning::untold);
}

TEST(ProbeAnswers, PassesOnWhatIsForLaterButNotWhatIsAboutTheSession) {
  EXPECT_EQ(meaning_of({at_rcpt(450, "4.2.1")}), ProbeMeaning::later);
  EXPECT_EQ(meaning_of({before_rcpt(421, "4.3.2")}), ProbeMeaning::not_asked);
  EXPECT_EQ(meaning_of({{.reply = make_reply(451, "", ""), .from_server = false}}),
            ProbeMeaning::not_asked);
  EXPECT_EQ(meaning_of({at_rcpt(250, "2.1.5")}), ProbeMeaning::known);
}

}  // namespace
}  // namespace culvert::node
