#include "crypto/keys/certificate.h"

#include <botan/ber_dec.h>
#include <botan/data_src.h>
#include <botan/ec_group.h>
#include <botan/ecc_key.h>
#include <botan/pem.h>
#include <botan/x509_ext.h>

#include <algorithm>
#include <exception>

#include "crypto/base/log.h"
#include "crypto/keys/certificate_fields.h"
#include "crypto/keys/certificate_parts.h"
#include "crypto/keys/certificate_signature.h"
#include "crypto/keys/digest.h"
#include "crypto/keys/extensions.h"
#include "crypto/keys/library_keys.h"
#include "crypto/keys/library_words.h"
#include "crypto/keys/low_order.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kMaxCertificatesInPem = 1000;
constexpr std::string_view kPemBegin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view kPemEnd = "-----END CERTIFICATE-----";

Error bad_certificate(std::string_view why, std::string_view detail = {}) {
  return permanent_error("bad-certificate", "not a usable certificate: " + std::string(why),
                         printable(detail));
}

// The size that the outermost element of `der` claims, header included; 0 if it is not a SEQUENCE
// of definite length.
std::size_t claimed_size(ByteView der) {
  if (der.size() < 2 || der[0] != 0x30) return 0;
  if (der[1] < 0x80) return 2 + std::size_t{der[1]};
  const std::size_t count = der[1] & 0x7f;
  if (count == 0 || count > 4 || der.size() < 2 + count) return 0;
  std::size_t length = 0;
  for (std::size_t i = 0; i < count; ++i)
    length = length << 8 | der[2 + i];
  return 2 + count + length;
}

// The INTEGER as encoded, because CMS compares it that way. It is the first element of
// TBSCertificate, or the second if the version comes first.
Bytes serial_octets(const Botan::X509_Certificate& x509) {
  Botan::BER_Decoder fields(x509.signed_body());
  Botan::BER_Object object = fields.get_next_object();
  if (!object.is_a(Botan::ASN1_Type::Integer, Botan::ASN1_Class::Universal)) {
    object = fields.get_next_object();
  }
  return {object.bits(), object.bits() + object.length()};
}

// True if subjectAltName has an rfc822Name, whatever its content, or cannot be read.
bool names_mail(const CertificateParts& parts) {
  constexpr Botan::ASN1_Type kRfc822Name{1};
  try {
    const auto der = extension_of(parts.x509, kSubjectAltName);
    if (!der) return false;
    Botan::BER_Decoder outer(*der);
    Botan::BER_Decoder names = outer.start_sequence();
    while (names.more_items()) {
      if (names.get_next_object().type() == kRfc822Name) return true;
    }
    return false;
  } catch (const std::exception&) {
    return true;
  }
}

// A certificate has only one way to write a domain (RFC 5280, 7.5): in ASCII, without a final dot.
bool is_certified_form(std::string_view address) {
  return !address.ends_with('.') && std::all_of(address.begin(), address.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x80;
  });
}

void append_addresses(std::vector<Mailbox>& to, const auto& texts) {
  for (const std::string& text : texts) {
    auto mailbox = Mailbox::parse(text);
    if (mailbox && is_certified_form(text)) to.push_back(*std::move(mailbox));
  }
}

// The subject's attribute is the older place. It counts only where the newer one says nothing.
std::vector<Mailbox> addresses_of(const CertificateParts& parts) {
  std::vector<Mailbox> out;
  if (names_mail(parts)) {
    append_addresses(out, parts.x509.subject_alt_name().email());
  } else {
    append_addresses(out, parts.x509.subject_info("PKCS9.EmailAddress"));
  }
  return out;
}

// If Botan cannot read the key, or everybody could sign with it, the certificate stays readable and
// the key unusable.
std::unique_ptr<const Botan::Public_Key> key_of(const Botan::X509_Certificate& x509) {
  if (x509.subject_public_key_info().size() > kMaxPublicKeyBytes) return nullptr;
  try {
    auto key = x509.subject_public_key();
    const KeyKind kind = kind_of(*key);
    const bool is_edwards = kind == KeyKind::ed25519 || kind == KeyKind::ed448;
    if (is_edwards && has_low_order(kind, key->raw_public_key_bits())) return nullptr;
    return key;
  } catch (const std::exception&) {
    return nullptr;
  }
}

// Botan has one class for both kinds of RSA key.
KeyKind kind_in(const Botan::X509_Certificate& x509, const Botan::Public_Key& key) {
  static const Botan::OID kPssKey(kRsaPssKeyOid);
  const KeyKind kind = kind_of(key);
  const bool is_pss = x509.subject_public_key_algo().oid() == kPssKey;
  return kind == KeyKind::rsa && is_pss ? KeyKind::rsa_pss : kind;
}

// The element has only a few octets, and its content says more than the name of the field.
Error unreadable_time(ByteView element) {
  constexpr std::size_t kHeaderBytes = 2;
  constexpr std::size_t kMaxShownOctets = 40;
  const ByteView text = element.subspan(std::min(element.size(), kHeaderBytes));
  return bad_certificate("its times cannot be read: '" + printable(as_text(text), kMaxShownOctets) +
                         "' is no time as certificates have it (YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ)");
}

Result<std::shared_ptr<const CertificateParts>> parse(ByteView der) {
  auto parts = std::make_shared<CertificateParts>();
  parts->der.assign(der.begin(), der.end());
  const auto fields = find_certificate_fields(parts->der);
  if (!fields) return bad_certificate("its form is wrong");
  parts->signed_body = fields->signed_body;
  const auto begin = time_in(fields->not_before);
  const auto end = time_in(fields->not_after);
  if (!begin || !end) return unreadable_time(begin ? fields->not_after : fields->not_before);
  parts->not_before = *begin;
  parts->not_after = *end;
  const Bytes shown = with_usual_fields(parts->der, *fields);
  parts->x509 = Botan::X509_Certificate(shown);
  parts->serial = serial_octets(parts->x509);
  if (parts->serial.empty()) return bad_certificate("it has no serial number");
  parts->objection = objection_to_extensions(parts->x509);
  if (parts->objection.empty()) parts->key = key_of(parts->x509);
  if (parts->key) parts->kind = kind_in(parts->x509, *parts->key);
  parts->key_id = KeyId(sha256(parts->x509.subject_public_key_info()));
  parts->hash = Fingerprint(sha256(der));
  parts->addresses = addresses_of(*parts);
  parts->subject_der.assign(fields->subject.begin(), fields->subject.end());
  parts->issuer_der.assign(fields->issuer.begin(), fields->issuer.end());
  parts->subject = comparable_name(parts->subject_der);
  parts->issuer = comparable_name(parts->issuer_der);
  parts->is_old_authority = shown != parts->der && is_old_authority(*parts);
  return std::shared_ptr<const CertificateParts>(std::move(parts));
}

std::optional<std::string> first_of(std::vector<std::string> values) {
  if (values.empty()) return std::nullopt;
  return std::move(values.front());
}

bool lists_purpose(const Botan::X509_Certificate& x509, std::string_view purpose) {
  static const Botan::OID kAnyPurpose("2.5.29.37.0");
  return x509.allowed_extended_usage(purpose) || x509.has_ex_constraint(kAnyPurpose);
}

// The octets of the first PEM block in `pem`; `pem` is moved behind the block. Nothing if there is
// none.
std::optional<Result<Bytes>> next_block(std::string_view& pem) {
  const std::size_t begin = pem.find(kPemBegin);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t end = pem.find(kPemEnd, begin);
  if (end == std::string_view::npos) return bad_certificate("the PEM block has no end");
  const std::string_view block = pem.substr(begin, end + kPemEnd.size() - begin);
  pem.remove_prefix(end + kPemEnd.size());
  try {
    std::string label;
    Botan::DataSource_Memory source(block);
    const auto der = Botan::PEM_Code::decode(source, label);
    return Bytes(der.begin(), der.end());
  } catch (const std::exception& e) {
    return bad_certificate("the PEM block is broken", without_source(e.what()));
  }
}

}  // namespace

Result<Certificate> Certificate::from_der(ByteView der) {
  if (der.size() > kMaxCertificateBytes) return bad_certificate("it is too large");
  if (claimed_size(der) != der.size()) return bad_certificate("it is no single DER element");
  try {
    auto parts = parse(der);
    if (!parts) return parts.error();
    return Certificate(*std::move(parts));
  } catch (const std::exception& e) {
    return bad_certificate("its form is wrong", without_source(e.what()));
  }
}

Result<Certificate> Certificate::from_pem(std::string_view pem) {
  const auto block = next_block(pem);
  if (!block) return bad_certificate("there is no PEM block CERTIFICATE");
  if (!*block) return block->error();
  return from_der(**block);
}

Result<std::vector<Certificate>> Certificate::all_from_pem(std::string_view pem) {
  std::vector<Certificate> all;
  while (const auto block = next_block(pem)) {
    if (!*block) return block->error();
    if (all.size() == kMaxCertificatesInPem) return bad_certificate("there are too many");
    auto certificate = from_der(**block);
    if (!certificate) return certificate.error();
    all.push_back(*std::move(certificate));
  }
  return all;
}

const Bytes& Certificate::der() const { return parts_->der; }

std::string Certificate::pem() const { return Botan::PEM_Code::encode(der(), "CERTIFICATE"); }

const Bytes& Certificate::subject() const { return parts_->subject_der; }
const Bytes& Certificate::issuer() const { return parts_->issuer_der; }
std::string Certificate::subject_text() const { return name_text(subject()); }
std::string Certificate::issuer_text() const { return name_text(issuer()); }

std::string Certificate::shown_name() const { return crypto::shown_name(*parts_); }

std::optional<std::string> Certificate::subject_common_name() const {
  return first_of(parts_->x509.subject_info("X520.CommonName"));
}
std::optional<std::string> Certificate::subject_serial_number() const {
  return first_of(parts_->x509.subject_info("X520.SerialNumber"));
}
std::optional<std::string> Certificate::issuer_serial_number() const {
  return first_of(parts_->x509.issuer_info("X520.SerialNumber"));
}

const Bytes& Certificate::serial() const { return parts_->serial; }
Time Certificate::not_before() const { return parts_->not_before; }
Time Certificate::not_after() const { return parts_->not_after; }
KeyKind Certificate::key_kind() const { return parts_->kind; }
const std::string& Certificate::objection() const { return parts_->objection; }

std::size_t Certificate::key_bits() const { return parts_->key ? parts_->key->key_length() : 0; }

const Bytes& Certificate::public_key_info() const { return parts_->x509.subject_public_key_info(); }
const KeyId& Certificate::key_id() const { return parts_->key_id; }
const Fingerprint& Certificate::certificate_hash() const { return parts_->hash; }

// Botan does not accept a CA with emailProtection as its only purpose, which most mail CAs have. It
// accepts every old certificate that issued itself as a CA.
bool Certificate::is_ca() const {
  const auto* constraints =
      parts_->x509.v3_extensions()
          .get_extension_object_as<Botan::Cert_Extension::Basic_Constraints>();
  if (constraints != nullptr) return constraints->is_ca();
  return parts_->x509.is_CA_cert() || parts_->is_old_authority;
}
std::optional<std::size_t> Certificate::path_length() const {
  return parts_->x509.path_length_constraint();
}

bool Certificate::may_sign() const {
  return parts_->x509.allowed_usage(Botan::Key_Constraints::DigitalSignature) ||
         parts_->x509.allowed_usage(Botan::Key_Constraints::NonRepudiation);
}
bool Certificate::may_agree() const {
  return parts_->x509.allowed_usage(Botan::Key_Constraints::KeyAgreement);
}
bool Certificate::may_encipher_keys() const {
  return parts_->x509.allowed_usage(Botan::Key_Constraints::KeyEncipherment);
}
bool Certificate::may_issue() const {
  return is_ca() && parts_->x509.allowed_usage(Botan::Key_Constraints::KeyCertSign);
}
bool Certificate::may_protect_mail() const {
  return lists_purpose(parts_->x509, "PKIX.EmailProtection");
}
bool Certificate::may_serve_tls() const { return lists_purpose(parts_->x509, "PKIX.ServerAuth"); }

const std::vector<Mailbox>& Certificate::addresses() const { return parts_->addresses; }

const Bytes& Certificate::subject_key_identifier() const { return parts_->x509.subject_key_id(); }

bool Certificate::is_named_by(const CertificateName& name) const {
  if (const auto* by_serial = std::get_if<IssuerAndSerial>(&name)) {
    if (by_serial->serial != serial()) return false;
    return by_serial->issuer == issuer() || is_same_name(by_serial->issuer, parts_->issuer);
  }
  const Bytes& wanted = std::get<SubjectKeyIdentifier>(name).octets;
  return !wanted.empty() && wanted == subject_key_identifier();
}

}  // namespace culvert::crypto
