#include "crypto/keys/agreement.h"

#include <botan/ec_group.h>
#include <botan/ecdh.h>
#include <botan/pubkey.h>
#include <botan/system_rng.h>
#include <botan/x25519.h>
#include <botan/x448.h>

#include <exception>

#include "crypto/keys/certificate_parts.h"
#include "crypto/keys/library_keys.h"
#include "crypto/keys/library_words.h"
#include "crypto/keys/private_key_parts.h"

namespace culvert::crypto {
namespace {

// A one-time key for this message; null if nothing can be agreed with `recipient`.
std::unique_ptr<Botan::PK_Key_Agreement_Key> ephemeral_for(const CertificateParts& recipient) {
  auto& rng = Botan::system_rng();
  if (recipient.kind == KeyKind::x25519) return std::make_unique<Botan::X25519_PrivateKey>(rng);
  if (recipient.kind == KeyKind::x448) return std::make_unique<Botan::X448_PrivateKey>(rng);
  const auto* ec = dynamic_cast<const Botan::EC_PublicKey*>(recipient.key.get());
  if (ec == nullptr || !is_ec(recipient.kind)) return nullptr;
  return std::make_unique<Botan::ECDH_PrivateKey>(rng, ec->domain());
}

}  // namespace

Result<EphemeralAgreement> agree_once_with(const Certificate& recipient) {
  const CertificateParts& parts = recipient.parts();
  const Error no_agreement =
      permanent_error("bad-key-use", "the certificate's key is not on a known curve");
  if (!parts.key) return no_agreement;
  try {
    const auto ephemeral = ephemeral_for(parts);
    if (ephemeral == nullptr) return no_agreement;
    const Botan::PK_Key_Agreement agreement(dynamic_cast<const Botan::Private_Key&>(*ephemeral),
                                            Botan::system_rng(), "Raw");
    SecretBytes secret(
        ByteView(agreement.derive_key(0, parts.key->raw_public_key_bits()).bits_of()));
    if (is_all_zero(secret.view())) return no_agreement;
    return EphemeralAgreement{ephemeral->public_value(), std::move(secret)};
  } catch (const std::exception& e) {
    return internal_error("bad-key-use", "the key agreement failed", without_source(e.what()));
  }
}

}  // namespace culvert::crypto
