// The other side is real: what we write is opened by `openssl cms`, and what it writes by us.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/crypto/cms/support.h"

namespace culvert::crypto::testing {
namespace {

class OpenSsl : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("openssl version > /dev/null 2>&1") != 0) {
      GTEST_SKIP() << "there is no openssl program";
    }
    std::string name = (std::filesystem::temp_directory_path() / "culvert-cms-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder = name;
    write("identity.pem", as_bytes(a.identity.certificate.pem()));
    write("signing.pem", as_bytes(a.signing.certificate.pem()));
    write("signing.key", a.signing.key.pem().view());
    write("encryption.pem", as_bytes(b.encryption.certificate.pem()));
    write("encryption.key", b.encryption.key.pem().view());
  }
  void TearDown() override {
    if (!folder.empty()) std::filesystem::remove_all(folder);
  }

  void write(const std::string& name, ByteView octets) const {
    std::ofstream out(folder / name, std::ios::binary);
    out << as_text(octets);
  }
  Bytes read(const std::string& name) const {
    std::ifstream in(folder / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  // Runs `openssl cms …` inside the folder; true if it ended well.
  bool cms(const std::string& arguments) const {
    const std::string command =
        "cd '" + folder.string() + "' && openssl cms " + arguments + " 2> errors";
    const bool good = std::system(command.c_str()) == 0;
    if (!good) std::fputs(to_text(read("errors")).c_str(), stderr);
    return good;
  }

  std::filesystem::path folder;
  Node a{"gate.a.example"};
  Node b{"gate.b.example"};
};

TEST_F(OpenSsl, DecryptsWhatWeSeal) {
  for (const std::size_t size : {0UL, 5000UL, 65536UL, 1'000'000UL}) {
    const Bytes content = pattern(size);
    write("sealed.der", seal(content, {a.encryption.certificate, b.encryption.certificate}));
    ASSERT_TRUE(
        cms("-decrypt -inform DER -in sealed.der -out plain -binary "
            "-recip encryption.pem -inkey encryption.key"))
        << size;
    EXPECT_TRUE(read("plain") == content) << size;
  }
}

TEST_F(OpenSsl, VerifiesWhatWeSign) {
  for (const std::size_t size : {0UL, 5000UL, 1'000'000UL}) {
    const Bytes content = pattern(size);
    write("signed.der", sign(content, a));
    ASSERT_TRUE(
        cms("-verify -inform DER -in signed.der -out plain -binary "
            "-CAfile identity.pem -no_check_time"))
        << size;
    EXPECT_TRUE(read("plain") == content) << size;
  }
}

TEST_F(OpenSsl, FindsTheAttributesThatWeSign) {
  write("signed.der", sign(pattern(10), a));
  ASSERT_TRUE(cms("-cmsout -print -inform DER -in signed.der > printed"));
  const std::string printed = to_text(read("printed"));
  for (const char* wanted : {"contentType", "signingTime", "messageDigest", "S/MIME Capabilities",
                             "id-smime-aa-signingCertificateV2", "1.2.840.113549.1.9.52",
                             "signatureType", "1.2.840.113549.1.9.16.9.2"}) {
    EXPECT_NE(printed.find(wanted), std::string::npos) << wanted;
  }
}

TEST_F(OpenSsl, SealsWhatWeOpen) {
  for (const char* cipher : {"-aes-256-gcm", "-aes-128-gcm"}) {
    for (const char* form : {"", "-stream -indef"}) {
      const Bytes content = pattern(300'000);
      write("plain", content);
      ASSERT_TRUE(cms(std::string("-encrypt -binary -outform DER -in plain -out sealed.der ") +
                      cipher + " " + form + " -recip encryption.pem -keyopt ecdh_kdf_md:sha256"));
      const auto opened = open(read("sealed.der"), b.keys);
      ASSERT_TRUE(opened.ok()) << opened.error().code << opened.error().detail;
      EXPECT_TRUE(*opened == content);
    }
  }
}

TEST_F(OpenSsl, SealsWithOtherDigestsOfTheKeyDerivation) {
  const Bytes content = pattern(300);
  write("plain", content);
  for (const char* digest : {"sha384", "sha512"}) {
    ASSERT_TRUE(cms(std::string("-encrypt -binary -outform DER -in plain -out sealed.der "
                                "-aes-256-gcm -recip encryption.pem -keyopt ecdh_kdf_md:") +
                    digest));
    const auto opened = open(read("sealed.der"), b.keys);
    ASSERT_TRUE(opened.ok()) << digest;
    EXPECT_TRUE(*opened == content);
  }
}

TEST_F(OpenSsl, SignsWhatWeVerify) {
  const Bytes content = pattern(300'000);
  write("plain", content);
  for (const char* form : {"", "-stream", "-cades", "-md sha512"}) {
    ASSERT_TRUE(cms(std::string("-sign -nodetach -binary -outform DER -in plain "
                                "-out signed.der -signer signing.pem -inkey signing.key ") +
                    form));
    const auto verified =
        verify(read("signed.der"), {{a.signing.certificate}, SignerCandidates::Included::ignore});
    ASSERT_TRUE(verified.ok()) << form;
    EXPECT_TRUE(verified->content == content) << form;
    EXPECT_TRUE(verified->result.valid()) << form;
  }
}

TEST_F(OpenSsl, DecryptsEnvelopedDataOfOurs) {
  for (const char* cipher : {"aes128-cbc", "aes192-cbc", "aes256-cbc"}) {
    for (const std::size_t size : {0UL, 15UL, 16UL, 65536UL, 500'000UL}) {
      const Bytes content = pattern(size);
      Bytes sealed;
      BytesSink sink(sealed);
      auto writer = EnvelopedWriter::start(
          sink, {.recipients = {b.encryption.certificate}, .cipher = find_cipher_named(cipher)});
      ASSERT_TRUE(writer.ok());
      ASSERT_TRUE((*writer)->write(content).ok());
      ASSERT_TRUE((*writer)->finish().ok());
      write("sealed.der", sealed);
      ASSERT_TRUE(
          cms("-decrypt -inform DER -in sealed.der -out plain -binary "
              "-recip encryption.pem -inkey encryption.key"))
          << cipher << size;
      EXPECT_EQ(read("plain"), content) << cipher << size;
    }
  }
}

TEST_F(OpenSsl, SealsEnvelopedDataThatWeOpen) {
  MemoryKeyRing keys;
  ASSERT_TRUE(keys.add(b.encryption.key, b.encryption.certificate, ContentRule::any).ok());
  for (const char* cipher : {"-aes128", "-aes192", "-aes256"}) {
    for (const char* form : {"", "-stream -indef"}) {
      const Bytes content = pattern(300'001);
      write("plain", content);
      ASSERT_TRUE(cms(std::string("-encrypt -binary -outform DER -in plain -out sealed.der ") +
                      form + " " + cipher + " -recip encryption.pem -keyopt ecdh_kdf_md:sha256"));
      const Bytes sealed = read("sealed.der");
      ViewSource source(sealed);
      const auto reader = EnvelopedReader::open(source, keys);
      ASSERT_TRUE(reader.ok()) << cipher << ": " << reader.error().text;
      EXPECT_EQ((*reader)->kind(), SealKind::enveloped);
      EXPECT_FALSE((*reader)->weak());
      EXPECT_EQ(*read_all(**reader, 1'000'000), content) << cipher << form;
    }
  }
}

}  // namespace
}  // namespace culvert::crypto::testing
