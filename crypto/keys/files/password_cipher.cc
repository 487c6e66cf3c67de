#include "crypto/keys/files/password_cipher.h"

#include <array>

#include "crypto/base/log.h"
#include "crypto/keys/files/pkcs12_kdf.h"
#include "crypto/keys/files/rc4.h"
#include "crypto/keys/key_file_error.h"
#include "crypto/keys/rc2.h"

namespace culvert::crypto {
namespace {

constexpr std::string_view kPbes2 = "1.2.840.113549.1.5.13";
constexpr std::size_t kOldIvBytes = 8;

enum class OldCipher { triple_des, rc2, rc4 };
struct OldScheme {
  std::string_view oid;
  OldCipher cipher;
  std::size_t key_bytes;
};
// The key of each is derived with SHA-1.
constexpr std::array<OldScheme, 6> kOldSchemes{{
    {"1.2.840.113549.1.12.1.1", OldCipher::rc4, 16},
    {"1.2.840.113549.1.12.1.2", OldCipher::rc4, 5},
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

// Everything that is encrypted in such files is one SEQUENCE and nothing else. RC4 has no padding:
// under a wrong password one plaintext in 256 begins like a sequence.
bool is_sequence(ByteView plaintext) {
  BerElements in(plaintext);
  in.enter(BerTag::sequence);
  return in.finished();
}

std::optional<SecretBytes> decrypt_old(OldCipher cipher, ByteView key, ByteView iv,
                                       ByteView ciphertext) {
  if (cipher == OldCipher::rc4) return rc4_decrypt(key, ciphertext);
  if (cipher == OldCipher::rc2) return rc2_cbc_decrypt(key, 8 * key.size(), iv, ciphertext);
  return cbc_decrypt("TripleDES", key, iv, ciphertext);
}

Result<SecretBytes> open_old(const OldScheme& scheme, const Pkcs12Derivation& how,
                             ByteView ciphertext, const PasswordUse& use) {
  for (const std::size_t bytes : {scheme.key_bytes, kOldIvBytes}) {
    const Status spent = use.rounds.spend(Derivation::pkcs12, how.hash, how.iterations, bytes);
    if (!spent) return spent.error();
  }
  const ByteView password = use.password->bmp();
  const SecretBytes key = pkcs12_derive(password, how, Pkcs12Purpose::cipher_key, scheme.key_bytes);
  const SecretBytes iv = pkcs12_derive(password, how, Pkcs12Purpose::iv, kOldIvBytes);
  auto plaintext = decrypt_old(scheme.cipher, key.view(), iv.view(), ciphertext);
  if (!plaintext || !is_sequence(plaintext->view())) return wrong_password();
  return *std::move(plaintext);
}

// A file may use another form of the empty password here than in its MAC.
Result<SecretBytes> open_in_any_form(const OldScheme& scheme, const Pkcs12Derivation& how,
                                     ByteView ciphertext, const PasswordUse& use) {
  auto opened = open_old(scheme, how, ciphertext, use);
  if (opened || !use.password->is_empty() || opened.error().code != wrong_password().code) {
    return opened;
  }
  const FilePassword other = use.password->other_empty_form();
  return open_old(scheme, how, ciphertext, {&other, use.rounds, use.old_forms});
}

// The object identifier in an AlgorithmIdentifier.
std::string scheme_in(ByteView algorithm) {
  BerElements in(algorithm);
  return in.enter(BerTag::sequence).oid();
}

}  // namespace

bool is_old_form(ByteView algorithm) {
  const OldScheme* scheme = find_old(scheme_in(algorithm));
  return scheme != nullptr && scheme->cipher == OldCipher::rc4;
}

Result<SecretBytes> open_with_password(ByteView algorithm, ByteView ciphertext,
                                       const PasswordUse& use) {
  BerElements in(algorithm);
  BerElements fields = in.enter(BerTag::sequence);
  const std::string oid = fields.oid();
  if (!fields.good() || !in.finished()) return bad_key_file("its encryption is ill-formed");
  if (is_old_form(algorithm) && use.old_forms == OldForms::refuse) {
    return bad_key_file("it is encrypted with RC4, which protects nothing; --legacy reads it");
  }
  if (use.password == nullptr) return password_needed();
  if (oid == kPbes2) {
    auto opened = open_pbes2(fields, ciphertext, *use.password, use.rounds);
    if (opened && !is_sequence(opened->view())) return wrong_password();
    return opened;
  }
  const OldScheme* scheme = find_old(oid);
  if (scheme == nullptr) {
    return bad_key_file("its encryption is not supported", printable(oid));
  }
  const auto how = read_parameters(fields);
  if (!how) return how.error();
  return open_in_any_form(*scheme, *how, ciphertext, use);
}

}  // namespace culvert::crypto
