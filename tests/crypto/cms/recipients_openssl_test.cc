// Recipients of every kind that `openssl cms` knows: what we write is opened by it, what it writes
// by us.
#include "crypto/keys/files/pem_key.h"
#include "crypto/keys/random.h"
#include "tests/crypto/cms/openssl_program.h"
#include "tests/crypto/cms/support.h"

namespace culvert::crypto::testing {
namespace {

constexpr const char* kRsa = "rsa:2048";
constexpr const char* kSmallRsa = "rsa:1024";

std::string curve(const std::string& name) { return "ec -pkeyopt ec_paramgen_curve:" + name; }

// A key and a certificate that OpenSSL made, in its folder as key.pem and cert.pem.
class RecipientsOfOpenSsl : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!OpenSslProgram::is_there()) GTEST_SKIP() << "there is no openssl program";
    program.emplace();
    program->write("plain", content);
  }

  void make_key(const std::string& kind) {
    ASSERT_TRUE(
        program->run("req -x509 -nodes -days 7300 -subj /CN=somebody -keyout key.pem "
                     "-out cert.pem -newkey " +
                     kind + " > /dev/null"));
    certificate = *Certificate::from_pem(to_text(program->read("cert.pem")));
    const auto key = private_key_from_pem(to_text(program->read("key.pem")));
    ASSERT_TRUE(key) << kind << ": " << key.error().detail;
    ASSERT_TRUE(keys.add(*key, *certificate, ContentRule::any));
  }

  void seal_for(const Recipient& recipient, const char* cipher, const KeyOptions& options) {
    Bytes out;
    BytesSink sink(out);
    auto writer = EnvelopedWriter::start(
        sink, {.recipients = {recipient}, .cipher = find_cipher_named(cipher), .keys = options});
    ASSERT_TRUE(writer) << writer.error().text << " " << writer.error().detail;
    ASSERT_TRUE((*writer)->write(content) && (*writer)->finish());
    program->write("sealed.der", out);
  }

  // `openssl cms -decrypt` with these arguments gives the content.
  void expect_decrypts(const std::string& arguments) {
    ASSERT_TRUE(
        program->run("cms -decrypt -inform DER -in sealed.der -out opened -binary " + arguments))
        << arguments;
    EXPECT_EQ(program->read("opened"), content);
  }

  // What `openssl cms -encrypt` writes with these arguments, opened by us.
  void expect_opens(const std::string& arguments, std::string_view weakness = {}) {
    ASSERT_TRUE(
        program->run("cms -encrypt -binary -outform DER -in plain -out sealed.der " + arguments))
        << arguments;
    const Bytes sealed = program->read("sealed.der");
    ViewSource source(sealed);
    const auto reader = EnvelopedReader::open(source, keys);
    ASSERT_TRUE(reader) << arguments << ": " << reader.error().code << reader.error().detail;
    EXPECT_EQ((*reader)->content_key().weakness, weakness) << arguments;
    const auto opened = read_all(**reader, 1 << 20);
    ASSERT_TRUE(opened);
    EXPECT_EQ(*opened, content);
  }

  std::optional<OpenSslProgram> program;
  std::optional<Certificate> certificate;
  MemoryKeyRing keys;
  const Bytes content = pattern(3000);
};

TEST_F(RecipientsOfOpenSsl, DecryptWhatWeSealToRsaKeys) {
  make_key(kRsa);
  const RsaTransport mixed{RsaTransport::Scheme::oaep, RsaHash::sha384, RsaHash::sha1,
                           to_bytes("label")};
  const RsaTransport defaults{RsaTransport::Scheme::oaep, RsaHash::sha1, RsaHash::sha1, {}};
  const RsaTransport old{RsaTransport::Scheme::pkcs1_v15, {}, {}, {}};
  for (const RsaTransport& transport : {RsaTransport{}, mixed, defaults, old}) {
    for (const char* cipher : {"aes256-gcm", "aes256-cbc", "aes128-cbc"}) {
      seal_for(*certificate, cipher, {.rsa = transport});
      expect_decrypts("-recip cert.pem -inkey key.pem");
    }
  }
}

TEST_F(RecipientsOfOpenSsl, DecryptWhatWeSealToKeysOnCurves) {
  for (const char* name :
       {"P-256", "P-384", "P-521", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"}) {
    make_key(curve(name));
    for (const auto agreement : {KeyOptions::Agreement::by_curve, KeyOptions::Agreement::sha256}) {
      for (const char* cipher : {"aes256-gcm", "aes192-cbc", "aes128-cbc"}) {
        SCOPED_TRACE(std::string(name) + " " + cipher);
        seal_for(*certificate, cipher, {.agreement = agreement});
        expect_decrypts("-recip cert.pem -inkey key.pem");
      }
    }
  }
}

TEST_F(RecipientsOfOpenSsl, DecryptWhatWeSealUnderASharedKey) {
  const auto key = std::make_shared<const SecretBytes>(random_secret(32));
  const SharedKey shared{*from_hex("c0ffee01"), key};
  for (const char* cipher : {"aes256-gcm", "aes256-cbc"}) {
    seal_for(shared, cipher, {});
    expect_decrypts("-secretkeyid c0ffee01 -secretkey " + to_hex(key->view()));
  }
}

TEST_F(RecipientsOfOpenSsl, SealToRsaKeysInFormsThatWeOpen) {
  make_key(kRsa);
  expect_opens("-aes-256-cbc cert.pem");
  expect_opens("-aes-128-gcm -keyid cert.pem");
  expect_opens("-aes-256-cbc -recip cert.pem -keyopt rsa_padding_mode:oaep");
  for (const char* digest : {"sha1", "sha224", "sha256", "sha384", "sha512"}) {
    const std::string oaep =
        "-recip cert.pem -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:" + std::string(digest);
    expect_opens("-aes-256-gcm " + oaep);
    expect_opens("-aes-256-gcm " + oaep + " -keyopt rsa_mgf1_md:sha256");
    expect_opens("-aes-256-gcm " + oaep + " -keyopt rsa_oaep_label:6c6162656c");
  }
}

TEST_F(RecipientsOfOpenSsl, SealToSmallRsaKeysWhichIsWeakAndNotWritten) {
  make_key(kSmallRsa);
  expect_opens("-aes-256-cbc cert.pem", "an RSA key below 2,048 bits");
  EXPECT_EQ(refusal(seal_key_for(*certificate, random_secret(32), {})), Refusal::bad_key_size);
}

TEST_F(RecipientsOfOpenSsl, SealToKeysOnCurvesInFormsThatWeOpen) {
  for (const char* name : {"P-256", "P-384", "P-521", "brainpoolP384r1"}) {
    make_key(curve(name));
    for (const char* digest : {"sha256", "sha384", "sha512"}) {
      const std::string kdf = std::string(" -recip cert.pem -keyopt ecdh_kdf_md:") + digest;
      expect_opens("-aes-256-gcm" + kdf);
      expect_opens("-aes-128-cbc" + kdf + " -keyopt ecdh_cofactor_mode:1");
    }
    expect_opens("-aes-256-cbc -recip cert.pem", "key derivation with SHA-1");
  }
}

// What OpenSSL 3.0 takes by itself for EC: 3DES, and a wrap of the same kind.
TEST_F(RecipientsOfOpenSsl, SealToKeysOnCurvesWith3DesWhichIsWeak) {
  for (const char* name : {"P-256", "P-384", "P-521", "brainpoolP256r1"}) {
    make_key(curve(name));
    const std::string to = "-des3 -recip cert.pem";
    expect_opens(to, "key derivation with SHA-1, and a key wrap with 3DES");
    expect_opens(to + " -keyid", "key derivation with SHA-1, and a key wrap with 3DES");
    for (const char* digest : {"sha256", "sha384", "sha512"}) {
      const std::string kdf = to + " -keyopt ecdh_kdf_md:" + digest;
      expect_opens(kdf, "a key wrap with 3DES");
      expect_opens(kdf + " -keyopt ecdh_cofactor_mode:1", "a key wrap with 3DES");
    }
  }
}

// Tunnel keys open nothing of that kind.
TEST_F(RecipientsOfOpenSsl, SealWith3DesToNoTunnelKey) {
  make_key(curve("P-256"));
  expect_opens("-des3 -recip cert.pem", "key derivation with SHA-1, and a key wrap with 3DES");
  MemoryKeyRing tunnel;
  ASSERT_TRUE(tunnel.add(*private_key_from_pem(to_text(program->read("key.pem"))), *certificate));
  EXPECT_FALSE(open(program->read("sealed.der"), tunnel));
}

TEST_F(RecipientsOfOpenSsl, SealUnderSharedKeysOfEverySize) {
  for (const std::size_t size : {16UL, 24UL, 32UL}) {
    const SecretBytes key = random_secret(size);
    keys.add_shared_key(as_bytes("id"), key.clone());
    expect_opens("-aes-256-cbc -secretkeyid 6964 -secretkey " + to_hex(key.view()));
  }
}

TEST_F(RecipientsOfOpenSsl, SealUnderPasswords) {
  keys.set_password(SecretBytes(as_bytes("a passphrase")));
  for (const char* cipher : {"-aes-256-cbc", "-aes-192-cbc", "-aes-128-cbc"}) {
    expect_opens(std::string(cipher) + " -pwri_password 'a passphrase'");
  }
  keys.set_password(SecretBytes(as_bytes("another")));
  const Bytes sealed = program->read("sealed.der");
  EXPECT_EQ(refusal(open(sealed, keys)), Refusal::key_unwrap_failed);
}

TEST_F(RecipientsOfOpenSsl, SealForSeveralOfWhomAnyOpens) {
  make_key(curve("P-256"));
  const MemoryKeyRing nobody;
  const SecretBytes key = random_secret(32);
  const std::string both = "-aes-256-gcm -secretkeyid 6964 -secretkey " + to_hex(key.view()) +
                           " -recip cert.pem -keyopt ecdh_kdf_md:sha256";
  expect_opens(both);
  const Bytes sealed = program->read("sealed.der");
  MemoryKeyRing shared;
  shared.add_shared_key(as_bytes("id"), key.clone());
  EXPECT_EQ(*open(sealed, shared), content);
  EXPECT_EQ(refusal(open(sealed, nobody)), Refusal::no_key);
}

// Old archives, for those who ask for them. Content that fits into memory, and some that does not.
TEST_F(RecipientsOfOpenSsl, SealWithRc2WhichIsReadOnRequestOnly) {
  make_key(kRsa);
  for (const std::size_t size : {0UL, 3000UL, 700'001UL}) {
    const Bytes plain = pattern(size);
    program->write("plain", plain);
    for (const char* cipher : {"rc2-40-cbc", "rc2-64-cbc", "rc2-cbc"}) {
      SCOPED_TRACE(std::string(cipher) + " " + std::to_string(size));
      if (!program->run("cms -encrypt -binary -provider legacy -provider default -outform DER "
                        "-in plain -out sealed.der -" +
                        std::string(cipher) + " cert.pem")) {
        GTEST_SKIP() << "this OpenSSL has no RC2";
      }
      const Bytes sealed = program->read("sealed.der");
      EXPECT_EQ(refusal(open(sealed, keys)), Refusal::unsupported_cipher);
      ViewSource source(sealed);
      const auto reader = EnvelopedReader::open(source, keys, OldCiphers::read);
      ASSERT_TRUE(reader) << reader.error().code;
      EXPECT_TRUE((*reader)->weak());
      EXPECT_EQ(*read_all(**reader, 1 << 20), plain);
    }
  }
}

}  // namespace
}  // namespace culvert::crypto::testing
