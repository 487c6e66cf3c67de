// Whom a refusal tells why.
#include "peering/refusal_word.h"

#include <gtest/gtest.h>

#include "tests/peering/test_node.h"

namespace culvert::peering {
namespace {

class RefusalWordTest : public testing::Test {
 protected:
  static std::string code_of(const Result<IncomingOutcome>& outcome) {
    return outcome ? "taken" : outcome.error().code;
  }

  TestNode a_{"gate.a.example", {"a.example"}};
  TestNode b_{"gate.b.example", {"b.example"}};
  Wire wire_;
};

TEST_F(RefusalWordTest, APeerWhoseClockIsFastIsToldSo) {
  connect(a_, b_, wire_);
  b_.advance(std::chrono::hours(25));  // cards are renewed daily
  b_.renew_card();
  EXPECT_EQ(code_of(a_.receive(b_.card())), "clock");
  a_.advance(std::chrono::hours(25));
  EXPECT_EQ(code_of(a_.receive(b_.card())), "taken");
}

TEST_F(RefusalWordTest, AnOldCardIsStale) {
  connect(a_, b_, wire_);
  const Bytes old = b_.card();
  b_.advance(std::chrono::hours(24));
  a_.advance(std::chrono::hours(24));
  b_.renew_card();
  ASSERT_EQ(code_of(a_.receive(b_.card())), "taken");
  EXPECT_EQ(code_of(a_.receive(old)), "stale");
}

TEST_F(RefusalWordTest, ARemovedPeerIsToldAndNobodyElseInItsName) {
  connect(a_, b_, wire_);
  a_.write([&](store::WriteTransaction& txn) {
    store::put_tombstone(txn, {b_.fingerprint(), a_.now(), "removed"});
  });
  EXPECT_EQ(code_of(a_.receive(b_.card())), "removed");
  Bytes altered = b_.card();
  altered[altered.size() / 2] ^= 1;
  EXPECT_EQ(code_of(a_.receive(altered)), "refused");
  TestNode c("gate.c.example", {"c.example"});
  EXPECT_EQ(code_of(a_.receive(c.card())), "refused");
}

TEST(RefusalWord, ComesBackAsItWasWritten) {
  for (const char* word : {"expired", "used", "removed", "held", "stale", "clock", "conflict"}) {
    EXPECT_EQ(read_refusal(as_bytes(write_refusal(word, from_unix(0)))), word);
    EXPECT_TRUE(meaning_of_refusal(word));
  }
}

TEST(RefusalWord, OfAnotherKindIsNone) {
  for (const char* body : {"", "{}", "{\"refused\":\"nonsense\"}", "<html>", "{\"refused\":7}"})
    EXPECT_FALSE(read_refusal(as_bytes(std::string_view(body)))) << body;
  const std::string large =
      "{\"refused\":\"clock\",\"x\":\"" + std::string(kMaxRefusalBytes, 'x') + "\"}";
  EXPECT_FALSE(read_refusal(as_bytes(large)));
}

}  // namespace
}  // namespace culvert::peering
