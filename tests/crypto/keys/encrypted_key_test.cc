// Private keys in PEM in every form that OpenSSL writes, and what we write under a password.
#include "crypto/keys/files/encrypted_key.h"

#include <gmock/gmock.h>

#include "crypto/keys/files/pem_key.h"
#include "tests/crypto/keys/work_folder.h"

namespace culvert::crypto::testing {
namespace {

using ::testing::HasSubstr;

class EncryptedKey : public ::testing::Test {
 protected:
  void SetUp() override {
    CULVERT_REQUIRE_VECTORS(root);
    keys = root / "keys";
    folder.write("key.pem", read_file(keys / "p256.key.pem"));
    folder.write("rsa.pem", read_file(keys / "rsa2048.key.pem"));
  }
  std::string text(const std::string& name) const { return read_text(keys / name); }
  PrivateKey key(const std::string& name) const {
    return *private_key_from_pem(text(name + ".key.pem"));
  }
  static std::string problem_of(std::string_view pem, std::string_view password) {
    const auto read = private_key_from_pem(pem, password);
    return read ? "none" : read.error().code + ": " + read.error().text;
  }

  std::filesystem::path keys;
  WorkFolder folder;
};

TEST_F(EncryptedKey, OfTheVectorsIsReadWithItsPasswordAlone) {
  const std::string pem = text("rsa2048.encrypted.key.pem");
  EXPECT_EQ(private_key_from_pem(pem, "A-p8")->key_id(), key("rsa2048").key_id());
  EXPECT_THAT(problem_of(pem, "A-p9"), HasSubstr("wrong-password"));
  EXPECT_THAT(problem_of(pem, ""), HasSubstr("password-needed"));
  EXPECT_THAT(problem_of(pem, "\xff"), HasSubstr("bad-password"));
}

// A padding that is right by chance does not make another error of it.
TEST_F(EncryptedKey, TellsAWrongPasswordEachTime) {
  const std::string pem = text("rsa2048.encrypted.key.pem");
  for (int i = 0; i < 600; ++i) {
    EXPECT_THAT(problem_of(pem, std::to_string(i)), HasSubstr("wrong-password"));
  }
}

TEST_F(EncryptedKey, IsReadFromEveryFormOfOpenSsl) {
  if (!is_there("openssl")) GTEST_SKIP() << "there is no openssl program";
  const std::string protect = "pkcs8 -topk8 -passout pass:secret ";
  for (const std::string& command :
       {std::string("pkey -traditional"), std::string("pkcs8 -topk8 -nocrypt"), protect,
        protect + "-v2 aes-128-cbc -v2prf hmacWithSHA512",
        protect + "-v2 aes-192-cbc -v2prf hmacWithSHA1", protect + "-v2 des3 -iter 100000",
        protect + "-v1 PBE-SHA1-3DES"}) {
    SCOPED_TRACE(command);
    for (const char* name : {"p256", "rsa2048"}) {
      const std::string in = std::string(name) == "p256" ? "key.pem" : "rsa.pem";
      ASSERT_TRUE(folder.run("openssl " + command + " -in " + in + " -out out")) << folder.said();
      const auto read = private_key_from_pem(to_text(folder.read("out")), "secret");
      ASSERT_TRUE(read) << read.error().text;
      EXPECT_EQ(read->key_id(), key(name).key_id());
    }
  }
}

TEST_F(EncryptedKey, IsReadByOpenSslWhenWeWriteIt) {
  if (!is_there("openssl")) GTEST_SKIP() << "there is no openssl program";
  for (const std::string name : {"p256", "rsa2048", "ed25519"}) {
    const auto pem = encrypted_pem(key(name), "secret");
    ASSERT_TRUE(pem);
    EXPECT_EQ(private_key_from_pem(*pem, "secret")->key_id(), key(name).key_id());
    folder.write("ours.pem", as_bytes(*pem));
    ASSERT_TRUE(folder.run("openssl pkey -in ours.pem -passin pass:secret -out out"))
        << folder.said();
    EXPECT_EQ(to_text(folder.read("out")), text(name + ".key.pem"));
    ASSERT_TRUE(folder.run("openssl asn1parse -in ours.pem"));
    EXPECT_THAT(folder.said(), HasSubstr("hmacWithSHA256"));
    EXPECT_THAT(folder.said(), HasSubstr("aes-256-cbc"));
  }
}

TEST_F(EncryptedKey, IsReadByGnuTlsWhenWeWriteIt) {
  if (!is_there("certtool")) GTEST_SKIP() << "there is no certtool program";
  folder.write("ours.pem", as_bytes(*encrypted_pem(key("rsa2048"), "secret")));
  ASSERT_TRUE(folder.run("certtool --key-info --infile ours.pem --password secret"))
      << folder.said();
  EXPECT_THAT(folder.said(), HasSubstr("2048 bits"));
}

TEST_F(EncryptedKey, IsNotWrittenWithoutAPassword) {
  EXPECT_EQ(encrypted_pem(key("p256"), "").error().code, "bad-password");
  EXPECT_EQ(encrypted_pkcs8(key("p256"), "\xff").error().code, "bad-password");
}

TEST_F(EncryptedKey, OfTheTimeBeforePkcs8IsRefusedWithAWayOut) {
  if (!is_there("openssl")) GTEST_SKIP() << "there is no openssl program";
  ASSERT_TRUE(folder.run("openssl rsa -in rsa.pem -aes256 -traditional -passout pass:x -out out"));
  EXPECT_THAT(problem_of(as_text(folder.read("out")), "x"), HasSubstr("openssl pkcs8 -topk8"));
}

// Botan computes as many iterations as the file asks for.
TEST_F(EncryptedKey, WithTooManyIterationsIsRefusedBeforeItCosts) {
  if (!is_there("openssl")) GTEST_SKIP() << "there is no openssl program";
  ASSERT_TRUE(
      folder.run("openssl pkcs8 -topk8 -in key.pem -passout pass:x -iter 4000001 -out out"));
  EXPECT_THAT(problem_of(as_text(folder.read("out")), "x"), HasSubstr("too many iterations"));
}

}  // namespace
}  // namespace culvert::crypto::testing
