#include "crypto/keys/record_sealing.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <future>
#include <numeric>
#include <set>

namespace culvert::crypto {
namespace {

SealingKey counting_key() {
  Bytes octets(SealingKey::kSize);
  std::iota(octets.begin(), octets.end(), std::uint8_t{0});
  return SealingKey::from_bytes(octets).value();
}

TEST(RecordSealing, HasTheFormatOfSealedOctets) {
  const SealingKey key = SealingKey::generate();
  Bytes sealed(6 + kSealOverheadBytes);
  seal_into(key, as_bytes("secret"), as_bytes("name"), sealed);
  EXPECT_EQ(as_text(open_sealed(key, sealed, as_bytes("name"))->view()), "secret");
  Bytes opened(6);
  ASSERT_TRUE(
      open_into(key, seal(key, as_bytes("secret"), as_bytes("name")), as_bytes("name"), opened));
  EXPECT_EQ(as_text(opened), "secret");
}

TEST(RecordSealing, NoticesEveryFlippedBitEveryCutAndEveryOtherPlace) {
  const SealingKey key = SealingKey::generate();
  const Bytes sealed = seal(key, as_bytes("secret"), as_bytes("name"));
  Bytes opened(100);
  for (std::size_t i = 0; i < sealed.size() * 8; ++i) {
    Bytes bad = sealed;
    bad[i / 8] ^= static_cast<std::uint8_t>(1 << (i % 8));
    EXPECT_FALSE(open_into(key, bad, as_bytes("name"), opened)) << i;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_FALSE(open_into(key, ByteView(sealed).first(size), as_bytes("name"), opened)) << size;
  for (const char* other : {"", "nam", "name ", "Name"})
    EXPECT_FALSE(open_into(key, sealed, as_bytes(other), opened)) << other;
  EXPECT_FALSE(open_into(SealingKey::generate(), sealed, as_bytes("name"), opened));
  EXPECT_TRUE(open_into(key, sealed, as_bytes("name"), opened));
}

TEST(RecordSealing, SealsNothingToo) {
  const SealingKey key = SealingKey::generate();
  Bytes sealed(kSealOverheadBytes);
  seal_into(key, {}, as_bytes("place"), sealed);
  EXPECT_TRUE(open_into(key, sealed, as_bytes("place"), {}));
  EXPECT_FALSE(open_into(key, sealed, as_bytes("other"), {}));
}

// Two records under one nonce would tell each other's content.
TEST(RecordSealing, GivesNoNonceTwice) {
  const SealingKey key = SealingKey::generate();
  std::set<Bytes> nonces;
  const auto seal_some = [&key](std::size_t count) {
    std::vector<Bytes> out;
    for (std::size_t i = 0; i < count; ++i) {
      Bytes sealed(kSealOverheadBytes);
      seal_into(key, {}, {}, sealed);
      out.emplace_back(sealed.begin() + 1, sealed.begin() + 25);
    }
    return out;
  };
  const auto note = [&nonces](const std::vector<Bytes>& more) {
    for (const Bytes& nonce : more)
      EXPECT_TRUE(nonces.insert(nonce).second);
  };
  note(seal_some(1000));
  // Threads, and a process that was forked in between, have their own.
  std::vector<std::future<std::vector<Bytes>>> threads;
  for (int i = 0; i < 4; ++i)
    threads.push_back(std::async(std::launch::async, seal_some, 500));
  for (auto& thread : threads)
    note(thread.get());
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    for (const Bytes& nonce : seal_some(100)) {
      if (::write(pipe_ends[1], nonce.data(), nonce.size()) != 24) ::_exit(1);
    }
    ::_exit(0);
  }
  ::close(pipe_ends[1]);
  note(seal_some(100));
  Bytes nonce(24);
  std::size_t read = 0;
  for (; ::read(pipe_ends[0], nonce.data(), nonce.size()) == 24; ++read)
    EXPECT_TRUE(nonces.insert(nonce).second);
  EXPECT_EQ(read, 100u);
  ::close(pipe_ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
}

TEST(RecordSealing, RefusesABufferOfAnotherSize) {
  const SealingKey key = SealingKey::generate();
  Bytes small(5), sealed(kSealOverheadBytes + 6);
  EXPECT_THROW(seal_into(key, as_bytes("secret"), {}, small), std::logic_error);
  seal_into(key, as_bytes("secret"), {}, sealed);
  EXPECT_THROW(open_into(key, sealed, {}, small), std::logic_error);
  EXPECT_THROW(keyed_digest(key, {}, small), std::logic_error);
}

// Computed with Python's hashlib.
TEST(KeyedDigest, IsThatOfItsFrozenFormat) {
  Bytes digest(16);
  keyed_digest(counting_key(), {as_bytes("due"), as_bytes("b.example")}, digest);
  EXPECT_EQ(to_hex(digest), "dd06a39d81227e8201c71b2f451924f4");
  digest.resize(32);
  keyed_digest(counting_key(), {{}, as_bytes("x")}, digest);
  EXPECT_EQ(to_hex(digest), "58a61cd38c7653efd894ef5ec97170e6360d46e27cef29b6e634eed4a6050b99");
}

TEST(KeyedDigest, TellsPartsApart) {
  const auto digest = [](std::initializer_list<ByteView> parts) {
    Bytes out(16);
    keyed_digest(counting_key(), parts, out);
    return to_hex(out);
  };
  EXPECT_NE(digest({as_bytes("ab"), as_bytes("c")}), digest({as_bytes("a"), as_bytes("bc")}));
  EXPECT_NE(digest({as_bytes("abc")}), digest({as_bytes("abc"), {}}));
}

TEST(NodeKeyPurposes, OfTheStoreAreThoseOfTheFrozenFormat) {
  // Computed with Python's hashlib, as in sealing_test.cc.
  const auto key = NodeKey::parse("culvert-node-key-1 " + std::string(64, '0'));
  EXPECT_EQ(to_hex(key->derive(KeyPurpose::records).view()),
            "261b6782d9fca2e0223e03cd2fceb0edd186c069b871e66d8fd038576a0d1bae");
  EXPECT_EQ(to_hex(key->derive(KeyPurpose::index).view()),
            "70e49063ea9c18083d3c8b954228b1a83f82f006d5e08792e83b83346a92e39b");
  EXPECT_EQ(to_hex(key->derive(KeyPurpose::census).view()),
            "538fe72ffd1f3f0dad409fd7871e3e034b9703bbbcf03b20672021354315bcc1");
}

}  // namespace
}  // namespace culvert::crypto
