#include "crypto/keys/signature.h"

#include <botan/ecdsa.h>
#include <botan/pubkey.h>
#include <botan/rsa.h>

#include <exception>

#include "crypto/keys/certificate_parts.h"
#include "crypto/keys/library_keys.h"
#include "crypto/keys/rsa_transport.h"
#include "crypto/keys/scheme.h"

namespace culvert::crypto {
namespace {

// The usual bounds of other programs. The time to verify grows with the bits of the exponent times
// the square of the bits of the modulus.
constexpr std::size_t kMaxExponentBits = 256;
constexpr std::size_t kSmallModulusBits = 3072;
constexpr std::size_t kMaxExponentBitsOfLarge = 64;

}  // namespace

bool is_bounded(const Botan::Public_Key& key) {
  const auto* rsa = dynamic_cast<const Botan::RSA_PublicKey*>(&key);
  if (rsa == nullptr) return true;
  const std::size_t bits = rsa->get_n().bits();
  const std::size_t most = bits > kSmallModulusBits ? kMaxExponentBitsOfLarge : kMaxExponentBits;
  return bits >= kMinRsaBitsRead && bits <= kMaxRsaBitsRead && rsa->get_e().bits() <= most;
}

SchemeRow scheme_row(SignatureScheme scheme) {
  switch (scheme) {
    case SignatureScheme::ecdsa_sha256:
      return {"SHA-256", SchemeFamily::ecdsa};
    case SignatureScheme::ecdsa_sha384:
      return {"SHA-384", SchemeFamily::ecdsa};
    case SignatureScheme::ecdsa_sha512:
      return {"SHA-512", SchemeFamily::ecdsa};
    case SignatureScheme::rsa_sha256:
      return {"PKCS1v15(SHA-256)", SchemeFamily::rsa_v15};
    case SignatureScheme::rsa_sha384:
      return {"PKCS1v15(SHA-384)", SchemeFamily::rsa_v15};
    case SignatureScheme::rsa_sha512:
      return {"PKCS1v15(SHA-512)", SchemeFamily::rsa_v15};
    case SignatureScheme::rsa_pss_sha256:
      return {"PSS(SHA-256,MGF1,32)", SchemeFamily::rsa_pss};
    case SignatureScheme::rsa_pss_sha384:
      return {"PSS(SHA-384,MGF1,48)", SchemeFamily::rsa_pss};
    case SignatureScheme::rsa_pss_sha512:
      return {"PSS(SHA-512,MGF1,64)", SchemeFamily::rsa_pss};
    case SignatureScheme::ed25519:
      return {"Pure", SchemeFamily::ed25519};
    case SignatureScheme::ed448:
      return {"Pure", SchemeFamily::ed448};
  }
  return {"", SchemeFamily::ecdsa};
}

bool can_make(KeyKind kind, SchemeFamily family) {
  switch (family) {
    case SchemeFamily::ecdsa:
      return is_ec(kind);
    case SchemeFamily::rsa_v15:
      return kind == KeyKind::rsa;
    case SchemeFamily::rsa_pss:
      return kind == KeyKind::rsa || kind == KeyKind::rsa_pss;
    case SchemeFamily::ed25519:
      return kind == KeyKind::ed25519;
    case SchemeFamily::ed448:
      return kind == KeyKind::ed448;
  }
  return false;
}

std::optional<SignatureScheme> preferred_scheme(KeyKind kind) {
  switch (kind) {
    case KeyKind::ec_p256:
    case KeyKind::ec_bp256:
      return SignatureScheme::ecdsa_sha256;
    case KeyKind::ec_p384:
    case KeyKind::ec_bp384:
      return SignatureScheme::ecdsa_sha384;
    case KeyKind::ec_p521:
    case KeyKind::ec_bp512:
      return SignatureScheme::ecdsa_sha512;
    case KeyKind::rsa:
      return SignatureScheme::rsa_sha256;
    case KeyKind::rsa_pss:
      return SignatureScheme::rsa_pss_sha256;
    case KeyKind::ed25519:
      return SignatureScheme::ed25519;
    case KeyKind::ed448:
      return SignatureScheme::ed448;
    case KeyKind::x25519:
    case KeyKind::x448:
    case KeyKind::ml_kem:
    case KeyKind::other:
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

KeyFit check_key(const Certificate& signer, SignatureScheme scheme) {
  const CertificateParts& parts = signer.parts();
  // A key this large is not parsed, so its kind is not known.
  if (parts.x509.subject_public_key_info().size() > kMaxPublicKeyBytes) return KeyFit::bad_size;
  if (!parts.key || !can_make(parts.kind, scheme_row(scheme).family)) return KeyFit::wrong_kind;
  return is_bounded(*parts.key) ? KeyFit::fits : KeyFit::bad_size;
}

bool verify_signature(const Certificate& signer, SignatureScheme scheme, ByteView message,
                      ByteView signature) {
  if (check_key(signer, scheme) != KeyFit::fits) return false;
  const CertificateParts& parts = signer.parts();
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
