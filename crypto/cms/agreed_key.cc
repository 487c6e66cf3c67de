#include "crypto/cms/agreed_key.h"

#include <botan/kdf.h>

#include <exception>

#include "crypto/cms/der_writer.h"

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

}  // namespace culvert::crypto
