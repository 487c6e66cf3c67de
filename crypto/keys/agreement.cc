#include "crypto/keys/agreement.h"

#include <botan/ec_group.h>
#include <botan/ecdh.h>
#include <botan/pubkey.h>
#include <botan/system_rng.h>

#include <exception>

#include "crypto/keys/parts.h"

namespace culvert::crypto {

Result<EphemeralAgreement> agree_once_with(const Certificate& recipient) {
  const auto* ec = dynamic_cast<const Botan::EC_PublicKey*>(recipient.parts().key.get());
  if (ec == nullptr || !is_ec(recipient.key_kind())) {
    return permanent_error("bad-key-use", "the certificate's key is not on a known curve");
  }
  try {
    auto& rng = Botan::system_rng();
    const Botan::ECDH_PrivateKey ephemeral(rng, ec->domain());
    const Botan::PK_Key_Agreement agreement(ephemeral, rng, "Raw");
    const auto secret = agreement.derive_key(0, ec->raw_public_key_bits());
    return EphemeralAgreement{ephemeral.public_value(), SecretBytes(ByteView(secret.bits_of()))};
  } catch (const std::exception& e) {
    return internal_error("bad-key-use", "the key agreement failed", e.what());
  }
}

}  // namespace culvert::crypto
