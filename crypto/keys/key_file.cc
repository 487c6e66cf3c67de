#include "crypto/keys/key_file.h"

#include "crypto/base/log.h"
#include "crypto/keys/ber_elements.h"
#include "crypto/keys/encoded_key.h"
#include "crypto/keys/key_file_error.h"
#include "crypto/keys/pkcs12.h"

namespace culvert::crypto {
namespace {

constexpr std::uint8_t kSequence = 0x30;

enum class DerForm {
  certificate,
  pkcs8,
  encrypted_pkcs8,
  rsa,
  ec,
  pkcs12,
  cms,
  public_key,
  unknown
};

// Behind a version number: PKCS#8, PKCS#12, or a key of the forms before them.
DerForm form_behind_number(std::uint64_t version, BerTag next) {
  if (next == BerTag::integer) return DerForm::rsa;
  if (next == BerTag::octet_string) return DerForm::ec;
  if (next != BerTag::sequence) return DerForm::unknown;
  return version <= 1 ? DerForm::pkcs8 : DerForm::pkcs12;
}

// Behind an AlgorithmIdentifier, if `first` is one; else it is the body of a certificate.
DerForm form_behind_sequence(BerTag first, BerTag next) {
  if (first != BerTag::oid) return DerForm::certificate;
  if (next == BerTag::bit_string) return DerForm::public_key;
  return DerForm::encrypted_pkcs8;
}

// What the first two elements tell.
DerForm form_of(ByteView der) {
  BerElements in(der);
  BerElements fields = in.enter(BerTag::sequence);
  if (fields.peek() == BerTag::oid) return DerForm::cms;
  if (fields.peek() == BerTag::integer) {
    const std::uint64_t version = fields.number();
    return form_behind_number(version, fields.peek());
  }
  const BerElements inside = fields.enter(BerTag::sequence);
  if (!fields.good()) return DerForm::unknown;
  return form_behind_sequence(inside.peek(), fields.peek());
}

// What a file holds that is no PKCS#12, as it is met.
struct Found {
  std::vector<FoundKey> keys;
  std::vector<FoundCertificate> certificates;
};

Status add_key(KeyForm form, ByteView der, PasswordUse& use, Found& to) {
  auto key = read_key(form, der, use);
  if (!key) return key.error();
  to.keys.push_back({*std::move(key), {}, {}});
  return done();
}

Status add_certificate(ByteView der, Found& to) {
  if (to.certificates.size() == kMaxBundledCertificates) {
    return bad_key_file("it holds too many certificates");
  }
  auto certificate = Certificate::from_der(der);
  if (!certificate) return certificate.error();
  to.certificates.push_back({*std::move(certificate), {}, {}});
  return done();
}

Status add_der(DerForm form, ByteView der, PasswordUse& use, Found& to) {
  switch (form) {
    case DerForm::certificate:
      return add_certificate(der, to);
    case DerForm::pkcs8:
      return add_key(KeyForm::pkcs8, der, use, to);
    case DerForm::encrypted_pkcs8:
      return add_key(KeyForm::encrypted_pkcs8, der, use, to);
    case DerForm::rsa:
      return add_key(KeyForm::rsa, der, use, to);
    case DerForm::ec:
      return add_key(KeyForm::ec, der, use, to);
    case DerForm::cms:
      return bad_key_file("it is PKCS#7 or CMS, which is no file of keys");
    case DerForm::public_key:
      return bad_key_file("it is a public key; a certificate or a private key is needed");
    case DerForm::pkcs12:
    case DerForm::unknown:
      break;
  }
  return bad_key_file(
      "it is neither PEM nor a key, a certificate or PKCS#12 in DER, or it was cut");
}

Status add_block(const PemBlock& block, PasswordUse& use, Found& to) {
  if (const auto form = key_form_of_label(block.label)) {
    if (to.keys.size() == kMaxBundledKeys) return bad_key_file("it holds too many keys");
    auto key = read_key_block(*form, block, use);
    if (!key) return key.error();
    to.keys.push_back({*std::move(key), {}, {}});
    return done();
  }
  if (block.label != "CERTIFICATE" && block.label != "X509 CERTIFICATE") return done();
  const auto der = pem_octets(block);
  if (!der) return der.error();
  return add_certificate(der->view(), to);
}

Status add_pem(std::string_view text, PasswordUse& use, Found& to) {
  std::string labels;
  while (const auto block = next_pem_block(text)) {
    if (!*block) return block->error();
    if (const Status added = add_block(**block, use, to); !added) return added;
    if (labels.size() < 100) labels.append(labels.empty() ? "" : ", ").append((*block)->label);
  }
  if (!to.keys.empty() || !to.certificates.empty()) return done();
  return bad_key_file("it holds neither a private key nor a certificate that can be read, but " +
                      printable(labels));
}

}  // namespace

Result<KeyBundle> read_key_file(ByteView octets, std::optional<std::string_view> text) {
  if (octets.empty()) return bad_key_file("it is empty");
  if (octets.size() > kMaxKeyFileBytes) return bad_key_file("it is too large");
  const bool is_der = octets.front() == kSequence;
  const DerForm form = is_der ? form_of(octets) : DerForm::unknown;
  if (form == DerForm::pkcs12) return read_pkcs12(octets, text);
  const auto password = FilePassword::from_utf8(text.value_or(""));
  if (!password) return password.error();
  PasswordUse use{text ? &*password : nullptr, {}};
  Found found;
  const bool is_pem = !is_der && looks_like_pem(as_text(octets));
  const Status read =
      is_pem ? add_pem(as_text(octets), use, found) : add_der(form, octets, use, found);
  if (!read) return read.error();
  return bundle_of(std::move(found.keys), found.certificates);
}

}  // namespace culvert::crypto
