#include "crypto/cms/signed_data.h"

#include "crypto/cms/message.h"
#include "tests/crypto/cms/support.h"
#include "tests/crypto/vectors/manifest.h"
#include "tests/support/source_root.h"

namespace culvert::crypto::testing {
namespace {

class SignedData : public ::testing::Test {
 protected:
  SignerCandidates only(const Certificate& one) const {
    return {{one}, SignerCandidates::Included::ignore};
  }
  Node a{"gate.a.example"};
  Node b{"gate.b.example"};
};

TEST_F(SignedData, VerifiesWhatItSignedInEverySize) {
  for (const std::size_t size : {0UL, 1UL, 1000UL, 65536UL, 65537UL, 1'000'000UL}) {
    for (const std::size_t step : {100UL, 50'000UL, 100'000UL}) {
      const Bytes content = pattern(size);
      const auto verified = verify(sign(content, a, SignatureType::domain, step));
      ASSERT_TRUE(verified.ok()) << size;
      EXPECT_TRUE(verified->content == content);
      EXPECT_TRUE(verified->result.valid());
    }
  }
}

TEST_F(SignedData, VerifiesFromOneOctetAtATime) {
  const Bytes content = pattern(100'000);
  const Bytes cms = sign(content, a);
  TricklingSource source(cms, 1);
  const auto verified = verify_from(source, only(a.signing.certificate));
  ASSERT_TRUE(verified.ok());
  EXPECT_TRUE(verified->content == content);
  EXPECT_TRUE(verified->result.valid());
}

TEST_F(SignedData, TellsWhoSignedWhenAndAsWhat) {
  const auto verified = verify(sign(pattern(10), a));
  ASSERT_TRUE(verified.ok());
  ASSERT_EQ(verified->result.signers.size(), 1U);
  const SignerResult& signer = verified->result.signers.front();
  EXPECT_EQ(*signer.certificate, a.signing.certificate);
  EXPECT_EQ(signer.signing_time, kNow);
  EXPECT_EQ(signer.type, SignatureType::domain);
  EXPECT_EQ(signer.digest, "sha256");
  EXPECT_EQ(signer.signature, "ecdsa-with-SHA256");
  const auto personal = verify(sign(pattern(10), a, SignatureType::personal));
  EXPECT_EQ(personal->result.signers.front().type, SignatureType::personal);
}

TEST_F(SignedData, GivesNoneOfTheIncludedCertificatesIfTheyAreIgnored) {
  const Bytes cms = sign(pattern(10), a);
  const auto with = verify(cms);
  ASSERT_TRUE(with.ok());
  EXPECT_EQ(with->result.certificates.size(), 1U);
  const auto without = verify(cms, only(a.signing.certificate));
  ASSERT_TRUE(without.ok());
  EXPECT_TRUE(without->result.valid());
  EXPECT_TRUE(without->result.certificates.empty());
}

TEST_F(SignedData, JudgesContentThatWasNotReadToItsEnd) {
  const Bytes cms = sign(pattern(200'000), a);
  ViewSource source(cms);
  const auto reader = SignedDataReader::open(source);
  Bytes some(10);
  ASSERT_TRUE((*reader)->read(some).ok());
  const auto result = (*reader)->finish({});
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->valid());
}

// The attack of that name: a valid key that is not the expected one.
TEST_F(SignedData, WrongSigner) {
  const auto verified = verify(sign(pattern(10), a), only(b.signing.certificate));
  ASSERT_TRUE(verified.ok());
  EXPECT_FALSE(verified->result.valid());
  const SignerResult& signer = verified->result.signers.front();
  ASSERT_TRUE(signer.refusal);
  EXPECT_EQ(refusal_of(*signer.refusal), Refusal::signer_unknown);
}

TEST_F(SignedData, IsRefusedWhenCutAnywhere) {
  const Bytes cms = sign(pattern(200), a);
  for (std::size_t size = 0; size < cms.size(); ++size) {
    const auto verified = verify(ByteView(cms).first(size));
    EXPECT_FALSE(verified.ok()) << size;
  }
}

TEST_F(SignedData, IsNotValidWhenAnyBitOfContentOrSignatureIsFlipped) {
  const Bytes content = pattern(64);
  const Bytes cms = sign(content, a);
  for (std::size_t bit = 0; bit < cms.size() * 8; bit += 3) {
    Bytes bent = cms;
    bent[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    const auto verified = verify(bent, only(a.signing.certificate));
    if (!verified.ok()) continue;
    // What is not signed may change (the included certificate, which is not looked at here).
    if (verified->result.valid()) {
      EXPECT_TRUE(verified->content == content) << "bit " << bit;
    }
  }
}

TEST_F(SignedData, IsRefusedWithTrailingOctets) {
  Bytes cms = sign(pattern(300), a);
  cms.push_back(0);
  EXPECT_EQ(refusal(verify(cms)), Refusal::trailing_octets);
}

TEST_F(SignedData, IsNotOpenedAsSealed) {
  EXPECT_EQ(refusal(open(sign(pattern(10), a), a.keys)), Refusal::not_cms);
  EXPECT_EQ(refusal(verify(seal(pattern(10), {a.encryption.certificate}))), Refusal::not_cms);
}

TEST_F(SignedData, SignsAndVerifiesMessages) {
  const Bytes content = to_bytes("{\"version\":1}");
  const auto cms = sign_message(a.keys, a.identity.certificate, content, kNow);
  ASSERT_TRUE(cms.ok());
  const auto message = verify_message(*cms, a.identity.certificate);
  ASSERT_TRUE(message.ok());
  EXPECT_EQ(message->content, content);
  EXPECT_EQ(message->signing_time, kNow);
  const auto first = verify_self_carried_message(*cms);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->signer, a.identity.certificate);
}

// gpgsm 2.2.40 writes ecdsa-with-SHA256 with NULL, against RFC 5754, 3.3.
TEST(SignedDataOfGpgsm, IsValidWithParametersThatShouldBeAbsent) {
  const auto verified = verify(read_file(culvert::tests::source_root() /
                                         "tests/crypto/cms/data/gpgsm-2.2.40-ecdsa-null.cms"));
  ASSERT_TRUE(verified.ok()) << verified.error().code;
  EXPECT_TRUE(verified->result.signers.front().valid());
}

TEST_F(SignedData, TakesMessagesFromTheGivenIdentityOnly) {
  const auto cms = sign_message(a.keys, a.identity.certificate, to_bytes("x"), kNow);
  EXPECT_EQ(refusal(verify_message(*cms, b.identity.certificate)), Refusal::signer_unknown);
  const auto by_tunnel = sign_message(a.keys, a.signing.certificate, to_bytes("x"), kNow);
  EXPECT_EQ(refusal(verify_message(*by_tunnel, a.identity.certificate)), Refusal::signer_unknown);
}

TEST_F(SignedData, TakesLargeMessagesWhole) {
  const Bytes content = pattern(900'000);
  const auto cms = sign_message(a.keys, a.identity.certificate, content, kNow);
  const auto message = verify_message(*cms, a.identity.certificate);
  ASSERT_TRUE(message.ok());
  EXPECT_TRUE(message->content == content);
}

}  // namespace
}  // namespace culvert::crypto::testing
