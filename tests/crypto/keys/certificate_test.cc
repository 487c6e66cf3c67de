#include "crypto/keys/certificate.h"

#include <gtest/gtest.h>

#include "crypto/keys/certificate_maker.h"
#include "crypto/keys/chain.h"
#include "crypto/keys/digest.h"

namespace culvert::crypto {
namespace {

const Time kNow = from_unix(1'772'366'400);  // 2026-03-01T12:00:00Z

KeyAndCertificate identity_of(std::string_view name = "gate.a.example") {
  return *make_identity(*Domain::parse(name), kNow);
}

TEST(Identity, IsACaThatHoldsItsOwnFingerprint) {
  const auto identity = identity_of();
  const Certificate& certificate = identity.certificate;
  EXPECT_TRUE(check_identity(certificate).ok());
  EXPECT_EQ(certificate.subject_common_name(), "gate.a.example");
  EXPECT_EQ(certificate.subject_serial_number(), identity.key.key_id().hex());
  EXPECT_EQ(certificate.key_id(), Fingerprint(sha256(certificate.public_key_info())));
  EXPECT_TRUE(certificate.is_ca());
  EXPECT_EQ(certificate.path_length(), 0U);
  EXPECT_EQ(certificate.key_kind(), KeyKind::ec_p256);
  EXPECT_EQ(certificate.subject(), certificate.issuer());
  EXPECT_TRUE(certificate.valid_at(kNow + std::chrono::days(365 * 29)));
}

TEST(Identity, OfAVeryLongNameHasNoCommonName) {
  const std::string label(60, 'a');
  const auto identity = identity_of(label + "." + label + ".example");
  EXPECT_TRUE(check_identity(identity.certificate).ok());
  EXPECT_FALSE(identity.certificate.subject_common_name());
}

TEST(Identity, IsNotEveryCertificate) {
  const auto identity = identity_of();
  const auto tunnel =
      *make_tunnel_certificate({identity.key, identity.certificate}, TunnelUse::sign, kNow);
  EXPECT_EQ(check_identity(tunnel.certificate).error().code, "bad-identity");
  const auto tls = *make_self_signed_tls(*Domain::parse("gate.a.example"), kNow);
  EXPECT_EQ(check_identity(tls.certificate).error().code, "bad-identity");
}

TEST(TunnelCertificate, IsIssuedByTheIdentityForOneUse) {
  const auto identity = identity_of();
  const Issuer issuer{identity.key, identity.certificate};
  const auto signing = *make_tunnel_certificate(issuer, TunnelUse::sign, kNow);
  const auto encryption = *make_tunnel_certificate(issuer, TunnelUse::encrypt, kNow);
  for (const auto* one : {&signing, &encryption}) {
    EXPECT_TRUE(check_issued_by(one->certificate, identity.certificate, kNow).ok());
    EXPECT_TRUE(one->certificate.may_protect_mail());
    EXPECT_FALSE(one->certificate.may_serve_tls());
    EXPECT_FALSE(one->certificate.may_encipher_keys());
    EXPECT_EQ(one->certificate.key_kind(), KeyKind::ec_p256);
    EXPECT_EQ(one->certificate.serial().size(), 16U);
    EXPECT_EQ(one->certificate.serial().front() & 0x80, 0);
    EXPECT_TRUE(one->key.belongs_to(one->certificate));
  }
  EXPECT_TRUE(signing.certificate.may_sign());
  EXPECT_FALSE(signing.certificate.may_agree());
  EXPECT_TRUE(encryption.certificate.may_agree());
  EXPECT_FALSE(encryption.certificate.may_sign());
  EXPECT_NE(signing.certificate.serial(), encryption.certificate.serial());
}

TEST(TunnelCertificate, LastsNinetyDaysAndAnHourOfClockDifference) {
  const auto identity = identity_of();
  const auto tunnel =
      *make_tunnel_certificate({identity.key, identity.certificate}, TunnelUse::sign, kNow);
  EXPECT_TRUE(tunnel.certificate.valid_at(kNow - std::chrono::minutes(59)));
  EXPECT_FALSE(tunnel.certificate.valid_at(kNow - std::chrono::minutes(61)));
  EXPECT_TRUE(tunnel.certificate.valid_at(kNow + std::chrono::days(90)));
  EXPECT_FALSE(tunnel.certificate.valid_at(kNow + std::chrono::days(90) + std::chrono::seconds(1)));
  const Status late =
      check_issued_by(tunnel.certificate, identity.certificate, kNow + std::chrono::days(91));
  EXPECT_EQ(late.error().code, "certificate-expired");
}

TEST(TunnelCertificate, EndsWithTheIdentityAndTellsSo) {
  const auto identity = identity_of();
  const Time end = identity.certificate.not_after();
  const auto tunnel = *make_tunnel_certificate({identity.key, identity.certificate},
                                               TunnelUse::sign, end - std::chrono::days(1));
  const Status late =
      check_issued_by(tunnel.certificate, identity.certificate, end + std::chrono::days(1));
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().code, "certificate-expired");
  EXPECT_NE(late.error().text.find(to_rfc3339(end)), std::string::npos) << late.error().text;
}

TEST(TunnelCertificate, OfAnotherIdentityIsTold) {
  const auto a = identity_of();
  const auto twin = identity_of();
  const auto tunnel = *make_tunnel_certificate({a.key, a.certificate}, TunnelUse::sign, kNow);
  EXPECT_EQ(check_issued_by(tunnel.certificate, twin.certificate, kNow).error().code,
            "not-issued-by-identity");
  EXPECT_EQ(check_issued_by(a.certificate, a.certificate, kNow).error().code,
            "not-issued-by-identity");
  EXPECT_EQ(make_tunnel_certificate({a.key, twin.certificate}, TunnelUse::sign, kNow).error().code,
            "issuer-mismatch");
}

TEST(TlsCertificate, IsForServers) {
  const auto identity = identity_of();
  const auto tls = *make_tls_certificate({identity.key, identity.certificate},
                                         *Domain::parse("gate.a.example"), kNow);
  EXPECT_TRUE(check_issued_by(tls.certificate, identity.certificate, kNow).ok());
  EXPECT_TRUE(tls.certificate.may_serve_tls());
  EXPECT_FALSE(tls.certificate.may_protect_mail());
}

TEST(Certificate, ComesBackFromPemAndDer) {
  const auto identity = identity_of();
  EXPECT_EQ(*Certificate::from_der(identity.certificate.der()), identity.certificate);
  EXPECT_EQ(*Certificate::from_pem(identity.certificate.pem()), identity.certificate);
  const auto other = identity_of("gate.b.example");
  const auto all = Certificate::all_from_pem("text\n" + identity.certificate.pem() + "more\n" +
                                             other.certificate.pem());
  ASSERT_TRUE(all.ok());
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ((*all)[1], other.certificate);
  EXPECT_TRUE(Certificate::all_from_pem("nothing")->empty());
}

TEST(Certificate, IsRefusedWhenCutOrFollowedByOctets) {
  Bytes der = identity_of().certificate.der();
  for (std::size_t size = 0; size < der.size(); size += 7) {
    EXPECT_FALSE(Certificate::from_der(ByteView(der).first(size)).ok());
  }
  der.push_back(0);
  EXPECT_EQ(Certificate::from_der(der).error().code, "bad-certificate");
}

TEST(Certificate, IsCalledByItsTwoNames) {
  const auto identity = identity_of();
  const Certificate& one = identity.certificate;
  EXPECT_TRUE(one.is_named_by(one.issuer_and_serial()));
  EXPECT_TRUE(one.is_named_by(SubjectKeyIdentifier{one.subject_key_identifier()}));
  EXPECT_FALSE(one.is_named_by(SubjectKeyIdentifier{}));
  IssuerAndSerial other = one.issuer_and_serial();
  other.serial.back() ^= 1;
  EXPECT_FALSE(one.is_named_by(other));
}

}  // namespace
}  // namespace culvert::crypto
