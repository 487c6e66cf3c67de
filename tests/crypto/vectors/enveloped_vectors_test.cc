// Every sealed message of the shared vectors, with each of the keys that open it.

#include "tests/crypto/vectors/reasons.h"
#include "tests/crypto/vectors/vector_keys.h"
#include "tests/support/processor_time.h"

namespace culvert::crypto::testing {
namespace {

constexpr const char* kKinds[] = {"enveloped", "auth-enveloped"};

std::string reason(const Result<Bytes>& opened) {
  return opened ? "opened" : opened.error().code + ": " + opened.error().detail;
}

// The message opens whole and octet by octet.
void expect_opens(const nlohmann::json& file, ByteView sealed, const KeyRing& ring) {
  const auto opened = open(sealed, ring);
  ASSERT_TRUE(opened) << reason(opened);
  EXPECT_EQ(sha256_hex(*opened), file.at("expect").at("sha256"));
  TricklingSource slow(sealed, 1);
  const auto again = open_from(slow, ring);
  EXPECT_TRUE(again.ok() && *again == *opened) << reason(again) << " octet by octet";
}

TEST(EnvelopedVectors, OpenWithEachKeyAlone) {
  CULVERT_REQUIRE_VECTORS(root);
  int opened_count = 0;
  for (const char* kind : kKinds) {
    for (const auto& file : vectors_of(root, kind, "positive/")) {
      const std::string path = file.at("path");
      const Bytes sealed = read_file(root / path);
      for (const auto& entry : file.at("open")) {
        SCOPED_TRACE(path + " with " + entry.dump());
        MemoryKeyRing ring;
        add_key(root, entry, ring);
        expect_opens(file, sealed, ring);
        ++opened_count;
      }
    }
  }
  EXPECT_GE(opened_count, 130);
}

TEST(EnvelopedVectors, OpenWithAllKeysAtHand) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const char* kind : kKinds) {
    for (const auto& file : vectors_of(root, kind, "positive/")) {
      MemoryKeyRing ring;
      add_keys(root, file, ring);
      const auto opened = open(read_file(root / file.at("path").get<std::string>()), ring);
      ASSERT_TRUE(opened) << file.at("path") << " " << reason(opened);
      EXPECT_EQ(sha256_hex(*opened), file.at("expect").at("sha256"));
    }
  }
}

TEST(EnvelopedVectors, AreWeakOnlyIfTheySaySo) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const char* kind : kKinds) {
    for (const auto& file : vectors_of(root, kind, "positive/")) {
      MemoryKeyRing ring;
      add_keys(root, file, ring);
      const Bytes sealed = read_file(root / file.at("path").get<std::string>());
      ViewSource source(sealed);
      const auto reader = EnvelopedReader::open(source, ring);
      ASSERT_TRUE(reader) << file.at("path");
      EXPECT_EQ((*reader)->weak(), file.contains("weak")) << file.at("path");
    }
  }
}

// smime-profile.md, "Tunnel keys": tunnel keys open AEAD content, and by RSA with OAEP, and nothing
// else.
TEST(EnvelopedVectors, OpenWithTunnelKeysOnlyIfAuthenticated) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const auto& file : vectors_of(root, "enveloped", "positive/")) {
    for (const auto& entry : file.at("open")) {
      if (!entry.contains("recipient")) continue;
      MemoryKeyRing ring;
      add_key(root, entry, ring, ContentRule::aead_only);
      const auto opened = open(read_file(root / file.at("path").get<std::string>()), ring);
      EXPECT_EQ(refusal(opened), Refusal::not_aead) << file.at("path") << reason(opened);
    }
  }
  int transported = 0;
  for (const auto& file : vectors_of(root, "auth-enveloped", "positive/")) {
    MemoryKeyRing ring;
    add_keys(root, file, ring, ContentRule::aead_only);
    const auto opened = open(read_file(root / file.at("path").get<std::string>()), ring);
    if (opened) continue;
    EXPECT_EQ(refusal(opened), Refusal::unsupported_recipient) << reason(opened);
    ++transported;
  }
  EXPECT_GE(transported, 6);
}

// The key that stands for a bad PKCS#1 v1.5 padding is another one each time, and what it makes of
// CBC content ends like a padding once in 256 times: that is no answer to the sender (RFC 3218).
Result<Bytes> open_stubbornly(ByteView sealed, const KeyRing& ring) {
  auto opened = open(sealed, ring);
  for (int more = 0; opened && more < 3; ++more)
    opened = open(sealed, ring);
  return opened;
}

TEST(EnvelopedVectors, AreRefusedWithTheReasonThatIsWritten) {
  CULVERT_REQUIRE_VECTORS(root);
  const Reasons reasons;
  for (const char* kind : kKinds) {
    for (const auto& file : vectors_of(root, kind, "negative/")) {
      const std::string path = file.at("path");
      const Bytes sealed = read_file(root / path);
      MemoryKeyRing ring;
      add_keys(root, file, ring);
      const ProcessorTime time;
      const auto opened = open_stubbornly(sealed, ring);
      EXPECT_LT(time.seconds(), 1) << path;
      const std::string word = reasons.reason_for(path).value_or("?");
      if (opened) {
        EXPECT_NE(file.at("expect").at("outcome"), "fail") << path;
        EXPECT_EQ(word, "opened") << path;
        continue;
      }
      EXPECT_TRUE(refusal(opened)) << path << " " << reason(opened);
      EXPECT_EQ(word, opened.error().code) << path << " " << opened.error().detail;
    }
  }
}

// A key without a certificate is tried on everybody's recipients. Whether a number for somebody
// else happens to lie below its modulus must not show.
TEST(EnvelopedVectors, AStrangersNumberAboveOurModulusFailsLikeAnyOther) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const char* name : {"rsa-ek-ge-modulus", "rsa-ek-long", "rsa-ek-zero"}) {
    MemoryKeyRing ring;
    ring.add_bare_key(*private_key_from_pem(read_text(root / "keys" / "rsa2048.key.pem")),
                      ContentRule::any);
    const auto opened =
        open_stubbornly(read_file(root / "negative" / (std::string(name) + ".cms")), ring);
    ASSERT_FALSE(opened) << name;
    EXPECT_NE(refusal(opened), Refusal::no_key) << name;
    EXPECT_NE(opened.error().code, "key-unwrap-failed") << name;
  }
}

// A message that may be read, but proves nothing, is none for a tunnel key.
TEST(EnvelopedVectors, AreNeverOpenedByTunnelKeysIfTheyMustNotBeBelieved) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const char* kind : kKinds) {
    for (const auto& file : vectors_of(root, kind, "negative/")) {
      if (file.at("expect").at("outcome") == "either") continue;
      MemoryKeyRing ring;
      add_keys(root, file, ring, ContentRule::aead_only);
      EXPECT_FALSE(open(read_file(root / file.at("path").get<std::string>()), ring))
          << file.at("path");
    }
  }
}

}  // namespace
}  // namespace culvert::crypto::testing
