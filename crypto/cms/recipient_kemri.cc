#include "crypto/cms/recipient_kemri.h"

#include "crypto/cms/agreed_key.h"
#include "crypto/cms/certificate_name.h"
#include "crypto/cms/content_info.h"
#include "crypto/cms/der_writer.h"
#include "crypto/cms/recipient_parts.h"
#include "crypto/cms/refusal.h"
#include "crypto/keys/encapsulation.h"
#include "crypto/keys/key_wrap.h"

namespace culvert::crypto {
namespace {

constexpr Oid kOidKemRecipient{"1.2.840.113549.1.9.16.13.3"};
constexpr std::uint8_t kVersion = 0;
// ML-KEM-1024 needs 1,568.
constexpr std::size_t kMaxCiphertextBytes = 4096;

struct EncapsulationInfo {
  CertificateName name;
  AlgorithmName kem;
  Bytes ciphertext;
  AlgorithmName kdf;
  std::uint64_t key_bytes;  // kekLength
  std::optional<Bytes> ukm;
  AlgorithmName wrap;
  Bytes wrapped;
};

// Enters the info and reads the certificate's name.
Result<CertificateName> read_front(BerReader& in) {
  if (const Status entered = in.enter(context_tag(4)); !entered) return entered.error();
  if (const auto type = in.oid(); !type) return type.error();
  if (const Status entered = in.enter(kTagSequence); !entered) return entered.error();
  const auto version = read_version(in);
  if (!version) return version.error();
  if (*version != kVersion) return refuse(Refusal::unexpected_element, "version of the recipient");
  return read_certificate_name(in);
}

// Reads everything after the name.
Status read_rest(BerReader& in, EncapsulationInfo& info) {
  auto kem = read_algorithm(in);
  if (!kem) return kem.error();
  auto ciphertext = in.octets(kTagOctetString, kMaxCiphertextBytes);
  if (!ciphertext) return ciphertext.error();
  auto kdf = read_algorithm(in);
  if (!kdf) return kdf.error();
  const auto key_bytes = read_count(in);
  if (!key_bytes) return key_bytes.error();
  auto ukm = read_ukm(in, context_tag(0));
  if (!ukm) return ukm.error();
  auto wrap = read_algorithm(in);
  if (!wrap) return wrap.error();
  auto wrapped = in.octets(kTagOctetString, kMaxWrappedKeyBytes);
  if (!wrapped) return wrapped.error();
  info.kem = *std::move(kem);
  info.ciphertext = *std::move(ciphertext);
  info.kdf = *std::move(kdf);
  info.key_bytes = *key_bytes;
  info.ukm = *std::move(ukm);
  info.wrap = *std::move(wrap);
  info.wrapped = *std::move(wrapped);
  return done();
}

Result<EncapsulationInfo> read_info(ByteView octets) {
  BerReader in(octets);
  auto name = read_front(in);
  if (!name) return name.error();
  EncapsulationInfo info{*std::move(name), {}, {}, {}, 0, {}, {}, {}};
  if (const Status read = read_rest(in, info); !read) return read.error();
  for (int level = 0; level < 2; ++level) {
    if (const Status left = in.leave(); !left) return left.error();
  }
  if (const Status ended = in.expect_end(); !ended) return ended.error();
  return info;
}

// The KEM must be that of the key, and without parameters (RFC 9936, 3). Without a certificate, the
// length of the ciphertext decides.
Status check_kem(const AlgorithmName& kem, const std::optional<Certificate>& certificate) {
  const EncapsulationRow* row = find_encapsulation(kem.oid);
  if (row == nullptr) return refuse(Refusal::unsupported_recipient, oid_text(kem.oid));
  if (!kem.parameters.empty()) return refuse(Refusal::bad_key_parameters, "KEM");
  if (certificate && kem_set(*certificate) != row->set) {
    return refuse(Refusal::bad_key_parameters, "the key is not for " + std::string(row->name));
  }
  return done();
}

// The key under which the content key was wrapped.
Result<SecretBytes> wrapping_key(const EncapsulationInfo& info, const KeyRequest& request) {
  if (const Status fits = check_kem(info.kem, request.key->certificate); !fits) return fits.error();
  const EncapsulationKdfRow* kdf = find_encapsulation_kdf(info.kdf.oid);
  if (kdf == nullptr) return refuse(Refusal::unsupported_recipient, oid_text(info.kdf.oid));
  if (!info.kdf.parameters.empty()) return refuse(Refusal::bad_key_parameters, "HKDF");
  const auto wrap = wrap_of(info.wrap);
  if (!wrap) return wrap.error();
  if (info.key_bytes != wrap->row->key_bytes) {
    return refuse(Refusal::bad_key_parameters, "kekLength is not the size of the wrap's key");
  }
  const auto secret = request.keys.decapsulate(request.key->key, info.ciphertext);
  if (!secret) return refuse_for(Refusal::key_unwrap_failed, secret.error());
  return derive_wrap_key(*kdf, *secret, *wrap, info.ukm);
}

}  // namespace

Result<Bytes> seal_key_by_encapsulation(const Certificate& recipient,
                                        const SecretBytes& content_key) {
  if (kem_set(recipient) != KemSet::ml_kem_768) {
    return refuse(Refusal::unsupported_recipient, "only ML-KEM-768 is written");
  }
  const auto made = encapsulate_to(recipient);
  if (!made) return refuse_for(Refusal::unsupported_recipient, made.error());
  const Wrap wrap = wrap_named(*find_wrap(kOidAes256Wrap.octets()));
  const auto& kdf = *find_encapsulation_kdf(kOidHkdfSha256.octets());
  const auto key = derive_wrap_key(kdf, made->secret, wrap, std::nullopt);
  if (!key) return key.error();
  const auto wrapped = wrap_key(*key, content_key);
  if (!wrapped) return wrapped.error();
  const auto key_bytes = static_cast<std::uint32_t>(wrap.row->key_bytes);
  const Bytes value = der_sequence({der_integer(kVersion), der_issuer_and_serial(recipient),
                                    der_algorithm(kOidMlKem768), der_octet_string(made->ciphertext),
                                    der_algorithm(kdf.oid), der_integer(key_bytes), wrap.name,
                                    der_octet_string(*wrapped)});
  return der(context_tag(4), {der_oid(kOidKemRecipient), value});
}

bool is_encapsulation(ByteView info) {
  BerReader in(info);
  if (!in.enter(context_tag(4))) return false;
  const auto type = in.oid();
  return type && kOidKemRecipient == *type;
}

Result<std::vector<CertificateName>> names_by_encapsulation(ByteView info) {
  BerReader in(info);
  auto name = read_front(in);
  if (!name) return name.error();
  return std::vector<CertificateName>{*std::move(name)};
}

Result<OpenedKey> open_key_by_encapsulation(const KeyRequest& request) {
  const auto read = read_info(request.info);
  if (!read) return read.error();
  const auto wrapping = wrapping_key(*read, request);
  if (!wrapping) return wrapping.error();
  auto key = unwrap_key(*wrapping, read->wrapped);
  if (!key) return key.error();
  return OpenedKey{*std::move(key)};
}

}  // namespace culvert::crypto
