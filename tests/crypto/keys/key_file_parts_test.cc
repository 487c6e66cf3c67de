// Files that hold much, not all of which can be used: what cannot is named, and spoils nothing.
#include <gmock/gmock.h>

#include "crypto/keys/files/key_file.h"
#include "tests/crypto/keys/key_files.h"

namespace culvert::crypto::testing {
namespace {

using ::testing::HasSubstr;

class KeyFileParts : public ::testing::Test {
 protected:
  void SetUp() override {
    CULVERT_REQUIRE_VECTORS(root);
    keys = root / "keys";
  }
  std::string text(const std::string& name) const { return read_text(keys / name); }
  Result<KeyBundle> read(const std::string& pem) const { return read_key_file(as_bytes(pem)); }
  // A certificate in PEM with a wrong version, and its subject as it was.
  std::string spoilt(const std::string& name) const {
    Bytes der = Certificate::from_pem(text(name + ".cert.pem"))->der();
    const Bytes version = *from_hex("a003020102");
    const auto at = std::search(der.begin(), der.end(), version.begin(), version.end());
    EXPECT_NE(at, der.end());
    at[4] = 9;
    folder.write("bad.der", der);
    EXPECT_TRUE(folder.run("base64 bad.der > bad.txt"));
    return "-----BEGIN CERTIFICATE-----\n" + to_text(folder.read("bad.txt")) +
           "-----END CERTIFICATE-----\n";
  }

  std::filesystem::path keys;
  WorkFolder folder;
};

TEST_F(KeyFileParts, ThatCannotBeReadAreNamedByNumberAndSubject) {
  const auto bundle = read(text("ca.cert.pem") + text("p256.cert.pem") + spoilt("rsa2048") +
                           text("stranger.cert.pem"));
  ASSERT_TRUE(bundle) << problem(bundle);
  EXPECT_EQ(bundle->others.size(), 3U);
  ASSERT_EQ(bundle->left_out.size(), 1U);
  const auto subject = Certificate::from_pem(text("rsa2048.cert.pem"))->subject_text();
  EXPECT_EQ(bundle->left_out[0].what, "certificate 3 (" + subject + ")");
  EXPECT_EQ(bundle->left_out[0].error.code, "bad-certificate");
}

TEST_F(KeyFileParts, InPemMayBeCutOrNoBase64) {
  const std::string good = text("ca.cert.pem");
  const std::string cut = good.substr(0, good.find("-----END"));
  const std::string broken = "-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----\n";
  for (const std::string& bad : {cut, broken}) {
    for (const std::string& file : {bad + text("p256.cert.pem"), text("p256.cert.pem") + bad}) {
      const auto bundle = read(file);
      ASSERT_TRUE(bundle) << problem(bundle);
      EXPECT_EQ(bundle->others.size(), 1U);
      EXPECT_EQ(bundle->left_out.size(), 1U);
    }
  }
}

TEST_F(KeyFileParts, ThatAreAllThereIsRefuseTheFile) {
  EXPECT_THAT(problem(read(spoilt("rsa2048"))), HasSubstr("bad-certificate"));
  const auto bundle = read(spoilt("rsa2048") + text("rsa2048.key.pem"));
  ASSERT_TRUE(bundle) << problem(bundle);
  EXPECT_EQ(bundle->keys.size(), 1U);
  EXPECT_EQ(bundle->left_out.size(), 1U);
}

TEST_F(KeyFileParts, OfOtherKindsOfKeyAreLeftOut) {
  if (!is_there("openssl")) GTEST_SKIP() << "there is no openssl program";
  ASSERT_TRUE(
      folder.run("openssl dsaparam -out dsa.par 1024 && "
                 "openssl genpkey -paramfile dsa.par -out dsa.pem && "
                 "openssl ecparam -name secp256k1 -genkey -noout | "
                 "openssl pkcs8 -topk8 -nocrypt -out coin.pem"))
      << folder.said();
  const std::string dsa = to_text(folder.read("dsa.pem"));
  const auto bundle = read(dsa + to_text(folder.read("coin.pem")) + text("rsa2048.key.pem"));
  ASSERT_TRUE(bundle) << problem(bundle);
  ASSERT_EQ(bundle->keys.size(), 1U);
  EXPECT_EQ(bundle->keys[0].key.kind(), KeyKind::rsa);
  ASSERT_EQ(bundle->left_out.size(), 2U);
  EXPECT_EQ(bundle->left_out[0].what, "private key 1");
  EXPECT_THAT(bundle->left_out[0].error.text, HasSubstr("DSA"));
  EXPECT_THAT(problem(read(dsa)), HasSubstr("DSA"));
}

}  // namespace
}  // namespace culvert::crypto::testing
