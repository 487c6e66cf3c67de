// What SigningOptions can ask for, with keys of every kind: those of the shared vectors.
#include "crypto/keys/digest.h"
#include "crypto/keys/files/pem_key.h"
#include "tests/crypto/cms/support.h"
#include "tests/crypto/vectors/manifest.h"

namespace culvert::crypto::testing {
namespace {

using enum SignatureScheme;

class SigningOptionsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto folder = vectors_folder();
    if (!folder) GTEST_SKIP() << "no test vectors";
    root = *folder;
  }
  SigningKey key(const std::string& name) {
    const auto read = private_key_from_pem(read_text(root / "keys" / (name + ".key.pem")));
    keys.add_signing_key(*read);
    return {read->key_id(),
            *Certificate::from_pem(read_text(root / "keys" / (name + ".cert.pem")))};
  }
  SigningOptions options(const std::string& name) {
    const SigningKey one = key(name);
    return {one.key, one.certificate, kNow};
  }
  Result<Bytes> sign(const SigningOptions& options, ByteView content, std::size_t step = 1000) {
    Bytes out;
    BytesSink sink(out);
    auto writer = SignedDataWriter::start(sink, keys, options);
    if (!writer) return writer.error();
    for (std::size_t at = 0; at < content.size(); at += step) {
      const Status written =
          (*writer)->write(content.subspan(at, std::min(step, content.size() - at)));
      if (!written) return written.error();
    }
    if (const Status finished = (*writer)->finish(); !finished) return finished.error();
    return out;
  }
  Result<SignedDataResult> verify_detached(ByteView cms, ByteView content, std::size_t step) {
    TricklingSource source(cms, step);
    TricklingSource detached(content, step);
    const auto reader = SignedDataReader::open_detached(source, detached);
    if (!reader) return reader.error();
    return (*reader)->finish({});
  }

  std::filesystem::path root;
  MemoryKeyRing keys;
};

TEST_F(SigningOptionsTest, EverySchemeIsVerifiedUnderItsName) {
  const std::vector<std::tuple<const char*, SignatureScheme, const char*, const char*>> table{
      {"p256", ecdsa_sha256, "sha256", "ecdsa-with-SHA256"},
      {"p256", ecdsa_sha512, "sha512", "ecdsa-with-SHA512"},
      {"p521", ecdsa_sha256, "sha256", "ecdsa-with-SHA256"},
      {"bp384", ecdsa_sha384, "sha384", "ecdsa-with-SHA384"},
      {"rsa2048", rsa_sha256, "sha256", "rsaEncryption"},
      {"rsa2048", rsa_sha512, "sha512", "rsaEncryption"},
      {"rsa2048", rsa_pss_sha256, "sha256", "RSASSA-PSS"},
      {"rsa3072", rsa_pss_sha384, "sha384", "RSASSA-PSS"},
      {"rsa2048", rsa_pss_sha512, "sha512", "RSASSA-PSS"},
      {"ed25519", ed25519, "sha512", "Ed25519"},
      {"ed448", ed448, "shake256", "Ed448"}};
  const Bytes content = pattern(5000);
  for (const auto& [name, scheme, digest, signature] : table) {
    SigningOptions asked = options(name);
    asked.scheme = scheme;
    const auto cms = sign(asked, content);
    ASSERT_TRUE(cms.ok()) << name << cms.error().text;
    const auto verified = verify(*cms);
    ASSERT_TRUE(verified.ok()) << name;
    EXPECT_TRUE(verified->result.valid()) << name;
    EXPECT_EQ(verified->result.signers.front().digest, digest);
    EXPECT_EQ(verified->result.signers.front().signature, signature);
    EXPECT_FALSE(verified->result.signers.front().weak_key);
  }
}

TEST_F(SigningOptionsTest, SchemesThatDoNotFitTheKeyAreRefused) {
  for (const auto& [name, scheme] :
       {std::pair{"p256", rsa_sha256}, std::pair{"p256", ed25519}, std::pair{"rsa2048", ed448},
        std::pair{"ed25519", ecdsa_sha256}, std::pair{"x25519", ecdsa_sha256}}) {
    SigningOptions asked = options(name);
    asked.scheme = scheme;
    const auto cms = sign(asked, {});
    ASSERT_FALSE(cms.ok()) << name;
    EXPECT_EQ(cms.error().code, "bad-key-use");
  }
}

TEST_F(SigningOptionsTest, DetachedHoldsNoContentAndVerifiesOverIt) {
  for (const std::size_t size : {0UL, 1UL, 5000UL, 300'000UL}) {
    const Bytes content = pattern(size);
    SigningOptions asked = options("rsa2048");
    asked.content = SigningOptions::Content::detached;
    const auto cms = sign(asked, content);
    ASSERT_TRUE(cms.ok());
    EXPECT_LT(cms->size(), 4000U);
    for (const std::size_t step : {1UL, 4096UL}) {
      const auto result = verify_detached(*cms, content, step);
      ASSERT_TRUE(result.ok());
      EXPECT_TRUE(result->valid());
    }
    const auto other = verify_detached(*cms, pattern(size + 1), 4096);
    ASSERT_TRUE(other.ok());
    EXPECT_EQ(refusal_of(*other->signers.front().refusal), Refusal::message_digest_mismatch);
    EXPECT_EQ(refusal(verify(*cms)), Refusal::content_missing);
  }
}

TEST_F(SigningOptionsTest, OpaqueIsNotTakenForDetached) {
  const auto cms = sign(options("p256"), as_bytes("content"));
  EXPECT_EQ(refusal(verify_detached(*cms, as_bytes("content"), 10)), Refusal::content_present);
}

TEST_F(SigningOptionsTest, ChainCertificatesAreIncludedOnce) {
  const auto authority = *Certificate::from_pem(read_text(root / "keys/ca.cert.pem"));
  SigningOptions asked = options("p256");
  asked.chain = {authority, asked.certificate, authority};
  const auto verified = verify(*sign(asked, as_bytes("content")));
  ASSERT_TRUE(verified.ok());
  EXPECT_EQ(verified->result.certificates.size(), 2U);
  asked.chain.assign(kMaxCmsCertificates, authority);
  EXPECT_EQ(refusal(sign(asked, {})), Refusal::too_many_certificates);
}

TEST_F(SigningOptionsTest, CapabilitiesAreReadInTheirOrder) {
  SigningOptions asked = options("p256");
  const Bytes rc2{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x03, 0x02};
  asked.capabilities = {cipher_capability("aes256-cbc"),
                        cipher_capability("des-ede3-cbc"),
                        {rc2, {0x02, 0x02, 0x00, 0x80}}};
  const auto verified = verify(*sign(asked, as_bytes("content")));
  ASSERT_TRUE(verified.ok());
  const auto& read = verified->result.signers.front().capabilities;
  EXPECT_EQ(read, asked.capabilities);
  std::string names;
  for (const Capability& one : read)
    names += capability_name(one) + " ";
  EXPECT_EQ(names, "aes256-cbc des-ede3-cbc 1.2.840.113549.3.2 ");
  asked.capabilities.clear();
  const auto none = verify(*sign(asked, as_bytes("content")));
  EXPECT_TRUE(none->result.valid());
  EXPECT_TRUE(none->result.signers.front().capabilities.empty());
}

TEST_F(SigningOptionsTest, EveryTypeOfSignatureIsTold) {
  for (const SignatureType type : {SignatureType::personal, SignatureType::domain,
                                   SignatureType::additional_attributes, SignatureType::review}) {
    SigningOptions asked = options("p256");
    asked.type = type;
    const auto verified = verify(*sign(asked, as_bytes("content")));
    ASSERT_TRUE(verified.ok());
    EXPECT_EQ(verified->result.signers.front().type, type) << signature_type_name(type);
  }
}

TEST_F(SigningOptionsTest, SeveralSignersAreJudgedEachForItself) {
  SigningOptions asked = options("p256");
  SigningKey pss = key("rsa2048");
  pss.scheme = rsa_pss_sha512;
  asked.others = {pss, key("ed448")};
  for (const auto content : {SigningOptions::Content::opaque, SigningOptions::Content::detached}) {
    asked.content = content;
    const Bytes text = pattern(100'000);
    const auto cms = sign(asked, text);
    ASSERT_TRUE(cms.ok());
    const auto opaque = content == SigningOptions::Content::opaque
                            ? verify(*cms)
                            : Result<Verified>(Verified{text, *verify_detached(*cms, text, 999)});
    ASSERT_TRUE(opaque.ok());
    EXPECT_EQ(opaque->result.signers.size(), 3U);
    EXPECT_EQ(opaque->result.certificates.size(), 3U);
    EXPECT_TRUE(opaque->result.valid());
  }
  asked.others.assign(kMaxCmsSigners, pss);
  EXPECT_EQ(refusal(sign(asked, {})), Refusal::too_many_signers);
}

}  // namespace
}  // namespace culvert::crypto::testing
