// PKCS#12 files of the shared vectors; the manifest says what is to become of each.
#include <ctime>

#include "crypto/keys/files/pem_key.h"
#include "crypto/keys/files/pkcs12.h"
#include "tests/crypto/keys/key_files.h"

namespace culvert::crypto::testing {
namespace {

std::size_t certificates_in(const KeyBundle& bundle) {
  std::size_t count = bundle.others.size();
  for (const BundledKey& key : bundle.keys)
    count += key.certificates.size();
  return count;
}

Result<KeyBundle> read_vector(const std::filesystem::path& root, const nlohmann::json& file,
                              OldForms old_forms = OldForms::refuse) {
  const std::string path = file.at("path");
  return read_pkcs12(read_file(root / path), file.at("password").get<std::string>(), old_forms);
}

void expect_content(const std::filesystem::path& root, const nlohmann::json& expected,
                    const KeyBundle& bundle) {
  ASSERT_EQ(bundle.keys.size(), 1U);
  const auto key = private_key_from_pem(read_text(root / expected.at("key").get<std::string>()));
  EXPECT_EQ(bundle.keys[0].key.key_id(), key->key_id());
  EXPECT_EQ(certificates_in(bundle), expected.at("certificates").get<std::size_t>());
  EXPECT_EQ(bundle.keys[0].certificates.size(), 1U);
}

TEST(Pkcs12Vectors, EndAsTheManifestSays) {
  CULVERT_REQUIRE_VECTORS(root);
  const auto files = vectors_of(root, "pkcs12", "");
  EXPECT_GE(files.size(), 14U);
  for (const auto& file : files) {
    SCOPED_TRACE(file.at("path").get<std::string>());
    const std::clock_t start = std::clock();
    const auto bundle = read_vector(root, file);
    EXPECT_LT(std::clock() - start, CLOCKS_PER_SEC);
    const auto& expected = file.at("expect");
    if (expected.at("outcome") != "either") {
      EXPECT_EQ(bundle.ok(), expected.at("outcome") == "ok") << problem(bundle);
    }
    if (bundle) expect_content(root, expected, *bundle);
  }
}

TEST(Pkcs12Vectors, AreRefusedForTheRightReason) {
  CULVERT_REQUIRE_VECTORS(root);
  const std::pair<const char*, const char*> reasons[] = {
      {"p12-wrong-password", "wrong-password"},    {"p12-mac-flip", "wrong-password"},
      {"p12-truncated", "bad-key-file"},           {"p12-trailing", "bad-key-file"},
      {"p12-mac-iterations-2e31", "bad-key-file"}, {"p12-no-mac", "bad-key-file"},
      {"p12-version-9", "bad-key-file"},
  };
  for (const auto& [name, code] : reasons) {
    const auto files = vectors_of(root, "pkcs12", std::string("negative/") + name);
    ASSERT_EQ(files.size(), 1U) << name;
    const auto bundle = read_vector(root, files[0]);
    ASSERT_FALSE(bundle) << name;
    EXPECT_EQ(bundle.error().code, code) << name << ": " << bundle.error().text;
  }
}

TEST(Pkcs12Vectors, ReadPbmac1) {
  CULVERT_REQUIRE_VECTORS(root);
  const auto files = vectors_of(root, "pkcs12", "keys/rsa2048.pbmac1");
  ASSERT_EQ(files.size(), 1U);
  const auto bundle = read_vector(root, files[0]);
  ASSERT_TRUE(bundle) << problem(bundle);
  const auto wrong = read_pkcs12(read_file(root / "keys/rsa2048.pbmac1.p12"), "wrong");
  EXPECT_EQ(problem(wrong).substr(0, 14), "wrong-password");
}

// Among 256 files whose MAC has a key of one octet, one is right for any password.
TEST(Pkcs12Vectors, AreRefusedWithAShortKeyOfPbmac1) {
  CULVERT_REQUIRE_VECTORS(root);
  Bytes file = read_file(root / "keys/rsa2048.pbmac1.p12");
  // iterationCount 2,048, keyLength 32.
  const Bytes parameters = *from_hex("02020800020120");
  const auto found = std::search(file.begin(), file.end(), parameters.begin(), parameters.end());
  ASSERT_NE(found, file.end());
  std::uint8_t& key_bytes = found[6];
  for (const auto& [count, code] : std::vector<std::pair<std::uint8_t, std::string>>{
           {1, "bad-key-file"}, {19, "bad-key-file"}, {20, "wrong-password"}}) {
    key_bytes = count;
    EXPECT_EQ(read_pkcs12(file, "wrong").error().code, code) << int{count};
  }
}

TEST(Pkcs12Vectors, AreReadWithoutAMacOnlyOnRequest) {
  CULVERT_REQUIRE_VECTORS(root);
  const auto files = vectors_of(root, "pkcs12", "negative/p12-no-mac");
  ASSERT_EQ(files.size(), 1U);
  const auto bundle = read_vector(root, files[0], OldForms::read);
  ASSERT_TRUE(bundle) << problem(bundle);
  EXPECT_EQ(bundle->keys.size(), 1U);
}

// Three certificates and two keys each; the passwords stand in RFC 9216.
TEST(Pkcs12Vectors, OfRfc9216AreReadWhole) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const std::string name : {"alice", "bob", "carlos", "dana"}) {
    SCOPED_TRACE(name);
    const auto bundle = read_pkcs12(read_file(root / "keys/rfc9216" / (name + ".p12")), name);
    ASSERT_TRUE(bundle) << problem(bundle);
    ASSERT_EQ(bundle->keys.size(), 2U);
    for (const BundledKey& one : bundle->keys) {
      ASSERT_EQ(one.certificates.size(), 1U);
      EXPECT_FALSE(one.name.empty());
      const bool signs = one.certificates[0].may_sign();
      const std::string file = "rfc9216/" + name + (signs ? "-sign" : "-encrypt");
      EXPECT_EQ(one.certificates[0], vector_certificate(root, file));
      EXPECT_EQ(one.key.key_id(), vector_key(root, file).key_id());
    }
    EXPECT_EQ(bundle->others.size(), 1U);
  }
}

TEST(Pkcs12Vectors, SayThatAPasswordIsNeeded) {
  CULVERT_REQUIRE_VECTORS(root);
  const auto bundle = read_pkcs12(read_file(root / "keys/p256.modern.p12"), std::nullopt);
  EXPECT_EQ(bundle.error().code, "password-needed");
}

// Whatever is altered, the file is refused, or says the same.
TEST(Pkcs12Vectors, AreRefusedWithAnyBitFlipped) {
  CULVERT_REQUIRE_VECTORS(root);
  const Bytes good = read_file(root / "keys/p256.modern.p12");
  const KeyId id = vector_key(root, "p256").key_id();
  std::size_t read = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bad = good;
    bad[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
    const auto bundle = read_pkcs12(bad, "A-p12");
    if (!bundle) continue;
    ++read;
    ASSERT_EQ(bundle->keys.size(), 1U);
    EXPECT_EQ(bundle->keys[0].key.key_id(), id);
  }
  EXPECT_LE(read, 1U);
}

TEST(Pkcs12Vectors, AreRefusedWhenCutAnywhere) {
  CULVERT_REQUIRE_VECTORS(root);
  const auto files = vectors_of(root, "pkcs12", "keys/");
  EXPECT_GE(files.size(), 7U);
  for (const auto& file : files) {
    const std::string path = file.at("path");
    const Bytes good = read_file(root / path);
    for (std::size_t size = 0; size < good.size(); ++size) {
      const auto bundle =
          read_pkcs12(ByteView(good).first(size), file.at("password").get<std::string>());
      ASSERT_EQ(problem(bundle).substr(0, 12), "bad-key-file") << path << " cut to " << size;
    }
  }
}

}  // namespace
}  // namespace culvert::crypto::testing
