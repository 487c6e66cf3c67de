#include "crypto/keys/certificate_maker.h"

#include <botan/asn1_time.h>
#include <botan/bigint.h>
#include <botan/pubkey.h>
#include <botan/system_rng.h>
#include <botan/x509_ca.h>
#include <botan/x509_ext.h>

#include <exception>
#include <memory>

#include "crypto/keys/certificate_parts.h"
#include "crypto/keys/library_words.h"
#include "crypto/keys/private_key_parts.h"
#include "crypto/keys/random.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kSerialOctets = 16;
constexpr std::size_t kMaxCommonNameOctets = 64;  // X.520, ub-common-name

// What differs between the kinds of certificate.
struct Profile {
  Botan::X509_DN subject;
  std::chrono::hours lifetime;
  Botan::Key_Constraints usage;
  std::string_view purpose;    // name of the extended key usage; empty: none
  std::optional<Domain> host;  // subjectAltName
  enum class Kind { leaf, ca } kind = Kind::leaf;
};

Botan::BigInt random_serial() {
  Bytes octets = random_bytes(kSerialOctets);
  // Positive, and always sixteen octets long.
  octets[0] = static_cast<std::uint8_t>((octets[0] & 0x3f) | 0x40);
  return Botan::BigInt::from_bytes(octets);
}

Botan::X509_DN named(std::string_view common_name) {
  Botan::X509_DN name;
  if (!common_name.empty() && common_name.size() <= kMaxCommonNameOctets) {
    name.add_attribute("X520.CommonName", common_name);
  }
  return name;
}

Botan::Extensions extensions_of(const Profile& profile, const Botan::Public_Key& subject,
                                const Botan::Public_Key& issuer) {
  Botan::Extensions all;
  const bool is_ca = profile.kind == Profile::Kind::ca;
  if (is_ca) {
    all.add(std::make_unique<Botan::Cert_Extension::Basic_Constraints>(true, 0), true);
  } else {
    all.add(std::make_unique<Botan::Cert_Extension::Basic_Constraints>(false), true);
  }
  all.add(std::make_unique<Botan::Cert_Extension::Key_Usage>(profile.usage), true);
  if (!profile.purpose.empty()) {
    all.add(std::make_unique<Botan::Cert_Extension::Extended_Key_Usage>(
        std::vector<Botan::OID>{Botan::OID::from_string(profile.purpose)}));
  }
  if (profile.host) {
    Botan::AlternativeName names;
    names.add_dns(profile.host->text());
    all.add(std::make_unique<Botan::Cert_Extension::Subject_Alternative_Name>(names));
  }
  // Key identifiers are the first 20 octets of SHA-256 over the key (RFC 7093, 2).
  all.add(std::make_unique<Botan::Cert_Extension::Subject_Key_ID>(subject.subject_public_key(),
                                                                  "SHA-256"));
  const Botan::Cert_Extension::Subject_Key_ID issuer_id(issuer.subject_public_key(), "SHA-256");
  all.add(std::make_unique<Botan::Cert_Extension::Authority_Key_ID>(issuer_id.get_key_id()));
  return all;
}

// Signs a certificate for `subject` with `issuer`. May throw.
Result<Certificate> issue(const Profile& profile, const PrivateKey& subject,
                          const PrivateKey& issuer, const Botan::X509_DN& issuer_name, Time now) {
  auto& rng = Botan::system_rng();
  Botan::PK_Signer signer(*issuer.parts().key, rng, "SHA-256",
                          Botan::Signature_Format::DerSequence);
  const auto begin = static_cast<std::uint64_t>(to_unix(now - kCertificateLead));
  const auto end = static_cast<std::uint64_t>(to_unix(now + profile.lifetime));
  const auto made = Botan::X509_CA::make_cert(
      signer, rng, random_serial(), signer.algorithm_identifier(), subject.public_key_info(),
      Botan::X509_Time::from_seconds_since_epoch(begin),
      Botan::X509_Time::from_seconds_since_epoch(end), issuer_name, profile.subject,
      extensions_of(profile, *subject.parts().key, *issuer.parts().key));
  return Certificate::from_der(made.BER_encode());
}

Error not_made(const std::exception& e) {
  return internal_error("certificate-not-made", "the certificate could not be made",
                        without_source(e.what()));
}

Result<KeyAndCertificate> make_self_signed(Profile profile, PrivateKey key, Time now) {
  try {
    auto certificate = issue(profile, key, key, profile.subject, now);
    if (!certificate) return certificate.error();
    return KeyAndCertificate{std::move(key), *std::move(certificate)};
  } catch (const std::exception& e) {
    return not_made(e);
  }
}

Result<KeyAndCertificate> make_issued(const Profile& profile, const Issuer& issuer, Time now) {
  if (!issuer.key.belongs_to(issuer.certificate)) {
    return permanent_error("issuer-mismatch", "the issuer's certificate is for another key");
  }
  try {
    PrivateKey key = PrivateKey::generate_p256();
    auto certificate =
        issue(profile, key, issuer.key, issuer.certificate.parts().x509.subject_dn(), now);
    if (!certificate) return certificate.error();
    return KeyAndCertificate{std::move(key), *std::move(certificate)};
  } catch (const std::exception& e) {
    return not_made(e);
  }
}

Profile tls_profile(const Domain& host) {
  return {named(host.text()), kTlsLifetime, Botan::Key_Constraints::DigitalSignature,
          "PKIX.ServerAuth", host};
}

}  // namespace

Result<KeyAndCertificate> make_identity(const Domain& node_name, Time now) {
  PrivateKey key = PrivateKey::generate_p256();
  constexpr auto kUsage = static_cast<Botan::Key_Constraints::Bits>(
      Botan::Key_Constraints::KeyCertSign | Botan::Key_Constraints::CrlSign |
      Botan::Key_Constraints::DigitalSignature);
  Profile profile{named(node_name.text()), kIdentityLifetime, kUsage, {}, std::nullopt,
                  Profile::Kind::ca};
  profile.subject.add_attribute("X520.SerialNumber", key.key_id().hex());
  return make_self_signed(std::move(profile), std::move(key), now);
}

Result<KeyAndCertificate> make_tunnel_certificate(const Issuer& identity, TunnelUse use, Time now) {
  const bool signs = use == TunnelUse::sign;
  Profile profile{
      named(identity.certificate.subject_common_name().value_or("")), kTunnelLifetime,
      signs ? Botan::Key_Constraints::DigitalSignature : Botan::Key_Constraints::KeyAgreement,
      "PKIX.EmailProtection", std::nullopt};
  profile.subject.add_attribute("X520.OrganizationalUnit",
                                signs ? "tunnel signing" : "tunnel encryption");
  return make_issued(profile, identity, now);
}

Result<KeyAndCertificate> make_tls_certificate(const Issuer& identity, const Domain& host,
                                               Time now) {
  return make_issued(tls_profile(host), identity, now);
}

Result<KeyAndCertificate> make_self_signed_tls(const Domain& host, Time now) {
  return make_self_signed(tls_profile(host), PrivateKey::generate_p256(), now);
}

}  // namespace culvert::crypto
