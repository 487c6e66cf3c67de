#include "crypto/keys/files/key_file.h"

#include <gmock/gmock.h>

#include "crypto/keys/files/encrypted_key.h"
#include "crypto/keys/files/pem_key.h"
#include "crypto/keys/files/pkcs12.h"
#include "tests/crypto/keys/key_files.h"

namespace culvert::crypto::testing {
namespace {

using ::testing::HasSubstr;

class KeyFile : public ::testing::Test {
 protected:
  void SetUp() override {
    CULVERT_REQUIRE_VECTORS(root);
    keys = root / "keys";
  }
  Bytes file(const std::string& name) const { return read_file(keys / name); }
  std::string text(const std::string& name) const { return read_text(keys / name); }
  PrivateKey key(const std::string& name) const {
    return *private_key_from_pem(text(name + ".key.pem"));
  }
  void expect_key(ByteView octets, const std::string& name,
                  std::optional<std::string_view> password = {}) const {
    const auto read = read_key_file(octets, password);
    ASSERT_TRUE(read) << problem(read);
    ASSERT_EQ(read->keys.size(), 1U);
    EXPECT_EQ(read->keys[0].key.key_id(), key(name).key_id());
  }
  static std::string problem_of(std::string_view octets,
                                std::optional<std::string_view> password = {}) {
    return problem(read_key_file(as_bytes(octets), password));
  }

  std::filesystem::path keys;
  WorkFolder folder;
};

TEST_F(KeyFile, IsReadFromPemWithAnyMixOfBlocks) {
  const std::string mixed = "a preface\n" + text("p256.cert.pem") + text("ca.cert.pem") +
                            "-----BEGIN X509 CRL-----\n!\n-----END X509 CRL-----\n" +
                            text("p256.key.pem") + text("rsa2048.cert.pem") +
                            text("rsa2048.key.pem") + text("stranger.cert.pem");
  const auto read = read_key_file(as_bytes(mixed));
  ASSERT_TRUE(read) << problem(read);
  ASSERT_EQ(read->keys.size(), 2U);
  EXPECT_EQ(read->keys[0].certificates.size(), 1U);
  EXPECT_TRUE(read->keys[1].key.belongs_to(read->keys[1].certificates.at(0)));
  EXPECT_EQ(read->others.size(), 2U);
}

TEST_F(KeyFile, IsReadFromEveryDerForm) {
  const auto certificate = Certificate::from_pem(text("p256.cert.pem"));
  const auto read = read_key_file(certificate->der());
  ASSERT_TRUE(read) << problem(read);
  EXPECT_TRUE(read->keys.empty());
  EXPECT_EQ(read->others.at(0), *certificate);
  expect_key(key("p256").pkcs8().view(), "p256");
  expect_key(key("ed448").pkcs8().view(), "ed448");
  expect_key(*encrypted_pkcs8(key("x25519"), "secret"), "x25519", "secret");
  expect_key(file("p256.modern.p12"), "p256", "A-p12");
}

TEST_F(KeyFile, IsReadWithTheKeyOfEveryIdentity) {
  for (const char* name : {"bp256", "bp384", "bp512", "ca", "ed25519", "ed448", "p256", "p384",
                           "p521", "rsa2048", "rsa3072", "x25519", "x448"}) {
    SCOPED_TRACE(name);
    expect_key(file(std::string(name) + ".key.pem"), name);
  }
}

TEST_F(KeyFile, IsReadFromTheEncryptedKeyOfTheVectors) {
  expect_key(file("rsa2048.encrypted.key.pem"), "rsa2048", "A-p8");
  EXPECT_THAT(problem_of(text("rsa2048.encrypted.key.pem"), "A-p9"), HasSubstr("wrong-password"));
  EXPECT_THAT(problem_of(text("rsa2048.encrypted.key.pem")),
              HasSubstr("it is encrypted: a password is needed"));
}

TEST_F(KeyFile, IsReadFromTheOldFormsInDer) {
  if (!is_there("openssl")) GTEST_SKIP() << "there is no openssl program";
  for (const char* name : {"p256", "rsa2048"}) {
    folder.write("key.pem", file(std::string(name) + ".key.pem"));
    ASSERT_TRUE(folder.run("openssl pkey -in key.pem -traditional -outform DER -out out"));
    expect_key(folder.read("out"), name);
  }
}

TEST_F(KeyFile, ThatCannotBeReadIsCalledByItsName) {
  EXPECT_THAT(problem_of(""), HasSubstr("it is empty"));
  EXPECT_THAT(problem_of("hello"), HasSubstr("neither PEM nor"));
  EXPECT_THAT(problem_of(std::string(kMaxKeyFileBytes + 1, '0')), HasSubstr("too large"));
  EXPECT_THAT(problem_of("-----BEGIN PKCS7-----\nMAA=\n-----END PKCS7-----\n"),
              HasSubstr("but PKCS7"));
  EXPECT_THAT(problem_of("-----BEGIN OPENSSH PRIVATE KEY-----\n-----END OPENSSH PRIVATE KEY-----"),
              HasSubstr("but OPENSSH PRIVATE KEY"));
  EXPECT_THAT(problem_of("-----BEGIN PRIVATE KEY-----\nMAA="), HasSubstr("has no end"));
  EXPECT_THAT(problem_of("-----BEGIN PRIVATE KEY-----\n*\n-----END PRIVATE KEY-----"),
              HasSubstr("is not base64"));
  EXPECT_THAT(problem_of(as_text(key("p256").public_key_info())), HasSubstr("a public key"));
  EXPECT_THAT(problem_of(as_text(file("../positive/certs-only.p7c"))), HasSubstr("PKCS#7"));
  EXPECT_THAT(problem_of(as_text(file("p256.modern.p12"))),
              HasSubstr("it is encrypted: a password is needed"));
}

TEST_F(KeyFile, WithManyEncryptedKeysCostsNoMoreThanOne) {
  const auto pem = encrypted_pem(key("p256"), "secret");
  std::string many;
  for (int i = 0; i < 20; ++i)
    many += *pem;
  EXPECT_THAT(problem_of(many, "secret"), HasSubstr("too many iterations"));
}

}  // namespace
}  // namespace culvert::crypto::testing
