#include "tests/crypto/cms/support.h"
#include "tests/crypto/vectors/manifest.h"

namespace culvert::crypto::testing {
namespace {

// The key ring that an entry of `open` stands for; nothing for keys that no ring holds yet.
std::optional<HeldKey> add_key(const std::filesystem::path& root, const nlohmann::json& entry,
                               MemoryKeyRing& ring, ContentRule rule = ContentRule::any) {
  if (!entry.contains("recipient")) return std::nullopt;
  const auto key = PrivateKey::from_pem(read_text(root / entry.at("key").get<std::string>()));
  const auto certificate =
      Certificate::from_pem(read_text(root / entry.at("certificate").get<std::string>()));
  if (!key || !certificate) return std::nullopt;
  EXPECT_TRUE(ring.add(*key, *certificate, rule).ok());
  return HeldKey{key->key_id(), *certificate, rule};
}

bool is_supported_kind(KeyKind kind) { return kind <= KeyKind::ec_bp512; }

// Ciphers that are recognised as unknown: they are to be refused, not misread.
bool has_unsupported_cipher(const std::string& path) {
  return path.find("chacha") != std::string::npos || path.find("cek-hkdf") != std::string::npos;
}

TEST(AuthEnvelopedVectors, OpenWithEveryKeyThatIsSupported) {
  CULVERT_REQUIRE_VECTORS(root);
  int opened_count = 0;
  for (const auto& file : vectors_of(root, "auth-enveloped", "positive/")) {
    const std::string path = file.at("path");
    const Bytes sealed = read_file(root / path);
    const std::string wanted = file.at("expect").at("sha256");
    for (const auto& entry : file.at("open")) {
      MemoryKeyRing ring;
      const auto held = add_key(root, entry, ring);
      const auto opened = open(sealed, ring);
      if (opened) {
        ++opened_count;
        EXPECT_EQ(sha256_hex(*opened), wanted) << path;
        TricklingSource slow(sealed, 1);
        const auto again = open_from(slow, ring);
        EXPECT_TRUE(again.ok() && *again == *opened) << path << " octet by octet";
        continue;
      }
      EXPECT_TRUE(!held || !is_supported_kind(held->certificate.key_kind()) ||
                  (has_unsupported_cipher(path) && refusal(opened) == Refusal::unsupported_cipher))
          << path << ": " << opened.error().code << " " << opened.error().detail;
    }
  }
  EXPECT_GE(opened_count, 19);
}

TEST(AuthEnvelopedVectors, AreRefusedWithOneReason) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const auto& file : vectors_of(root, "auth-enveloped", "negative/")) {
    const std::string path = file.at("path");
    const Bytes sealed = read_file(root / path);
    const bool must_fail = file.at("expect").at("outcome") == "fail";
    MemoryKeyRing ring;
    for (const auto& entry : file.at("open"))
      add_key(root, entry, ring);
    const auto opened = open(sealed, ring);
    if (!opened) {
      EXPECT_TRUE(refusal(opened)) << path << " " << opened.error().code;
    } else {
      EXPECT_FALSE(must_fail) << path;
    }
  }
}

// A tunnel key opens AEAD content only.
TEST(AuthEnvelopedVectors, EnvelopedDataIsNotOpenedWithATunnelKey) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const char* folder : {"positive/", "negative/"}) {
    for (const auto& file : vectors_of(root, "enveloped", folder)) {
      const std::string path = file.at("path");
      MemoryKeyRing ring;
      if (file.contains("open")) {
        for (const auto& entry : file.at("open"))
          add_key(root, entry, ring, ContentRule::aead_only);
      }
      const auto opened = open(read_file(root / path), ring);
      ASSERT_FALSE(opened.ok()) << path;
      EXPECT_TRUE(refusal(opened)) << path << " " << opened.error().code;
    }
  }
}

}  // namespace
}  // namespace culvert::crypto::testing
