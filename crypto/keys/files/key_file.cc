#include "crypto/keys/files/key_file.h"

#include "crypto/base/log.h"
#include "crypto/keys/ber_elements.h"
#include "crypto/keys/files/encoded_key.h"
#include "crypto/keys/files/found_in_file.h"
#include "crypto/keys/files/pkcs12.h"
#include "crypto/keys/key_file_error.h"

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

// After a version number: PKCS#8, PKCS#12, or an older form of key.
DerForm form_behind_number(std::uint64_t version, BerTag next) {
  if (next == BerTag::integer) return DerForm::rsa;
  if (next == BerTag::octet_string) return DerForm::ec;
  if (next != BerTag::sequence) return DerForm::unknown;
  return version <= 1 ? DerForm::pkcs8 : DerForm::pkcs12;
}

// After an AlgorithmIdentifier if `first` is an OID; otherwise it is the body of a certificate.
DerForm form_behind_sequence(BerTag first, BerTag next) {
  if (first != BerTag::oid) return DerForm::certificate;
  if (next == BerTag::bit_string) return DerForm::public_key;
  return DerForm::encrypted_pkcs8;
}

// The form, from the first two elements.
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

bool has_more_behind(ByteView der) {
  BerElements in(der);
  in.whole();
  return in.good() && in.more();
}

Status add_der(DerForm form, ByteView der, const PasswordUse& use, FoundInFile& to) {
  switch (form) {
    case DerForm::certificate:
      return to.add_certificate(der);
    case DerForm::pkcs8:
      return to.add_key(read_key(KeyForm::pkcs8, der, use));
    case DerForm::encrypted_pkcs8:
      return to.add_key(read_key(KeyForm::encrypted_pkcs8, der, use));
    case DerForm::rsa:
      return to.add_key(read_key(KeyForm::rsa, der, use));
    case DerForm::ec:
      return to.add_key(read_key(KeyForm::ec, der, use));
    case DerForm::cms:
      return bad_key_file("it is PKCS#7 or CMS, which is no file of keys");
    case DerForm::public_key:
      return bad_key_file("it is a public key; a certificate or a private key is needed");
    case DerForm::pkcs12:
      if (has_more_behind(der)) {
        return bad_key_file(
            "octets follow its end, a line end perhaps, which some editors and "
            "programs add: give the file as it was made");
      }
      return read_pkcs12_into(to, der, use);
    case DerForm::unknown:
      break;
  }
  return bad_key_file(
      "it is neither PEM nor a key, a certificate or PKCS#12 in DER, or it was cut");
}

Status add_block(const PemBlock& block, const PasswordUse& use, FoundInFile& to) {
  if (const auto form = key_form_of_label(block.label)) {
    return to.add_key(read_key_block(*form, block, use));
  }
  const bool is_pkcs12 = block.label == "PKCS12" || block.label == "PFX";
  const bool is_certificate = block.label == "CERTIFICATE" || block.label == "X509 CERTIFICATE";
  if (!is_pkcs12 && !is_certificate) return done();
  const auto der = pem_octets(block);
  if (is_pkcs12) return der ? read_pkcs12_into(to, der->view(), use) : Status(der.error());
  return der ? to.add_certificate(der->view()) : to.add_unread_certificate(der.error());
}

Status add_pem(std::string_view text, const PasswordUse& use, FoundInFile& to) {
  std::string labels;
  while (const auto block = next_pem_block(text)) {
    if (!*block) return block->error();
    if (const Status added = add_block(**block, use, to); !added) return added.error();
    if (labels.size() < 100) labels.append(labels.empty() ? "" : ", ").append((*block)->label);
  }
  if (to.any()) return done();
  return bad_key_file("it holds neither a private key nor a certificate that can be read, but " +
                      printable(labels) +
                      "; accepted are CERTIFICATE, PRIVATE KEY, ENCRYPTED PRIVATE KEY, RSA PRIVATE "
                      "KEY and EC PRIVATE KEY");
}

}  // namespace

Result<KeyBundle> read_key_file(ByteView octets, std::optional<std::string_view> text,
                                OldForms old_forms) {
  if (octets.empty()) return bad_key_file("it is empty");
  if (octets.size() > kMaxKeyFileBytes) return bad_key_file("it is too large");
  const auto password = FilePassword::from_utf8(text.value_or(""));
  if (!password) return password.error();
  PasswordRounds rounds;
  const PasswordUse use{text ? &*password : nullptr, rounds, old_forms};
  const bool is_der = octets.front() == kSequence;
  const bool is_pem = !is_der && looks_like_pem(as_text(octets));
  FoundInFile found;
  const Status read =
      is_pem ? add_pem(as_text(octets), use, found)
             : add_der(is_der ? form_of(octets) : DerForm::unknown, octets, use, found);
  if (!read) return read.error();
  return found.bundle();
}

}  // namespace culvert::crypto
