#include "crypto/keys/files/encoded_key.h"

#include <botan/asn1_obj.h>
#include <botan/der_enc.h>

#include <array>

#include "crypto/keys/ber_elements.h"
#include "crypto/keys/files/encrypted_key.h"
#include "crypto/keys/key_file_error.h"

namespace culvert::crypto {
namespace {

constexpr std::array<std::pair<std::string_view, KeyForm>, 4> kLabels{{
    {"PRIVATE KEY", KeyForm::pkcs8},
    {"ENCRYPTED PRIVATE KEY", KeyForm::encrypted_pkcs8},
    {"RSA PRIVATE KEY", KeyForm::rsa},
    {"EC PRIVATE KEY", KeyForm::ec},
}};

// Wraps the old form in a PrivateKeyInfo, which names the algorithm outside the key.
Result<PrivateKey> from_old_form(const Botan::AlgorithmIdentifier& algorithm, ByteView key) {
  Botan::DER_Encoder info;
  info.start_sequence()
      .encode(std::size_t{0})
      .encode(algorithm)
      .encode(key.data(), key.size(), Botan::ASN1_Type::OctetString)
      .end_cons();
  return PrivateKey::from_pkcs8(info.get_contents());
}

Result<PrivateKey> read_rsa(ByteView der) {
  static const Botan::AlgorithmIdentifier kRsa(Botan::OID("1.2.840.113549.1.1.1"),
                                               Botan::AlgorithmIdentifier::USE_NULL_PARAM);
  return from_old_form(kRsa, der);
}

// The key itself names the curve, as an object identifier.
Result<PrivateKey> read_ec(ByteView der) {
  BerElements in(der);
  BerElements fields = in.enter(BerTag::sequence);
  fields.number();
  fields.content(BerTag::octet_string);
  BerElements curve = fields.enter(BerTag::context_0);
  const bool named = curve.peek() == BerTag::oid;
  const ByteView parameters = curve.whole();
  if (!in.finished() || !fields.good() || !curve.finished() || !named) {
    return key_not_supported("it names no curve");
  }
  static const Botan::OID kEc("1.2.840.10045.2.1");
  return from_old_form({kEc, {parameters.begin(), parameters.end()}}, der);
}

}  // namespace

std::optional<KeyForm> key_form_of_label(std::string_view label) {
  for (const auto& [known, form] : kLabels) {
    if (known == label) return form;
  }
  return std::nullopt;
}

Result<PrivateKey> read_key(KeyForm form, ByteView der, const PasswordUse& use) {
  switch (form) {
    case KeyForm::pkcs8:
      return PrivateKey::from_pkcs8(der);
    case KeyForm::rsa:
      return read_rsa(der);
    case KeyForm::ec:
      return read_ec(der);
    case KeyForm::encrypted_pkcs8:
      break;
  }
  const auto opened = open_encrypted_pkcs8(der, use);
  if (!opened) return opened.error();
  return PrivateKey::from_pkcs8(opened->view());
}

Result<PrivateKey> read_key_block(KeyForm form, const PemBlock& block, const PasswordUse& use) {
  if (has_old_encryption(block)) {
    return key_not_supported(
        "it is encrypted as before PKCS#8; convert it with 'openssl pkcs8 -topk8'");
  }
  const auto der = pem_octets(block);
  if (!der) return der.error();
  return read_key(form, der->view(), use);
}

}  // namespace culvert::crypto
