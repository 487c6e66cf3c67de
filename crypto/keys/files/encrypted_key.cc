#include "crypto/keys/files/encrypted_key.h"

#include <botan/der_enc.h>
#include <botan/pem.h>

#include "crypto/keys/files/password_cipher.h"
#include "crypto/keys/key_file_error.h"

namespace culvert::crypto {
namespace {

// A wrong password gives right padding once in 256 times, but hardly ever a beginning like this.
bool may_be_private_key_info(ByteView plaintext) {
  BerElements in(plaintext);
  BerElements fields = in.enter(BerTag::sequence);
  return in.finished() && fields.number() <= 1 && fields.peek() == BerTag::sequence;
}

}  // namespace

Result<Bytes> encrypted_pkcs8(const PrivateKey& key, std::string_view text) {
  if (text.empty()) return permanent_error("bad-password", "the password is empty");
  const auto password = FilePassword::from_utf8(text);
  if (!password) return password.error();
  const PasswordSealed sealed = seal_pbes2(key.pkcs8().view(), *password, kWrittenIterations);
  Bytes der;
  Botan::DER_Encoder(der)
      .start_sequence()
      .raw_bytes(sealed.algorithm)
      .encode(sealed.ciphertext, Botan::ASN1_Type::OctetString)
      .end_cons();
  return der;
}

Result<std::string> encrypted_pem(const PrivateKey& key, std::string_view password) {
  const auto der = encrypted_pkcs8(key, password);
  if (!der) return der.error();
  return Botan::PEM_Code::encode(*der, "ENCRYPTED PRIVATE KEY");
}

Result<SecretBytes> open_encrypted_pkcs8(ByteView der, const PasswordUse& use) {
  BerElements in(der);
  BerElements fields = in.enter(BerTag::sequence);
  const ByteView algorithm = fields.whole();
  const SecretBytes ciphertext = fields.octets();
  if (!in.finished() || !fields.finished()) return bad_key_file("its form is wrong");
  auto plaintext = open_with_password(algorithm, ciphertext.view(), use);
  if (plaintext && !may_be_private_key_info(plaintext->view())) return wrong_password();
  return plaintext;
}

}  // namespace culvert::crypto
