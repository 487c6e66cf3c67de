#include "crypto/cms/content_algorithm.h"

#include <botan/kdf.h>

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/cms/der_writer.h"
#include "crypto/cms/oid_name.h"
#include "crypto/cms/refusal.h"
#include "crypto/keys/random.h"

namespace culvert::crypto {
namespace {

constexpr Oid kOidCekHkdfSha256{"1.2.840.113549.1.9.16.3.31"};
// RFC 9709, 2: the salt of the derivation.
constexpr std::string_view kHkdfSalt = "The Cryptographic Message Syntax";

constexpr std::size_t kMaxNonceBytes = 16;
constexpr std::size_t kMinTagBytes = 12;
constexpr std::size_t kDefaultTagBytes = 12;  // RFC 5084, 3.2: DEFAULT 12
constexpr std::size_t kMaxParameterBytes = 64;

// GCMParameters ::= SEQUENCE { aes-nonce OCTET STRING, aes-ICVlen INTEGER DEFAULT 12 }
Status parse_gcm(BerReader& in, ContentAlgorithm& out) {
  if (const Status entered = in.enter(kTagSequence); !entered) return entered.error();
  auto nonce = in.content(kTagOctetString, kMaxParameterBytes);
  if (!nonce) return nonce.error();
  out.nonce = *std::move(nonce);
  out.tag_bytes = kDefaultTagBytes;
  const auto next = in.peek();
  if (!next) return next.error();
  if (*next != kTagEnd) {
    const auto length = in.content(kTagInteger, kMaxParameterBytes);
    if (!length) return length.error();
    // One octet that is not negative holds every allowed length.
    const bool small = length->size() == 1 && length->front() <= kTagBytes;
    out.tag_bytes = small ? length->front() : 0;
  }
  return in.leave();
}

// RC2ParameterVersion of RFC 2268, 6, and the key that it stands for.
constexpr std::array<std::pair<std::uint8_t, std::string_view>, 3> kRc2Versions{
    {{160, "rc2-40-cbc"}, {120, "rc2-64-cbc"}, {58, "rc2-128-cbc"}}};

// RC2CBCParameter ::= SEQUENCE { rc2ParameterVersion INTEGER, iv OCTET STRING }
Status parse_rc2(BerReader& in, ContentAlgorithm& out) {
  if (const Status entered = in.enter(kTagSequence); !entered) return entered.error();
  const auto number = in.content(kTagInteger, kMaxParameterBytes);
  if (!number) return number.error();
  const std::uint8_t version = number->empty() ? std::uint8_t{0} : number->back();
  const bool is_small = number->size() == 1 || (number->size() == 2 && number->front() == 0);
  const auto* found = std::find_if(kRc2Versions.begin(), kRc2Versions.end(),
                                   [&](const auto& known) { return known.first == version; });
  if (!is_small || found == kRc2Versions.end()) return refuse(Refusal::bad_cipher_parameters);
  out.row = find_cipher_named(found->second);
  auto vector = in.content(kTagOctetString, kMaxParameterBytes);
  if (!vector) return vector.error();
  out.nonce = *std::move(vector);
  return in.leave();
}

Status parse_octets(BerReader& in, ContentAlgorithm& out) {
  auto octets = in.content(kTagOctetString, kMaxParameterBytes);
  if (!octets) return octets.error();
  out.nonce = *std::move(octets);
  return done();
}

Status parse(ByteView parameters, ContentAlgorithm& out) {
  BerReader in(parameters);
  Status read = done();
  switch (out.row->parameters) {
    case CipherRow::Parameters::gcm:
      read = parse_gcm(in, out);
      break;
    case CipherRow::Parameters::rc2:
      read = parse_rc2(in, out);
      break;
    case CipherRow::Parameters::nonce:
    case CipherRow::Parameters::vector:
      read = parse_octets(in, out);
  }
  if (!read) return read;
  return in.expect_end();
}

Status check_sizes(const ContentAlgorithm& algorithm) {
  const std::size_t size = algorithm.nonce.size();
  switch (algorithm.row->parameters) {
    case CipherRow::Parameters::gcm:
      if (size < kNonceBytes || size > kMaxNonceBytes) break;
      if (algorithm.tag_bytes >= kMinTagBytes && algorithm.tag_bytes <= kTagBytes) return done();
      return refuse(Refusal::bad_tag_length, "ICVlen");
    case CipherRow::Parameters::nonce:
      if (size == kNonceBytes) return done();
      break;
    case CipherRow::Parameters::vector:
    case CipherRow::Parameters::rc2:
      if (size == algorithm.row->block_bytes) return done();
      break;
  }
  return refuse(Refusal::bad_cipher_parameters, "nonce");
}

// Names only the family: the key size is in the parameters, which are not read.
Error broken_cipher(const CipherRow& row) {
  const std::string family(row.name.substr(0, row.name.find('-')));
  Error error = refuse(Refusal::unsupported_cipher, family);
  error.text =
      "the content is encrypted with " + family + ", which protects nothing; --legacy reads it";
  return error;
}

Result<ContentAlgorithm> read_cipher(const AlgorithmName& name, CipherKind kind,
                                     OldCiphers old_ciphers) {
  ContentAlgorithm out;
  out.row = find_cipher(name.oid);
  if (out.row == nullptr) return refuse_because(Refusal::unsupported_cipher, oid_name(name.oid));
  if (out.row->kind != kind) {
    return refuse(kind == CipherKind::aead ? Refusal::not_aead : Refusal::aead_without_tag,
                  std::string(out.row->name));
  }
  const bool is_broken = out.row->strength == Strength::broken;
  if (is_broken && old_ciphers == OldCiphers::refuse) return broken_cipher(*out.row);
  if (out.row->parameters == CipherRow::Parameters::nonce) out.tag_bytes = kTagBytes;
  if (const Status read = parse(name.parameters, out); !read) {
    return refuse(Refusal::bad_cipher_parameters, read.error().code);
  }
  if (const Status good = check_sizes(out); !good) return good.error();
  return out;
}

// The AlgorithmIdentifier of the cipher alone.
Bytes der_cipher(const ContentAlgorithm& algorithm) {
  Bytes parameters = der_octet_string(algorithm.nonce);
  if (algorithm.row->parameters == CipherRow::Parameters::gcm) {
    parameters =
        der_sequence({parameters, der_integer(static_cast<std::uint32_t>(algorithm.tag_bytes))});
  }
  return der_sequence({der_oid(algorithm.row->oid), parameters});
}

}  // namespace

Result<ContentAlgorithm> read_content_algorithm(const AlgorithmName& name, CipherKind kind,
                                                OldCiphers old_ciphers) {
  if (!(kOidCekHkdfSha256 == name.oid)) return read_cipher(name, kind, old_ciphers);
  BerReader in{ByteView(name.parameters)};
  const auto inner = read_algorithm(in);
  if (!inner || !in.expect_end()) return refuse(Refusal::bad_cipher_parameters, "CEK-HKDF");
  auto out = read_cipher(*inner, kind, old_ciphers);
  if (!out) return out;
  out->derivation = KeyDerivation::hkdf_sha256;
  out->derivation_info = name.parameters;
  return out;
}

ContentAlgorithm make_content_algorithm(const CipherRow& row, KeyDerivation derivation) {
  ContentAlgorithm out;
  out.row = &row;
  const bool is_cbc = row.parameters == CipherRow::Parameters::vector;
  out.nonce = random_bytes(is_cbc ? row.block_bytes : kNonceBytes);
  out.tag_bytes = is_cbc ? 0 : kTagBytes;
  out.derivation = derivation;
  if (derivation == KeyDerivation::hkdf_sha256) out.derivation_info = der_cipher(out);
  return out;
}

Bytes der_content_algorithm(const ContentAlgorithm& algorithm) {
  if (algorithm.derivation == KeyDerivation::none) return der_cipher(algorithm);
  return der_sequence({der_oid(kOidCekHkdfSha256), algorithm.derivation_info});
}

SecretBytes derive_content_key(const ContentAlgorithm& algorithm, SecretBytes sent) {
  if (algorithm.derivation == KeyDerivation::none) return sent;
  const auto hkdf = Botan::KDF::create_or_throw("HKDF(SHA-256)");
  return SecretBytes(ByteView(hkdf->derive_key(algorithm.row->key_bytes, sent.view(),
                                               as_bytes(kHkdfSalt), algorithm.derivation_info)));
}

}  // namespace culvert::crypto
