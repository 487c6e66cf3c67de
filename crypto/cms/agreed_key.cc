#include "crypto/cms/agreed_key.h"

#include <botan/kdf.h>

#include <exception>

#include "crypto/cms/der_writer.h"

namespace culvert::crypto {
namespace {

struct Input {
  const SecretBytes& secret;
  ByteView salt;
  ByteView info;
  std::size_t key_bytes;
};

Result<SecretBytes> derive(std::string_view engine, const Input& input) {
  try {
    const auto kdf = Botan::KDF::create_or_throw(engine);
    const auto key = kdf->derive_key(input.key_bytes, input.secret.view(), input.salt, input.info);
    return SecretBytes(ByteView(key));
  } catch (const std::exception& e) {
    return internal_error("bad-key-use", "the wrapping key could not be derived", e.what());
  }
}

Bytes der_ukm(const std::optional<Bytes>& ukm) {
  return ukm ? der(context_tag(0), {der_octet_string(*ukm)}) : Bytes{};
}

Bytes shared_info(const Wrap& wrap, const std::optional<Bytes>& ukm) {
  const auto bits = static_cast<std::uint32_t>(8 * wrap.row->key_bytes);
  const Bytes length{0, 0, static_cast<std::uint8_t>(bits >> 8), static_cast<std::uint8_t>(bits)};
  return der_sequence({wrap.name, der_ukm(ukm), der(context_tag(2), {der_octet_string(length)})});
}

Bytes encapsulation_info(const Wrap& wrap, const std::optional<Bytes>& ukm) {
  const auto key_bytes = static_cast<std::uint32_t>(wrap.row->key_bytes);
  return der_sequence({wrap.name, der_integer(key_bytes), der_ukm(ukm)});
}

}  // namespace

Result<SecretBytes> derive_wrap_key(const AgreementRow& agreement, const SecretBytes& secret,
                                    const Wrap& wrap, const std::optional<Bytes>& ukm) {
  const bool salted = agreement.ukm == AgreementRow::Ukm::info_and_salt && ukm.has_value();
  const ByteView salt = salted ? ByteView(*ukm) : ByteView{};
  return derive(agreement.kdf_engine, {secret, salt, shared_info(wrap, ukm), wrap.row->key_bytes});
}

Result<SecretBytes> derive_wrap_key(const EncapsulationKdfRow& kdf, const SecretBytes& secret,
                                    const Wrap& wrap, const std::optional<Bytes>& ukm) {
  return derive(kdf.engine, {secret, {}, encapsulation_info(wrap, ukm), wrap.row->key_bytes});
}

}  // namespace culvert::crypto
