#include "crypto/keys/password_cipher.h"

#include <array>

#include "crypto/base/log.h"
#include "crypto/keys/key_file_error.h"
#include "crypto/keys/pkcs12_kdf.h"
#include "crypto/keys/rc2.h"

namespace culvert::crypto {
namespace {

constexpr std::string_view kPbes2 = "1.2.840.113549.1.5.13";
constexpr std::size_t kOldIvBytes = 8;

enum class OldCipher { triple_des, rc2 };
struct OldScheme {
  std::string_view oid;
  OldCipher cipher;
  std::size_t key_bytes;
};
// SHA-1 derives the key of each.
constexpr std::array<OldScheme, 4> kOldSchemes{{
    {"1.2.840.113549.1.12.1.3", OldCipher::triple_des, 24},
    {"1.2.840.113549.1.12.1.4", OldCipher::triple_des, 16},
    {"1.2.840.113549.1.12.1.5", OldCipher::rc2, 16},
    {"1.2.840.113549.1.12.1.6", OldCipher::rc2, 5},
}};

const OldScheme* find_old(std::string_view oid) {
  for (const OldScheme& scheme : kOldSchemes) {
    if (scheme.oid == oid) return &scheme;
  }
  return nullptr;
}

// pkcs-12PbeParams.
Result<Pkcs12Derivation> read_parameters(BerElements& in) {
  BerElements fields = in.enter(BerTag::sequence);
  Pkcs12Derivation how;
  const ByteView salt = fields.content(BerTag::octet_string);
  how.salt.assign(salt.begin(), salt.end());
  how.iterations = fields.number();
  if (!fields.finished() || !in.finished()) return bad_key_file("its encryption is ill-formed");
  if (how.salt.size() > kMaxPbkdf2SaltBytes) return bad_key_file("its salt is too long");
  return how;
}

std::optional<SecretBytes> decrypt_old(OldCipher cipher, ByteView key, ByteView iv,
                                       ByteView ciphertext) {
  if (cipher == OldCipher::rc2) return rc2_cbc_decrypt(key, 8 * key.size(), iv, ciphertext);
  return cbc_decrypt("TripleDES", key, iv, ciphertext);
}

Result<SecretBytes> open_old(const OldScheme& scheme, BerElements& parameters, ByteView ciphertext,
                             const FilePassword& password, PasswordRounds& rounds) {
  const auto how = read_parameters(parameters);
  if (!how) return how.error();
  for (const std::size_t bytes : {scheme.key_bytes, kOldIvBytes}) {
    if (const Status spent = rounds.spend(Derivation::pkcs12, how->hash, how->iterations, bytes);
        !spent) {
      return spent.error();
    }
  }
  const SecretBytes key =
      pkcs12_derive(password.bmp(), *how, Pkcs12Purpose::cipher_key, scheme.key_bytes);
  const SecretBytes iv = pkcs12_derive(password.bmp(), *how, Pkcs12Purpose::iv, kOldIvBytes);
  auto plaintext = decrypt_old(scheme.cipher, key.view(), iv.view(), ciphertext);
  if (!plaintext) return wrong_password();
  return *std::move(plaintext);
}

}  // namespace

Result<SecretBytes> open_with_password(ByteView algorithm, ByteView ciphertext,
                                       const FilePassword& password, PasswordRounds& rounds) {
  BerElements in(algorithm);
  BerElements fields = in.enter(BerTag::sequence);
  const std::string oid = fields.oid();
  if (!fields.good() || !in.finished()) return bad_key_file("its encryption is ill-formed");
  if (oid == kPbes2) return open_pbes2(fields, ciphertext, password, rounds);
  const OldScheme* scheme = find_old(oid);
  if (scheme == nullptr) {
    return bad_key_file("its encryption is not supported", printable(oid));
  }
  return open_old(*scheme, fields, ciphertext, password, rounds);
}

}  // namespace culvert::crypto
