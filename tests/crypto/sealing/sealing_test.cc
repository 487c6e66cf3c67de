#include "crypto/keys/sealing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/base/limits.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kHeader = 1 + 24;
constexpr std::size_t kPiece = kStreamChunkBytes + 17;

Bytes pattern(std::size_t size) {
  Bytes out(size);
  for (std::size_t i = 0; i < size; ++i)
    out[i] = static_cast<std::uint8_t>(i * 31 + i / 997);
  return out;
}

Bytes seal_stream(const SealingKey& key, ByteView plain, std::size_t step) {
  Bytes out;
  BytesSink sink(out);
  SealingSink sealing(sink, key);
  for (std::size_t at = 0; at < plain.size(); at += step) {
    EXPECT_TRUE(sealing.write(plain.subspan(at, std::min(step, plain.size() - at))).ok());
  }
  EXPECT_TRUE(sealing.finish().ok());
  return out;
}

// All plaintext that was released, and whether the end was reached.
struct Opened {
  Bytes released;
  bool whole = false;
};
Opened open_stream(const SealingKey& key, ByteView sealed, std::size_t step = 1000) {
  ViewSource from(sealed);
  OpeningSource opening(from, key);
  Opened opened;
  Bytes buffer(step);
  for (;;) {
    auto got = opening.read(buffer);
    if (!got) {
      EXPECT_EQ(got.error().code, "body-damaged");
      EXPECT_EQ(got.error().fault, Fault::permanent);
      return opened;
    }
    if (*got == 0) break;
    append(opened.released, ByteView(buffer).first(*got));
  }
  opened.whole = true;
  return opened;
}

TEST(NodeKey, ReadsWhatItWrote) {
  const NodeKey key = NodeKey::generate();
  const SecretBytes text = key.text();
  auto again = NodeKey::parse(as_text(text.view()));
  ASSERT_TRUE(again.ok());
  const ByteView a = key.derive(KeyPurpose::bodies).view();
  EXPECT_EQ(a.size(), 32u);
  EXPECT_EQ(to_hex(key.derive(KeyPurpose::bodies).view()),
            to_hex(again->derive(KeyPurpose::bodies).view()));
}

TEST(NodeKey, RefusesAnyOtherText) {
  const SecretBytes good = NodeKey::generate().text();
  const std::string text(as_text(good.view()));
  for (const std::string& bad :
       {std::string(), std::string("culvert-node-key-1 "), text.substr(0, text.size() - 3),
        text + "x", "x" + text, text.substr(0, 30) + "g" + text.substr(31), text + "\n"}) {
    EXPECT_FALSE(NodeKey::parse(bad).ok()) << bad;
  }
}

TEST(NodeKey, DerivesTheKeysOfItsFrozenFormat) {
  // Computed with Python's hashlib: BLAKE2b keyed with the node key, the sub-key number as salt,
  // the context as personalisation.
  const auto key = NodeKey::parse("culvert-node-key-1 " + std::string(64, '0'));
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(to_hex(key->derive(KeyPurpose::secrets).view()),
            "0e43e18e391a246d294f2d8777ea1298c6c0b9623519597bb3bcb586809308a6");
  EXPECT_EQ(to_hex(key->derive(KeyPurpose::bodies).view()),
            "b65a90f51fc5d87d8f90acfc5f7fa97f71c339125d0b85ca8a3a7b9469069b03");
}

TEST(NodeKey, GivesEachPurposeItsOwnKey) {
  const NodeKey key = NodeKey::generate();
  EXPECT_NE(to_hex(key.derive(KeyPurpose::bodies).view()),
            to_hex(key.derive(KeyPurpose::secrets).view()));
}

TEST(Seal, OpensOnlyWithSameKeyAndAssociatedData) {
  const SealingKey key = SealingKey::generate();
  const Bytes sealed = seal(key, as_bytes("secret"), as_bytes("name"));
  auto opened = open_sealed(key, sealed, as_bytes("name"));
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(as_text(opened->view()), "secret");
  EXPECT_FALSE(open_sealed(key, sealed, as_bytes("other")).ok());
  EXPECT_FALSE(open_sealed(SealingKey::generate(), sealed, as_bytes("name")).ok());
}

TEST(Seal, NoticesEveryFlippedBitAndEveryCut) {
  const SealingKey key = SealingKey::generate();
  const Bytes sealed = seal(key, as_bytes("secret"), {});
  for (std::size_t i = 0; i < sealed.size() * 8; ++i) {
    Bytes bad = sealed;
    bad[i / 8] ^= static_cast<std::uint8_t>(1 << (i % 8));
    EXPECT_FALSE(open_sealed(key, bad, {}).ok()) << i;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(open_sealed(key, ByteView(sealed).first(size), {}).ok()) << size;
  }
}

TEST(Seal, NeverGivesTheSameOctetsTwice) {
  const SealingKey key = SealingKey::generate();
  EXPECT_NE(seal(key, as_bytes("x"), {}), seal(key, as_bytes("x"), {}));
}

TEST(SealedStream, OpensWhateverTheSizesOfPieces) {
  const SealingKey key = SealingKey::generate();
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, kStreamChunkBytes - 1, kStreamChunkBytes,
        kStreamChunkBytes + 1, 2 * kStreamChunkBytes, 3 * kStreamChunkBytes + 777}) {
    const Bytes plain = pattern(size);
    for (const std::size_t step : {std::size_t{1000}, kStreamChunkBytes, std::size_t{200'000}}) {
      const Bytes sealed = seal_stream(key, plain, step);
      for (const std::size_t read : {std::size_t{7}, std::size_t{100'000}}) {
        const Opened opened = open_stream(key, sealed, read);
        EXPECT_TRUE(opened.whole);
        EXPECT_TRUE(opened.released == plain) << size << " " << step << " " << read;
      }
    }
  }
}

TEST(SealedStream, StartsAgainAfterRewind) {
  const SealingKey key = SealingKey::generate();
  const Bytes plain = pattern(100'000);
  const Bytes sealed = seal_stream(key, plain, 5000);
  ViewSource from(sealed);
  OpeningSource opening(from, key);
  Bytes some(70'000);
  ASSERT_TRUE(opening.read(some).ok());
  ASSERT_TRUE(opening.rewind().ok());
  auto all = read_all(opening, 1'000'000);
  ASSERT_TRUE(all.ok());
  EXPECT_TRUE(*all == plain);
}

TEST(SealedStream, NoticesACutAtEveryPlace) {
  const SealingKey key = SealingKey::generate();
  const Bytes plain = pattern(2 * kStreamChunkBytes + 100);
  const Bytes sealed = seal_stream(key, plain, kStreamChunkBytes);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, kHeader - 1, kHeader, kHeader + 16, kHeader + kPiece - 1,
        kHeader + kPiece, kHeader + 2 * kPiece, sealed.size() - 1}) {
    const Opened opened = open_stream(key, ByteView(sealed).first(size));
    EXPECT_FALSE(opened.whole) << size;
    EXPECT_TRUE(std::equal(opened.released.begin(), opened.released.end(), plain.begin()));
  }
}

TEST(SealedStream, NoticesPiecesThatAreSwappedRepeatedOrMissing) {
  const SealingKey key = SealingKey::generate();
  const Bytes sealed = seal_stream(key, pattern(3 * kStreamChunkBytes + 100), kStreamChunkBytes);
  const auto piece = [&](std::size_t n) {
    return ByteView(sealed).subspan(kHeader + n * kPiece,
                                    std::min(kPiece, sealed.size() - kHeader - n * kPiece));
  };
  const std::vector<std::vector<std::size_t>> orders = {{1, 0, 2, 3}, {0, 0, 1, 2, 3}, {0, 2, 3},
                                                        {1, 2, 3},    {0, 1, 2, 3, 3}, {3}};
  for (const auto& order : orders) {
    Bytes bad(sealed.begin(), sealed.begin() + kHeader);
    for (const std::size_t n : order)
      append(bad, piece(n));
    EXPECT_FALSE(open_stream(key, bad).whole);
  }
}

TEST(SealedStream, NoticesWhatFollowsItsEnd) {
  const SealingKey key = SealingKey::generate();
  Bytes sealed = seal_stream(key, pattern(kStreamChunkBytes), 1000);
  ASSERT_TRUE(open_stream(key, sealed).whole);
  sealed.push_back(0);
  EXPECT_FALSE(open_stream(key, sealed).whole);
}

TEST(SealedStream, ReleasesNothingOfAnAlteredPiece) {
  const SealingKey key = SealingKey::generate();
  Bytes sealed = seal_stream(key, pattern(1000), 1000);
  for (std::size_t i = 0; i < sealed.size(); i += 3) {
    Bytes bad = sealed;
    bad[i] ^= 1;
    EXPECT_TRUE(open_stream(key, bad).released.empty()) << i;
  }
  EXPECT_TRUE(open_stream(SealingKey::generate(), sealed).released.empty());
}

TEST(IndexDigest, TellsPartsApart) {
  EXPECT_EQ(index_digest({as_bytes("ab"), as_bytes("c")}).size(), 32u);
  EXPECT_NE(index_digest({as_bytes("ab"), as_bytes("c")}),
            index_digest({as_bytes("a"), as_bytes("bc")}));
}

}  // namespace
}  // namespace culvert::crypto
