#include "crypto/keys/signature.h"

#include <botan/ecdsa.h>
#include <botan/pubkey.h>
#include <botan/rsa.h>

#include <exception>

#include "crypto/keys/parts.h"
#include "crypto/keys/scheme.h"

namespace culvert::crypto {
namespace {

// formats.md: at least 1,024 and at most 16,384 bits to read. A huge exponent costs as much as a
// huge modulus; nobody uses one.
constexpr std::size_t kMinRsaBits = 1024;
constexpr std::size_t kMaxRsaBits = 16384;
constexpr std::size_t kMaxRsaExponentBits = 256;

bool is_bounded(const Botan::Public_Key& key) {
  const auto* rsa = dynamic_cast<const Botan::RSA_PublicKey*>(&key);
  if (rsa == nullptr) return true;
  return rsa->get_n().bits() >= kMinRsaBits && rsa->get_n().bits() <= kMaxRsaBits &&
         rsa->get_e().bits() <= kMaxRsaExponentBits;
}

}  // namespace

SchemeRow scheme_row(SignatureScheme scheme) {
  switch (scheme) {
    case SignatureScheme::ecdsa_sha256:
      return {"SHA-256", SchemeFamily::ecdsa};
    case SignatureScheme::ecdsa_sha384:
      return {"SHA-384", SchemeFamily::ecdsa};
    case SignatureScheme::ecdsa_sha512:
      return {"SHA-512", SchemeFamily::ecdsa};
    case SignatureScheme::rsa_sha256:
      return {"PKCS1v15(SHA-256)", SchemeFamily::rsa};
    case SignatureScheme::rsa_sha384:
      return {"PKCS1v15(SHA-384)", SchemeFamily::rsa};
    case SignatureScheme::rsa_sha512:
      return {"PKCS1v15(SHA-512)", SchemeFamily::rsa};
    case SignatureScheme::ed25519:
      return {"Pure", SchemeFamily::ed25519};
  }
  return {"", SchemeFamily::none};
}

SchemeFamily family_of(KeyKind kind) {
  if (is_ec(kind)) return SchemeFamily::ecdsa;
  if (kind == KeyKind::rsa) return SchemeFamily::rsa;
  if (kind == KeyKind::ed25519) return SchemeFamily::ed25519;
  return SchemeFamily::none;
}

std::optional<SignatureScheme> preferred_scheme(KeyKind kind) {
  if (kind == KeyKind::ec_p384 || kind == KeyKind::ec_bp384) return SignatureScheme::ecdsa_sha384;
  if (kind == KeyKind::ec_p521 || kind == KeyKind::ec_bp512) return SignatureScheme::ecdsa_sha512;
  switch (family_of(kind)) {
    case SchemeFamily::ecdsa:
      return SignatureScheme::ecdsa_sha256;
    case SchemeFamily::rsa:
      return SignatureScheme::rsa_sha256;
    case SchemeFamily::ed25519:
      return SignatureScheme::ed25519;
    case SchemeFamily::none:
      return std::nullopt;
  }
  return std::nullopt;
}

std::unique_ptr<Botan::PK_Verifier> VerifierPool::take(const Botan::Public_Key& key,
                                                       SignatureScheme scheme) {
  {
    const std::lock_guard lock(mutex_);
    if (auto found = resting_.extract(scheme)) return std::move(found.mapped());
  }
  const SchemeRow row = scheme_row(scheme);
  const auto format = row.family == SchemeFamily::ecdsa ? Botan::Signature_Format::DerSequence
                                                        : Botan::Signature_Format::Standard;
  return std::make_unique<Botan::PK_Verifier>(key, row.padding, format);
}

void VerifierPool::give_back(SignatureScheme scheme, std::unique_ptr<Botan::PK_Verifier> verifier) {
  const std::lock_guard lock(mutex_);
  if (resting_.size() < kMostResting) resting_.emplace(scheme, std::move(verifier));
}

bool verify_signature(const Certificate& signer, SignatureScheme scheme, ByteView message,
                      ByteView signature) {
  const CertificateParts& parts = signer.parts();
  if (!parts.key || family_of(parts.kind) != scheme_row(scheme).family || !is_bounded(*parts.key)) {
    return false;
  }
  try {
    auto verifier = parts.verifiers.take(*parts.key, scheme);
    const bool good = verifier->verify_message(message, signature);
    parts.verifiers.give_back(scheme, std::move(verifier));
    return good;
  } catch (const std::exception&) {
    // A verifier that threw is not used again.
    return false;
  }
}

}  // namespace culvert::crypto
