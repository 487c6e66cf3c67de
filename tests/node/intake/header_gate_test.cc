#include "node/intake/header_gate.h"

#include <gtest/gtest.h>

#include "crypto/base/limits.h"
#include "node/smtp/reply.h"

namespace culvert::node {
namespace {

const GateRules kRules{
    "gate.a.example", GateRules::Bcc::remove, std::nullopt, {{"gate.a.example"}, {}}};

struct Passed {
  std::string octets;
  HeaderFacts facts;
};

Passed pass(std::string_view message, std::size_t step, const GateRules& rules = kRules) {
  Bytes out;
  BytesSink sink(out);
  HeaderGate gate(rules, sink);
  for (std::size_t at = 0; at < message.size(); at += step) {
    EXPECT_TRUE(gate.write(as_bytes(message.substr(at, step))).ok());
  }
  EXPECT_TRUE(gate.finish().ok());
  return {to_text(out), *gate.facts()};
}

TEST(HeaderGate, LetsEverythingElsePassHoweverItIsCut) {
  const std::string message =
      "Subject: x\r\nBcc: secret@b.example\r\nCulvert-Result: tunnel; signed=yes\r\n"
      "From: Jo <jo@b.example>\r\nMessage-ID: <1@b.example>\r\n\r\nBcc: body stays\r\n";
  const std::string expected =
      "Subject: x\r\nFrom: Jo <jo@b.example>\r\nMessage-ID: <1@b.example>\r\n\r\n"
      "Bcc: body stays\r\n";
  for (const std::size_t step : {1, 2, 3, 7, 1000}) {
    const Passed passed = pass(message, step);
    ASSERT_EQ(passed.octets, expected) << step;
    EXPECT_EQ(passed.facts.from->text(), "jo@b.example");
  }
}

// Named attack: Bcc, of mail that was sent again.
TEST(HeaderGate, BccAndResentBccReachNobodyElse) {
  for (const std::string field :
       {"Bcc: secret@b.example\r\n", "Resent-Bcc: secret@b.example\r\n",
        "RESENT-BCC: secret@b.example,\r\n\tsecret@c.example\r\n", "resent-bcc:\r\n",
        "Resent-To: x@b.example\r\nResent-Bcc: s@b.example\r\nresent-Bcc: s@c.example\r\n"}) {
    const std::string kept = field.starts_with("Resent-To") ? field.substr(0, 24) : "";
    const std::string rest = "Subject: x\r\n\r\nResent-Bcc: body stays\r\n";
    EXPECT_EQ(pass(field + rest, 5).octets, kept + rest);
    EXPECT_EQ(pass(field + rest, 5, {"gate.a.example", GateRules::Bcc::keep, std::nullopt}).octets,
              field + rest);
  }
}

TEST(HeaderGate, KeepsMessagesWithoutHeaderOrBody) {
  for (const std::string_view message :
       {"", "\r\n", "\r\nbody\r\n", "A: b\r\n", "A: b", "\r\n\r\n"}) {
    for (const std::size_t step : {1, 100}) {
      const Passed passed = pass(message, step);
      EXPECT_EQ(passed.octets, message);
      EXPECT_FALSE(passed.facts.fault);
    }
  }
}

// Named attack: Two readers.
TEST(HeaderGate, TwoReadersOfAHeaderAreAFaultThatTheCallerIsTold) {
  for (const std::string_view message :
       {std::string_view("Subject: x\r\nCulvert\0-Result: tunnel\r\n\r\n", 39),
        std::string_view("Subject: x\r\nno field\r\n\r\nbody\r\n"),
        std::string_view("Subject: x\r\nFrom: a\x0b@b.example"),
        std::string_view("Subject: x\r\nCulvert-Result\r\n : tunnel\r\n\r\n")}) {
    for (const std::size_t step : {1, 100}) {
      const auto fault = pass(message, step).facts.fault;
      ASSERT_TRUE(fault.has_value()) << message;
      EXPECT_EQ(fault->code, "fields");
      EXPECT_EQ(fault->fault, Fault::permanent);
      EXPECT_NE(fault->text.find("line 2 "), std::string::npos) << fault->text;
    }
  }
}

// Named attack: Two readers. What they pass over in a name is passed over in what is removed and
// counted too, even in mail that is not handed on.
TEST(HeaderGate, TwoReadersOfANameSeeNothingThatTheGateDoesNot) {
  GateRules rules = kRules;
  rules.required = RequiredHeader{"X-Our-Secret", "open sesame"};
  std::string message = "Bcc\t: a@b.example\r\nB cc: a@b.example\r\nBcc\r\n : a@b.example\r\n";
  message += "X-Our-Secret : open sesame\r\nX-Our-\x01Secret: x\r\n";
  for (int i = 0; i < 51; ++i)
    message += i % 2 == 0 ? "Received : x\r\n"
                          : "Re\x7f"
                            "ceived: x\r\n";
  const std::string kept = message.substr(message.find("Received"));
  const Passed passed = pass(message + "From\t: a@b.example\r\n\r\n", 1000, rules);
  EXPECT_EQ(passed.octets, kept + "From\t: a@b.example\r\n\r\n");
  EXPECT_TRUE(passed.facts.required_present);
  EXPECT_TRUE(passed.facts.is_loop);
  EXPECT_EQ(passed.facts.from->text(), "a@b.example");
}

TEST(HeaderGate, RefusesMoreAuthorsThanItLooksAt) {
  std::string message = "From: ";
  for (std::size_t i = 0; i <= crypto::kMaxAuthorDomains; ++i)
    message += "x@d" + std::to_string(i) + ".example,\r\n ";
  const auto fault = pass(message + "a@b.example\r\n\r\n", 1000).facts.fault;
  ASSERT_TRUE(fault.has_value());
  EXPECT_NE(fault->text.find("1000 domains in From"), std::string::npos);
}

TEST(HeaderGate, RefusesAHeaderThatNeverEnds) {
  Bytes out;
  BytesSink sink(out);
  HeaderGate gate(kRules, sink);
  const std::string line = "X: " + std::string(900, 'y') + "\r\n";
  Status status = done();
  for (int i = 0; i < 400 && status; ++i)
    status = gate.write(as_bytes(line));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, "header-too-large");
  EXPECT_NE(status.error().text.find("at most 262144 octets"), std::string::npos);
  EXPECT_TRUE(out.empty());
}

TEST(HeaderGate, SaysThatTheFieldsAreTooMany) {
  Bytes out;
  BytesSink sink(out);
  HeaderGate gate(kRules, sink);
  std::string header;
  for (std::size_t i = 0; i <= crypto::kMessageHeader.fields; ++i)
    header += "X: y\r\n";
  const Status status = gate.write(as_bytes(header + "\r\n"));
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().text.find("at most 2000 fields"), std::string::npos);
  EXPECT_EQ(reply_for(status.error()).enhanced, "5.3.4");
  EXPECT_TRUE(out.empty());
}

// Named attack: Loop.
TEST(HeaderGate, LoopIsSeenByReceivedFieldsAndByOurOwnMark) {
  std::string fifty;
  for (int i = 0; i < 51; ++i)
    fifty += "Received: by mx.c.example; now\r\n";
  EXPECT_TRUE(pass(fifty + "\r\n", 1000).facts.is_loop);
  for (const char* side : {"(Culvert)", "(Culvert outside)"}) {
    std::string own;
    for (int i = 0; i < 6; ++i)
      own += "Received: by gate.a.example " + std::string(side) + " with ESMTP id x; now\r\n";
    EXPECT_TRUE(pass(own + "\r\n", 1000).facts.is_loop) << side;
    EXPECT_FALSE(pass(own.substr(own.find("\r\n") + 2) + "\r\n", 1000).facts.is_loop) << side;
  }
}

// Named attack: Foreign tenant.
TEST(HeaderGate, ForeignTenantIsToldFromOursByTheSecretAlone) {
  GateRules rules = kRules;
  rules.required = RequiredHeader{"X-Our-Secret", "open sesame"};
  const Passed ours = pass("x-our-secret:  open sesame \r\nA: b\r\n\r\n", 3, rules);
  EXPECT_TRUE(ours.facts.required_present);
  EXPECT_EQ(ours.octets, "A: b\r\n\r\n");
  for (const char* foreign :
       {"A: b\r\n\r\n", "X-Our-Secret: open\r\n\r\n", "X-Our-Secret: open sesame x\r\n\r\n",
        "A: b\r\n\r\nX-Our-Secret: open sesame\r\n"}) {
    EXPECT_FALSE(pass(foreign, 100, rules).facts.required_present) << foreign;
  }
}

TEST(HeaderGate, SeesASealedTopLevelOnly) {
  EXPECT_TRUE(pass("Content-Type: application/pkcs7-mime; name=x\r\n\r\n", 9).facts.sealed);
  EXPECT_FALSE(pass("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
                    "Content-Type: application/pkcs7-mime\r\n\r\n",
                    9)
                   .facts.sealed);
}

}  // namespace
}  // namespace culvert::node
