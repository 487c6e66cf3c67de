#include "crypto/cms/certs_only.h"

#include "tests/crypto/cms/support.h"
#include "tests/crypto/vectors/manifest.h"
#include "tests/support/source_root.h"

namespace culvert::crypto::testing {
namespace {

Result<std::vector<Certificate>> read(ByteView cms, std::size_t step = 1000) {
  TricklingSource source(cms, step);
  return read_certs_only(source);
}

class CertsOnly : public ::testing::Test {
 protected:
  Node a{"gate.a.example"};
  std::vector<Certificate> all{a.identity.certificate, a.signing.certificate,
                               a.encryption.certificate};
};

TEST_F(CertsOnly, ReadsWhatItWroteEachCertificateOnce) {
  std::vector<Certificate> twice = all;
  twice.insert(twice.end(), all.begin(), all.end());
  const auto cms = write_certs_only(twice);
  ASSERT_TRUE(cms.ok());
  for (const std::size_t step : {1UL, 7UL, 100'000UL}) {
    const auto certificates = read(*cms, step);
    ASSERT_TRUE(certificates.ok());
    EXPECT_TRUE(
        std::is_permutation(certificates->begin(), certificates->end(), all.begin(), all.end()));
  }
}

TEST_F(CertsOnly, MayHoldNone) {
  const auto cms = write_certs_only({});
  const auto certificates = read(*cms);
  ASSERT_TRUE(certificates.ok());
  EXPECT_TRUE(certificates->empty());
}

TEST_F(CertsOnly, IsNeverASignedMessage) {
  const auto cms = write_certs_only(all);
  EXPECT_EQ(refusal(verify(*cms)), Refusal::content_missing);
  ViewSource source(*cms);
  ViewSource content(as_bytes("content"));
  const auto detached = SignedDataReader::open_detached(source, content);
  EXPECT_EQ(refusal(detached), Refusal::no_signers);
}

TEST_F(CertsOnly, RefusesWhatHoldsMoreOrLessThanCertificates) {
  EXPECT_EQ(refusal(read(sign(pattern(10), a))), Refusal::not_certs_only);
  EXPECT_EQ(refusal(read(seal(pattern(10), {a.encryption.certificate}))), Refusal::not_cms);
  Bytes cms = *write_certs_only(all);
  for (std::size_t size = 0; size < cms.size(); ++size) {
    EXPECT_FALSE(read(ByteView(cms).first(size)).ok()) << size;
  }
  cms.push_back(0);
  EXPECT_EQ(refusal(read(cms)), Refusal::trailing_octets);
}

// cmsutil -O of NSS 3.87: content that is there, and empty.
TEST(CertsOnlyOfNss, IsRead) {
  const auto certificates = read(
      read_file(culvert::tests::source_root() / "tests/crypto/cms/data/nss-3.87-certs-only.p7c"));
  ASSERT_TRUE(certificates.ok()) << certificates.error().code;
  EXPECT_FALSE(certificates->empty());
}

TEST_F(CertsOnly, RefusesACertificateThatCannotBeRead) {
  Bytes cms = *write_certs_only({a.identity.certificate});
  const Bytes& der = a.identity.certificate.der();
  const auto at = std::search(cms.begin(), cms.end(), der.begin(), der.end());
  ASSERT_NE(at, cms.end());
  at[4] = 0x31;  // TBSCertificate is no SET
  EXPECT_EQ(refusal(read(cms)), Refusal::bad_certificate);
}

TEST_F(CertsOnly, HoldsNoMoreThanAReaderTakes) {
  const std::vector<Certificate> many(kMaxCmsCertificates + 1, a.identity.certificate);
  EXPECT_EQ(refusal(write_certs_only(many)), Refusal::too_many_certificates);
}

}  // namespace
}  // namespace culvert::crypto::testing
