#include <botan/asn1_obj.h>
#include <botan/der_enc.h>

#include "crypto/keys/files/bmp_string.h"
#include "crypto/keys/files/pbes2.h"
#include "crypto/keys/files/pkcs12.h"
#include "crypto/keys/files/pkcs12_mac.h"
#include "crypto/keys/files/pkcs12_oids.h"

namespace culvert::crypto {
namespace {

using Botan::ASN1_Class;
using Botan::ASN1_Type;
using Botan::DER_Encoder;
using Botan::OID;

// We write no file that costs more than we read: one derivation for each key, one for the
// certificates, and one for the MAC.
static_assert(((kMaxWrittenKeys + 1) * kHashesOfHmac + 1) * kWrittenIterations <=
              kMaxPasswordHashes);

struct Protection {
  const FilePassword& password;
  std::uint64_t iterations;

  PasswordSealed seal(ByteView plaintext) const {
    return seal_pbes2(plaintext, password, iterations);
  }
};

// ContentInfo of kind data.
void put_data(DER_Encoder& to, ByteView octets) {
  to.start_sequence()
      .encode(OID(pkcs12::kData))
      .start_context_specific(0)
      .encode(octets.data(), octets.size(), ASN1_Type::OctetString)
      .end_cons()
      .end_cons();
}

// ContentInfo of kind encryptedData.
void put_encrypted_data(DER_Encoder& to, ByteView octets, const Protection& protection) {
  const PasswordSealed sealed = protection.seal(octets);
  to.start_sequence()
      .encode(OID(pkcs12::kEncryptedData))
      .start_context_specific(0)
      .start_sequence()
      .encode(std::size_t{0})
      .start_sequence()
      .encode(OID(pkcs12::kData))
      .raw_bytes(sealed.algorithm)
      .add_object(ASN1_Type(0), ASN1_Class::ContextSpecific, sealed.ciphertext)
      .end_cons()
      .end_cons()
      .end_cons()
      .end_cons();
}

// The key's attributes are repeated at its certificates: readers match them that way.
void put_attributes(DER_Encoder& to, const BundledKey& key) {
  const ByteView local_id = key.key.key_id().view();
  to.start_set().start_sequence().encode(OID(pkcs12::kLocalKeyId)).start_set();
  to.encode(local_id.data(), local_id.size(), ASN1_Type::OctetString).end_cons().end_cons();
  const auto name = to_bmp_string(key.name);
  if (name && !name->empty()) {
    to.start_sequence().encode(OID(pkcs12::kFriendlyName)).start_set();
    to.add_object(ASN1_Type::BmpString, ASN1_Class::Universal, name->view());
    to.end_cons().end_cons();
  }
  to.end_cons();
}

void put_certificate(DER_Encoder& to, const Certificate& certificate, const BundledKey* key) {
  to.start_sequence()
      .encode(OID(pkcs12::kCertificateBag))
      .start_context_specific(0)
      .start_sequence()
      .encode(OID(pkcs12::kX509Certificate))
      .start_context_specific(0)
      .encode(certificate.der(), ASN1_Type::OctetString)
      .end_cons()
      .end_cons()
      .end_cons();
  if (key != nullptr) put_attributes(to, *key);
  to.end_cons();
}

void put_key(DER_Encoder& to, const BundledKey& key, const Protection& protection) {
  const PasswordSealed sealed = protection.seal(key.key.pkcs8().view());
  to.start_sequence()
      .encode(OID(pkcs12::kShroudedKeyBag))
      .start_context_specific(0)
      .start_sequence()
      .raw_bytes(sealed.algorithm)
      .encode(sealed.ciphertext, ASN1_Type::OctetString)
      .end_cons()
      .end_cons();
  put_attributes(to, key);
  to.end_cons();
}

Bytes certificate_bags(const KeyBundle& bundle) {
  Bytes der;
  DER_Encoder bags(der);
  bags.start_sequence();
  for (const BundledKey& key : bundle.keys) {
    for (const Certificate& certificate : key.certificates)
      put_certificate(bags, certificate, &key);
  }
  for (const Certificate& certificate : bundle.others)
    put_certificate(bags, certificate, nullptr);
  bags.end_cons();
  return der;
}

Bytes key_bags(const KeyBundle& bundle, const Protection& protection) {
  Bytes der;
  DER_Encoder bags(der);
  bags.start_sequence();
  for (const BundledKey& key : bundle.keys)
    put_key(bags, key, protection);
  bags.end_cons();
  return der;
}

Bytes authenticated_safe(const KeyBundle& bundle, const Protection& protection) {
  Bytes der;
  DER_Encoder safes(der);
  safes.start_sequence();
  put_encrypted_data(safes, certificate_bags(bundle), protection);
  put_data(safes, key_bags(bundle, protection));
  safes.end_cons();
  return der;
}

}  // namespace

Result<Bytes> write_pkcs12(const KeyBundle& bundle, std::string_view text,
                           std::uint64_t iterations) {
  if (text.empty()) return permanent_error("bad-password", "the password is empty");
  if (bundle.keys.size() > kMaxWrittenKeys) {
    return permanent_error("too-many-keys", "one file takes 4 keys at most");
  }
  const auto password = FilePassword::from_utf8(text);
  if (!password) return password.error();
  const Bytes safe = authenticated_safe(bundle, {*password, iterations});
  Bytes der;
  DER_Encoder file(der);
  file.start_sequence().encode(std::size_t{3});
  put_data(file, safe);
  file.raw_bytes(make_pkcs12_mac(safe, *password, iterations)).end_cons();
  return der;
}

}  // namespace culvert::crypto
