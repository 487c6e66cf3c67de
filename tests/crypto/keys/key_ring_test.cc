#include <gtest/gtest.h>

#include <thread>

#include "crypto/keys/agreement.h"
#include "crypto/keys/asn1_time.h"
#include "crypto/keys/certificate_maker.h"
#include "crypto/keys/digest.h"
#include "crypto/keys/files/pem_key.h"
#include "crypto/keys/memory_key_ring.h"
#include "crypto/keys/random.h"

namespace culvert::crypto {
namespace {

const Time kNow = from_unix(1'772'366'400);

class KeyRingTest : public ::testing::Test {
 protected:
  KeyRingTest() { EXPECT_TRUE(ring.add(one.key, one.certificate).ok()); }
  KeyAndCertificate one = *make_self_signed_tls(*Domain::parse("gate.a.example"), kNow);
  KeyAndCertificate other = *make_self_signed_tls(*Domain::parse("gate.b.example"), kNow);
  MemoryKeyRing ring;
};

TEST_F(KeyRingTest, FindsAKeyByBothNamesOfItsCertificate) {
  const auto by_serial = ring.find(one.certificate.issuer_and_serial());
  ASSERT_TRUE(by_serial);
  EXPECT_EQ(by_serial->key, one.key.key_id());
  EXPECT_TRUE(ring.find(SubjectKeyIdentifier{one.certificate.subject_key_identifier()}));
  EXPECT_FALSE(ring.find(other.certificate.issuer_and_serial()));
}

TEST_F(KeyRingTest, SignsSoThatTheCertificateVerifies) {
  const Bytes message = to_bytes("message");
  const auto signature = ring.sign(one.key.key_id(), SignatureScheme::ecdsa_sha256, message);
  ASSERT_TRUE(signature.ok());
  EXPECT_TRUE(
      verify_signature(one.certificate, SignatureScheme::ecdsa_sha256, message, *signature));
  EXPECT_FALSE(
      verify_signature(other.certificate, SignatureScheme::ecdsa_sha256, message, *signature));
  EXPECT_FALSE(verify_signature(one.certificate, SignatureScheme::rsa_sha256, message, *signature));
  EXPECT_FALSE(verify_signature(one.certificate, SignatureScheme::ecdsa_sha256, to_bytes("massage"),
                                *signature));
}

TEST_F(KeyRingTest, RefusesSchemesThatDoNotFitTheKey) {
  EXPECT_EQ(ring.sign(one.key.key_id(), SignatureScheme::ed25519, {}).error().code, "bad-key-use");
  EXPECT_EQ(ring.sign(other.key.key_id(), SignatureScheme::ecdsa_sha256, {}).error().code,
            "no-key");
}

TEST_F(KeyRingTest, AgreesWithAnEphemeralKey) {
  const auto sent = agree_once_with(one.certificate);
  ASSERT_TRUE(sent.ok());
  EXPECT_EQ(sent->public_value.size(), 65U);
  const auto received = ring.agree(one.key.key_id(), sent->public_value);
  ASSERT_TRUE(received.ok());
  EXPECT_EQ(received->size(), 32U);
  EXPECT_TRUE(equal_in_constant_time(received->view(), sent->secret.view()));
}

TEST_F(KeyRingTest, RefusesWhatIsNoPointOfTheCurve) {
  const Bytes good = agree_once_with(one.certificate)->public_value;
  Bytes off_curve = good;
  off_curve.back() ^= 1;
  Bytes hybrid = good;
  hybrid.front() = static_cast<std::uint8_t>(6 | (good.back() & 1));
  const Bytes infinity{0};
  const Bytes zero = [&] {
    Bytes octets(65);
    octets.front() = 4;
    return octets;
  }();
  const Bytes empty;
  const Bytes shorter(good.begin(), good.end() - 1);
  for (const Bytes& bad : {off_curve, hybrid, infinity, zero, empty, shorter}) {
    EXPECT_EQ(ring.agree(one.key.key_id(), bad).error().code, "bad-point") << to_hex(bad);
  }
}

TEST_F(KeyRingTest, RefusesACertificateForAnotherKey) {
  EXPECT_EQ(ring.add(other.key, one.certificate).error().code, "key-mismatch");
}

TEST_F(KeyRingTest, ForgetsWhatIsRemoved) {
  ring.remove(one.key.key_id());
  EXPECT_FALSE(ring.find(one.certificate.issuer_and_serial()));
  EXPECT_EQ(ring.sign(one.key.key_id(), SignatureScheme::ecdsa_sha256, {}).error().code, "no-key");
}

TEST_F(KeyRingTest, ServesSeveralThreads) {
  std::vector<std::thread> threads;
  std::vector<int> good(4);
  for (std::size_t i = 0; i < good.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 20; ++n) {
        const auto sent = agree_once_with(one.certificate);
        const auto received = ring.agree(one.key.key_id(), sent->public_value);
        const auto signature =
            ring.sign(one.key.key_id(), SignatureScheme::ecdsa_sha256, sent->public_value);
        if (received && signature &&
            verify_signature(one.certificate, SignatureScheme::ecdsa_sha256, sent->public_value,
                             *signature)) {
          ++good[i];
        }
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(good, (std::vector<int>{20, 20, 20, 20}));
}

TEST(PrivateKeyTest, ComesBackFromPkcs8AndPem) {
  const PrivateKey key = PrivateKey::generate_p256();
  EXPECT_EQ(PrivateKey::from_pkcs8(key.pkcs8().view())->key_id(), key.key_id());
  EXPECT_EQ(private_key_from_pem(as_text(key.pem().view()))->key_id(), key.key_id());
  const SecretBytes der = key.pkcs8();
  Bytes longer(der.view().begin(), der.view().end());
  longer.push_back(0);
  EXPECT_EQ(PrivateKey::from_pkcs8(longer).error().code, "bad-key");
  EXPECT_EQ(private_key_from_pem("no key").error().code, "bad-key");
}

// RFC 4231, test case 2; FIPS 180-2, "abc".
TEST(Digest, ComputesPublishedValues) {
  EXPECT_EQ(to_hex(sha256({as_bytes("a"), as_bytes("bc")})),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(hmac_sha256(as_bytes("Jefe"),
                               {as_bytes("what do ya want "), as_bytes("for nothing?")})),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Asn1Time, IsReadAndWrittenByTheYear) {
  EXPECT_EQ(asn1_time_text(kNow), "260301120000Z");
  EXPECT_EQ(parse_asn1_time("260301120000Z"), kNow);
  EXPECT_EQ(parse_asn1_time("20260301120000Z"), kNow);
  EXPECT_EQ(asn1_time_text(*parse_asn1_time("20500101000000Z")), "20500101000000Z");
  EXPECT_EQ(to_rfc3339(*parse_asn1_time("500101000000Z")), "1950-01-01T00:00:00Z");
  EXPECT_EQ(to_rfc3339(*parse_asn1_time("99991231235959Z")), "9999-12-31T23:59:59Z");
  for (const char* bad : {"", "2603011200Z", "260301120000", "260231120000Z", "260301250000Z",
                          "260301120060Z", "26030112000aZ", "260301120000+0100"}) {
    EXPECT_FALSE(parse_asn1_time(bad)) << bad;
  }
}

TEST(Random, IsNotTheSameTwice) {
  EXPECT_NE(random_bytes(16), random_bytes(16));
  EXPECT_EQ(random_secret(32).size(), 32U);
}

}  // namespace
}  // namespace culvert::crypto
