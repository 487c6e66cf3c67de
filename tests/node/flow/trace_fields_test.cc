#include "node/flow/trace_fields.h"

#include <gtest/gtest.h>

#include "crypto/mime/header.h"

namespace culvert::node {
namespace {

TEST(TraceFields, SayOnWhichSideMailCameIn) {
  ReceivedFrom from{"mx.b.example", "192.0.2.1", "ESMTPS", "TLSv1.3"};
  const auto field = [&from] {
    return crypto::unfolded(received_field(from, "gate.a.example", "0123", from_unix(0)));
  };
  EXPECT_NE(field().find("by gate.a.example (Culvert outside) with ESMTPS id 0123;"),
            std::string::npos);
  from.side = ReceivedFrom::Side::inside;
  EXPECT_NE(field().find("by gate.a.example (Culvert) with ESMTPS id 0123;"), std::string::npos);
}

TEST(TraceFields, TellTheOutcomeInTheWordsOfTheManual) {
  Outcome outcome;
  outcome.path = Outcome::Path::tunnel;
  outcome.peer = "b.example";
  outcome.signature = Outcome::Signed::yes;
  outcome.encrypted = "aes256-gcm";
  const std::string fields = outcome_fields(outcome, "gate.a.example");
  EXPECT_EQ(fields,
            "Culvert-Result: tunnel; peer=b.example; signed=yes; encrypted=aes256-gcm\r\n"
            "Authentication-Results: gate.a.example;\r\n\tsmime=pass\r\n");
  outcome = {};
  outcome.expected = Outcome::Expected::tunnel;
  outcome.why = "not sealed";
  EXPECT_TRUE(outcome_fields(outcome, "x")
                  .starts_with("Culvert-Result: clear; signed=no; encrypted=no; expected=tunnel; "
                               "why=not sealed\r\n"));
}

// Named attack: Header injection.
TEST(TraceFields, HeaderInjectionMakesNoSecondField) {
  const std::string evil = "x\r\nCulvert-Result: tunnel\r\n\r\nbody\n;\t(";
  Outcome outcome;
  outcome.why = evil;
  outcome.peer = evil;
  outcome.encrypted = evil;
  EXPECT_EQ(crypto::fields_of(outcome_fields(outcome, "gate.a.example")).size(), 2U);
  const std::string received =
      received_field({evil, evil, evil, evil}, "gate.a.example", evil, from_unix(0));
  EXPECT_EQ(crypto::fields_of(received).size(), 1U);
  EXPECT_EQ(received.find("\r\n\r\n"), std::string::npos);
}

}  // namespace
}  // namespace culvert::node
