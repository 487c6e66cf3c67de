// PKCS#12 under an empty password in both of its forms (RFC 7292, B.1), in PEM, and in the forms
// that protect nothing.
#include <gmock/gmock.h>

#include "crypto/keys/files/key_file.h"
#include "crypto/keys/files/pkcs12.h"
#include "crypto/keys/files/rc4.h"
#include "tests/crypto/keys/key_files.h"
#include "tests/support/source_root.h"

namespace culvert::crypto::testing {
namespace {

using ::testing::HasSubstr;

Bytes own_file(const std::string& name) {
  return read_file(culvert::tests::source_root() / "tests/crypto/keys/data" / name);
}

// .NET writes no BMPString at all for it, OpenSSL one of 00 00.
TEST(EmptyPassword, OpensBothFormsGivenOrNot) {
  for (const char* name : {"dotnet-null-password.p12", "openssl-empty-password.p12"}) {
    SCOPED_TRACE(name);
    for (const std::optional<std::string_view>& password :
         {std::optional<std::string_view>(), std::optional<std::string_view>("")}) {
      const auto bundle = read_pkcs12(own_file(name), password);
      ASSERT_TRUE(bundle) << problem(bundle);
      EXPECT_EQ(bundle->keys.size(), 1U);
      EXPECT_TRUE(bundle->weakness.empty());
    }
    EXPECT_EQ(read_pkcs12(own_file(name), "x").error().code, "wrong-password");
  }
}

TEST(Rc4, DecryptsTheVectorsOfRfc6229) {
  const Bytes zeros(16);
  EXPECT_EQ(to_hex(rc4_decrypt(*from_hex("0102030405"), zeros).view()),
            "b2396305f03dc027ccc3524a0a1118a8");
  EXPECT_EQ(to_hex(rc4_decrypt(*from_hex("0102030405060708090a0b0c0d0e0f10"), zeros).view()),
            "9ac7cc9a609d1ef7b2932899cde41b97");
}

class Pkcs12Passwords : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!is_there("openssl")) GTEST_SKIP() << "there is no openssl program";
    ASSERT_TRUE(
        folder.run("openssl req -x509 -newkey rsa:2048 -noenc -subj /CN=old -keyout key.pem "
                   "-out cert.pem"))
        << folder.said();
  }
  bool exports(const std::string& options) const {
    return folder.run("openssl pkcs12 -export -inkey key.pem -in cert.pem -out made.p12 " +
                      options);
  }
  Result<KeyBundle> made(std::optional<std::string_view> password, OldForms old_forms) const {
    return read_key_file(folder.read("made.p12"), password, old_forms);
  }

  WorkFolder folder;
};

TEST_F(Pkcs12Passwords, AreEmptyInEveryCipherOfOpenSsl) {
  for (const char* options : {"", "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1",
                              "-keypbe PBE-SHA1-3DES -certpbe NONE -macalg sha1"}) {
    ASSERT_TRUE(exports(std::string(options) + " -passout pass:")) << folder.said();
    EXPECT_TRUE(made("", OldForms::refuse)) << options;
    EXPECT_TRUE(made(std::nullopt, OldForms::refuse)) << options;
  }
}

TEST_F(Pkcs12Passwords, OpenTheSameFileInPem) {
  ASSERT_TRUE(exports("-passout pass:secret && base64 made.p12 > body")) << folder.said();
  for (const std::string label : {"PKCS12", "PFX"}) {
    const std::string pem = "Issuer ...: /CN=old\nSerial ...: 01\n\n-----BEGIN " + label +
                            "-----\n" + to_text(folder.read("body")) + "-----END " + label +
                            "-----\n";
    const auto bundle = read_key_file(as_bytes(pem), "secret");
    ASSERT_TRUE(bundle) << problem(bundle);
    ASSERT_EQ(bundle->keys.size(), 1U);
    EXPECT_EQ(bundle->keys[0].certificates.size(), 1U);
    EXPECT_EQ(read_key_file(as_bytes(pem), "other").error().code, "wrong-password");
    EXPECT_EQ(read_key_file(as_bytes(pem)).error().code, "password-needed");
  }
}

TEST_F(Pkcs12Passwords, OpenWhatHasNoMacOnRequestAndMarkedWeak) {
  ASSERT_TRUE(exports("-nomac -passout pass:secret")) << folder.said();
  EXPECT_THAT(problem(made("secret", OldForms::refuse)), HasSubstr("--legacy"));
  const auto bundle = made("secret", OldForms::read);
  ASSERT_TRUE(bundle) << problem(bundle);
  EXPECT_THAT(bundle->weakness, HasSubstr("no MAC"));
  ASSERT_TRUE(exports("-nomac -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -passout pass:"));
  EXPECT_TRUE(made("", OldForms::read));
  EXPECT_TRUE(made(std::nullopt, OldForms::read));
}

TEST_F(Pkcs12Passwords, OpenRc4OnRequestAndMarkedWeak) {
  for (const char* scheme : {"PBE-SHA1-RC4-128", "PBE-SHA1-RC4-40"}) {
    SCOPED_TRACE(scheme);
    const std::string both = std::string("-keypbe ") + scheme + " -certpbe " + scheme;
    if (!exports("-legacy -passout pass:secret " + both)) {
      GTEST_SKIP() << "this OpenSSL has no legacy provider: " << folder.said();
    }
    EXPECT_THAT(problem(made("secret", OldForms::refuse)), HasSubstr("RC4"));
    const auto bundle = made("secret", OldForms::read);
    ASSERT_TRUE(bundle) << problem(bundle);
    EXPECT_EQ(bundle->keys.size(), 1U);
    EXPECT_THAT(bundle->weakness, HasSubstr("RC4"));
    EXPECT_EQ(made("other", OldForms::read).error().code, "wrong-password");
    ASSERT_TRUE(exports("-legacy -nomac -passout pass:secret " + both));
    EXPECT_TRUE(made("secret", OldForms::read));
    EXPECT_EQ(made("other", OldForms::read).error().code, "wrong-password");
  }
}

// Under RC4 nothing but the form of the plaintext tells.
TEST_F(Pkcs12Passwords, AreWrongUnderRc4WhateverTheyDecryptTo) {
  if (!exports("-legacy -nomac -iter 1 -passout pass:secret -keypbe PBE-SHA1-RC4-128 -certpbe "
               "PBE-SHA1-RC4-128")) {
    GTEST_SKIP() << "this OpenSSL has no legacy provider: " << folder.said();
  }
  for (int i = 0; i < 1500; ++i) {
    const std::string password = "other" + std::to_string(i);
    ASSERT_EQ(made(password.c_str(), OldForms::read).error().code, "wrong-password") << password;
  }
}

}  // namespace
}  // namespace culvert::crypto::testing
