#include "crypto/keys/files/pbes2.h"

#include <botan/asn1_obj.h>
#include <botan/cipher_mode.h>
#include <botan/der_enc.h>

#include <array>
#include <exception>

#include "crypto/base/log.h"
#include "crypto/keys/key_file_error.h"
#include "crypto/keys/random.h"

namespace culvert::crypto {
namespace {

constexpr std::string_view kPbes2 = "1.2.840.113549.1.5.13";
constexpr std::string_view kPbkdf2 = "1.2.840.113549.1.5.12";
constexpr std::string_view kAes256Cbc = "2.16.840.1.101.3.4.1.42";
constexpr std::size_t kMaxKeyBytes = 64;
constexpr std::size_t kWrittenSaltBytes = 16;

struct Cipher {
  std::string_view oid;
  std::string_view name;
  std::size_t key_bytes;
  std::size_t iv_bytes;
};
constexpr std::array<Cipher, 4> kCiphers{{
    {"2.16.840.1.101.3.4.1.2", "AES-128", 16, 16},
    {"2.16.840.1.101.3.4.1.22", "AES-192", 24, 16},
    {kAes256Cbc, "AES-256", 32, 16},
    {"1.2.840.113549.3.7", "TripleDES", 24, 8},
}};

const Cipher* find_cipher(std::string_view oid) {
  for (const Cipher& cipher : kCiphers) {
    if (cipher.oid == oid) return &cipher;
  }
  return nullptr;
}

Error unsupported(std::string_view what, std::string_view oid) {
  return bad_key_file(std::string(what) + " is not supported", printable(oid));
}

// PBKDF2-params of A.2, read from behind the identifier. A missing prf means HMAC-SHA-1.
Result<Pbkdf2> read_parameters(BerElements& algorithm, std::size_t key_bytes) {
  BerElements fields = algorithm.enter(BerTag::sequence);
  Pbkdf2 out{.hash = Pbkdf2Hash::sha1, .salt = {}, .iterations = 0, .key_bytes = key_bytes};
  const ByteView salt = fields.content(BerTag::octet_string);
  out.salt.assign(salt.begin(), salt.end());
  out.iterations = fields.number();
  const std::uint64_t length = fields.peek() == BerTag::integer ? fields.number() : key_bytes;
  if (fields.more()) {
    BerElements prf = fields.enter(BerTag::sequence);
    const std::string oid = prf.oid();
    prf.optional_null();
    const auto hash = hash_of_hmac(oid);
    if (!prf.finished() || !hash) return unsupported("its PBKDF2 function", oid);
    out.hash = *hash;
  }
  if (!fields.finished() || !algorithm.finished()) return bad_key_file("its PBKDF2 is ill-formed");
  if (key_bytes == 0) out.key_bytes = length;
  if (length != out.key_bytes || length == 0 || length > kMaxKeyBytes) {
    return bad_key_file("its key length does not fit");
  }
  if (out.salt.size() > kMaxPbkdf2SaltBytes) return bad_key_file("its salt is too long");
  return out;
}

Botan::AlgorithmIdentifier pbkdf2_algorithm(const Pbkdf2& how) {
  const Botan::AlgorithmIdentifier prf(Botan::OID(oid_of_hmac(how.hash)),
                                       Botan::AlgorithmIdentifier::USE_NULL_PARAM);
  Bytes parameters;
  Botan::DER_Encoder(parameters)
      .start_sequence()
      .encode(how.salt, Botan::ASN1_Type::OctetString)
      .encode(static_cast<std::size_t>(how.iterations))
      .encode(prf)
      .end_cons();
  return {Botan::OID(kPbkdf2), parameters};
}

Botan::AlgorithmIdentifier aes_algorithm(const Bytes& iv) {
  Bytes parameters;
  Botan::DER_Encoder(parameters).encode(iv, Botan::ASN1_Type::OctetString);
  return {Botan::OID(kAes256Cbc), parameters};
}

Bytes pbes2_algorithm(const Pbkdf2& how, const Bytes& iv) {
  Bytes parameters;
  Botan::DER_Encoder(parameters)
      .start_sequence()
      .encode(pbkdf2_algorithm(how))
      .encode(aes_algorithm(iv))
      .end_cons();
  return Botan::AlgorithmIdentifier(Botan::OID(kPbes2), parameters).BER_encode();
}

Botan::secure_vector<std::uint8_t> run_cbc(Botan::Cipher_Mode& mode, ByteView key, ByteView iv,
                                           ByteView input) {
  Botan::secure_vector<std::uint8_t> buffer(input.begin(), input.end());
  mode.set_key(key);
  mode.start(iv);
  mode.finish(buffer);
  return buffer;
}

}  // namespace

std::optional<SecretBytes> cbc_decrypt(std::string_view cipher, ByteView key, ByteView iv,
                                       ByteView ciphertext) {
  const auto mode = Botan::Cipher_Mode::create_or_throw(std::string(cipher) + "/CBC/PKCS7",
                                                        Botan::Cipher_Dir::Decryption);
  try {
    return SecretBytes(ByteView(run_cbc(*mode, key, iv, ciphertext)));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

Result<Pbkdf2> read_pbkdf2(BerElements& in, std::size_t key_bytes, PasswordRounds& rounds) {
  BerElements algorithm = in.enter(BerTag::sequence);
  const std::string oid = algorithm.oid();
  if (oid != kPbkdf2) return unsupported("its key derivation", oid);
  auto how = read_parameters(algorithm, key_bytes);
  if (!how) return how.error();
  if (const Status spent =
          rounds.spend(Derivation::pbkdf2, how->hash, how->iterations, how->key_bytes);
      !spent) {
    return spent.error();
  }
  return how;
}

Result<SecretBytes> open_pbes2(BerElements& parameters, ByteView ciphertext,
                               const FilePassword& password, PasswordRounds& rounds) {
  BerElements fields = parameters.enter(BerTag::sequence);
  const ByteView derivation = fields.whole();
  BerElements scheme = fields.enter(BerTag::sequence);
  const std::string oid = scheme.oid();
  const ByteView iv = scheme.content(BerTag::octet_string);
  const bool whole = parameters.finished() && fields.finished() && scheme.finished();
  const Cipher* cipher = find_cipher(oid);
  if (cipher == nullptr) return unsupported("its cipher", oid);
  if (!whole || iv.size() != cipher->iv_bytes) return bad_key_file("its PBES2 is ill-formed");
  BerElements derivation_in(derivation);
  const auto how = read_pbkdf2(derivation_in, cipher->key_bytes, rounds);
  if (!how) return how.error();
  const SecretBytes key = pbkdf2(as_bytes(password.utf8()), *how);
  auto plaintext = cbc_decrypt(cipher->name, key.view(), iv, ciphertext);
  if (!plaintext) return wrong_password();
  return *std::move(plaintext);
}

PasswordSealed seal_pbes2(ByteView plaintext, const FilePassword& password,
                          std::uint64_t iterations) {
  const Pbkdf2 how{.hash = Pbkdf2Hash::sha256,
                   .salt = random_bytes(kWrittenSaltBytes),
                   .iterations = iterations,
                   .key_bytes = 32};
  const Bytes iv = random_bytes(16);
  const SecretBytes key = pbkdf2(as_bytes(password.utf8()), how);
  const auto mode =
      Botan::Cipher_Mode::create_or_throw("AES-256/CBC/PKCS7", Botan::Cipher_Dir::Encryption);
  const auto ciphertext = run_cbc(*mode, key.view(), iv, plaintext);
  return {pbes2_algorithm(how, iv), Bytes(ciphertext.begin(), ciphertext.end())};
}

}  // namespace culvert::crypto
