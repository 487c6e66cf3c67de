// What is answered to messages whose RSA PKCS#1 v1.5 block is right or wrong: the same (RFC 3218).
// That it takes the same time is measured by oracle_bench.
#include "tests/crypto/cms/pkcs1_inputs.h"

namespace culvert::crypto::testing {
namespace {

// All that a caller can see.
std::string answer(ByteView message, const KeyRing& ring) {
  const auto opened = open(message, ring);
  if (opened) return "opened";
  const Error& error = opened.error();
  return error.code + "|" + error.text + "|" + error.detail;
}

TEST(Oracle, OpensTheMessageThatItsBlocksArePutInto) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const char* cipher : {"aes256-gcm", "aes256-cbc"}) {
    const TransportMessage message(root, cipher);
    EXPECT_EQ(answer(message.whole(), message.ring()), "opened") << cipher;
  }
}

TEST(Oracle, AnswersEveryBlockTheSameIfTheContentIsAuthenticated) {
  CULVERT_REQUIRE_VECTORS(root);
  const TransportMessage message(root, "aes256-gcm");
  const std::string expected = answer(message.with_block(right_block()), message.ring());
  EXPECT_EQ(expected.substr(0, 8), "bad-tag|");
  for (const BlockForm& form : kWrongBlocks) {
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(answer(message.with_block(form.make()), message.ring()), expected) << form.name;
    }
  }
}

// What a wrong key makes of CBC content ends like a padding once in 256 times.
TEST(Oracle, RefusesOrOpensCbcWithEveryBlockAsWithAnotherKey) {
  CULVERT_REQUIRE_VECTORS(root);
  const TransportMessage message(root, "aes256-cbc");
  std::string expected;
  for (int i = 0; i < 5; ++i) {
    const std::string got = answer(message.with_block(right_block()), message.ring());
    if (got != "opened") expected = got;
  }
  EXPECT_EQ(expected.substr(0, 12), "bad-content|");
  int opened = 0;
  for (const BlockForm& form : kWrongBlocks) {
    for (int i = 0; i < 10; ++i) {
      const std::string got = answer(message.with_block(form.make()), message.ring());
      EXPECT_TRUE(got == expected || got == "opened") << form.name << " " << got;
      opened += got == "opened";
    }
  }
  EXPECT_LE(opened, 10) << "of 120, where 0.5 are expected";
}

}  // namespace
}  // namespace culvert::crypto::testing
