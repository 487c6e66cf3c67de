#include "crypto/keys/encapsulation.h"

#include <botan/pubkey.h>
#include <botan/system_rng.h>

#include <exception>

#include "crypto/keys/certificate_parts.h"
#include "crypto/keys/library_words.h"

namespace culvert::crypto {
namespace {

// Sizes of encapsulation keys (FIPS 203, table 3).
constexpr std::size_t kPublicBytes512 = 800;
constexpr std::size_t kPublicBytes768 = 1184;

}  // namespace

Result<Encapsulation> encapsulate_to(const Certificate& recipient) {
  if (recipient.key_kind() != KeyKind::ml_kem || !recipient.parts().key) {
    return permanent_error("bad-key-use", "the certificate's key is no ML-KEM key");
  }
  try {
    Botan::PK_KEM_Encryptor encryptor(*recipient.parts().key, "Raw");
    const auto made = encryptor.encrypt(Botan::system_rng(), 0, {});
    return Encapsulation{made.encapsulated_shared_key(), SecretBytes(ByteView(made.shared_key()))};
  } catch (const std::exception& e) {
    return internal_error("bad-key-use", "the key encapsulation failed", without_source(e.what()));
  }
}

std::optional<KemSet> kem_set(const Certificate& certificate) {
  if (certificate.key_kind() != KeyKind::ml_kem || !certificate.parts().key) return std::nullopt;
  const std::size_t size = certificate.parts().key->raw_public_key_bits().size();
  if (size == kPublicBytes512) return KemSet::ml_kem_512;
  return size == kPublicBytes768 ? KemSet::ml_kem_768 : KemSet::ml_kem_1024;
}

}  // namespace culvert::crypto
