#include "crypto/cms/key_wrap.h"

#include <botan/kdf.h>
#include <botan/rfc3394.h>

#include <exception>

#include "crypto/cms/der_writer.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

Bytes shared_info(const WrapRow& wrap, ByteView key_info, ByteView ukm) {
  const auto bits = static_cast<std::uint32_t>(8 * wrap.key_bytes);
  const Bytes length{0, 0, static_cast<std::uint8_t>(bits >> 8), static_cast<std::uint8_t>(bits)};
  const Bytes party = ukm.empty() ? Bytes{} : der(context_tag(0), {der_octet_string(ukm)});
  return der_sequence({key_info, party, der(context_tag(2), {der_octet_string(length)})});
}

}  // namespace

Result<SecretBytes> derive_wrap_key(const AgreementRow& agreement, const SecretBytes& secret,
                                    const WrapRow& wrap, ByteView key_info, ByteView ukm) {
  try {
    const auto kdf = Botan::KDF::create_or_throw(agreement.kdf_engine);
    const auto key = kdf->derive_key(wrap.key_bytes, secret.view(), ByteView{},
                                     shared_info(wrap, key_info, ukm));
    return SecretBytes(ByteView(key));
  } catch (const std::exception& e) {
    return internal_error("bad-key-use", "the wrapping key could not be derived", e.what());
  }
}

Result<Bytes> wrap_key(const SecretBytes& wrap_key, const SecretBytes& key) {
  try {
    const auto wrapped = Botan::rfc3394_keywrap(
        Botan::secure_vector<std::uint8_t>(key.view().begin(), key.view().end()),
        Botan::SymmetricKey(wrap_key.view()));
    return Bytes(wrapped.begin(), wrapped.end());
  } catch (const std::exception& e) {
    return internal_error("bad-key-use", "the content key could not be wrapped", e.what());
  }
}

Result<SecretBytes> unwrap_key(const SecretBytes& wrap_key, ByteView wrapped) {
  try {
    const auto key =
        Botan::rfc3394_keyunwrap(Botan::secure_vector<std::uint8_t>(wrapped.begin(), wrapped.end()),
                                 Botan::SymmetricKey(wrap_key.view()));
    return SecretBytes(ByteView(key));
  } catch (const std::exception& e) {
    return refuse(Refusal::key_unwrap_failed, e.what());
  }
}

}  // namespace culvert::crypto
