#include "crypto/keys/files/pkcs12_mac.h"

#include <botan/asn1_obj.h>
#include <botan/der_enc.h>
#include <botan/mac.h>

#include "crypto/base/log.h"
#include "crypto/keys/files/pbes2.h"
#include "crypto/keys/files/pkcs12_kdf.h"
#include "crypto/keys/files/pkcs12_oids.h"
#include "crypto/keys/key_file_error.h"
#include "crypto/keys/random.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kWrittenSaltBytes = 16;
// RFC 9579 refuses shorter keys: trying all of them would find the key without the password.
constexpr std::size_t kLeastPbmac1KeyBytes = 20;

Bytes hmac(Pbkdf2Hash hash, ByteView key, ByteView message) {
  const auto mac = Botan::MessageAuthenticationCode::create_or_throw(
      "HMAC(" + std::string(hash_name(hash)) + ")");
  mac->set_key(key);
  mac->update(message);
  Bytes tag(mac->output_length());
  mac->final(tag);
  return tag;
}

Bytes tag_of(ByteView safe, const Pkcs12Derivation& how, const FilePassword& password) {
  const SecretBytes key =
      pkcs12_derive(password.bmp(), how, Pkcs12Purpose::mac_key, hash_bytes(how.hash));
  return hmac(how.hash, key.view(), safe);
}

struct MacData {
  std::string algorithm;
  ByteView parameters;  // after the object identifier
  ByteView tag;
  Pkcs12Derivation how;
};

Result<MacData> read_mac_data(BerElements& in) {
  MacData out;
  BerElements fields = in.enter(BerTag::sequence);
  BerElements digest_info = fields.enter(BerTag::sequence);
  BerElements algorithm = digest_info.enter(BerTag::sequence);
  out.algorithm = algorithm.oid();
  if (algorithm.more()) out.parameters = algorithm.whole();
  out.tag = digest_info.content(BerTag::octet_string);
  const ByteView salt = fields.content(BerTag::octet_string);
  out.how.salt.assign(salt.begin(), salt.end());
  if (fields.more()) out.how.iterations = fields.number();
  const bool whole = fields.finished() && digest_info.finished() && algorithm.finished();
  if (!whole) return bad_key_file("its MAC is ill-formed");
  if (out.how.salt.size() > kMaxPbkdf2SaltBytes) return bad_key_file("its salt is too long");
  return out;
}

Error unsupported(std::string_view oid) {
  return bad_key_file("its MAC is not supported", printable(oid));
}

Result<FilePassword> verify_pbmac1(const MacData& mac, ByteView safe, FilePassword password,
                                   PasswordRounds& rounds) {
  BerElements in(mac.parameters);
  BerElements fields = in.enter(BerTag::sequence);
  const auto how = read_pbkdf2(fields, 0, rounds);
  if (!how) return how.error();
  if (how->key_bytes < kLeastPbmac1KeyBytes) return bad_key_file("the key of its MAC is too short");
  BerElements scheme = fields.enter(BerTag::sequence);
  const std::string oid = scheme.oid();
  scheme.optional_null();
  if (!fields.finished() || !scheme.finished()) return bad_key_file("its MAC is ill-formed");
  const auto hash = hash_of_hmac(oid);
  if (!hash) return unsupported(oid);
  const SecretBytes key = pbkdf2(as_bytes(password.utf8()), *how);
  if (!equal_in_constant_time(hmac(*hash, key.view(), safe), mac.tag)) return wrong_password();
  return password;
}

Result<FilePassword> verify_old(const MacData& mac, ByteView safe, FilePassword password,
                                PasswordRounds& rounds) {
  const std::size_t key_bytes = hash_bytes(mac.how.hash);
  if (mac.tag.size() != key_bytes) return bad_key_file("its MAC has a wrong length");
  std::vector<FilePassword> forms;
  const bool empty = password.is_empty();
  forms.push_back(std::move(password));
  if (empty) forms.push_back(forms.front().other_empty_form());
  for (FilePassword& form : forms) {
    const Status spent =
        rounds.spend(Derivation::pkcs12, mac.how.hash, mac.how.iterations, key_bytes);
    if (!spent) return spent.error();
    if (equal_in_constant_time(tag_of(safe, mac.how, form), mac.tag)) return std::move(form);
  }
  return wrong_password();
}

}  // namespace

Result<FilePassword> verify_pkcs12_mac(BerElements& in, ByteView safe, FilePassword password,
                                       PasswordRounds& rounds) {
  auto mac = read_mac_data(in);
  if (!mac) return mac.error();
  if (mac->algorithm == pkcs12::kPbmac1) {
    return verify_pbmac1(*mac, safe, std::move(password), rounds);
  }
  const auto hash = hash_of_digest(mac->algorithm);
  if (!hash) return unsupported(mac->algorithm);
  mac->how.hash = *hash;
  return verify_old(*mac, safe, std::move(password), rounds);
}

Bytes make_pkcs12_mac(ByteView safe, const FilePassword& password, std::uint64_t iterations) {
  const Pkcs12Derivation how{.hash = Pbkdf2Hash::sha256,
                             .salt = random_bytes(kWrittenSaltBytes),
                             .iterations = iterations};
  const Botan::AlgorithmIdentifier digest(Botan::OID(oid_of_digest(how.hash)),
                                          Botan::AlgorithmIdentifier::USE_NULL_PARAM);
  Bytes der;
  Botan::DER_Encoder(der)
      .start_sequence()
      .start_sequence()
      .encode(digest)
      .encode(tag_of(safe, how, password), Botan::ASN1_Type::OctetString)
      .end_cons()
      .encode(how.salt, Botan::ASN1_Type::OctetString)
      .encode(static_cast<std::size_t>(how.iterations))
      .end_cons();
  return der;
}

}  // namespace culvert::crypto
