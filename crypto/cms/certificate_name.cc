#include "crypto/cms/certificate_name.h"

#include "crypto/cms/der_writer.h"
#include "crypto/cms/limits.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kMaxShownOctets = 20;

CertificateName key_identifier(Bytes octets) {
  if (octets.size() > kMaxSubjectKeyIdentifierBytes) octets.clear();
  return SubjectKeyIdentifier{std::move(octets)};
}

bool is_too_long(const CertificateName& name) {
  if (const auto* by_serial = std::get_if<IssuerAndSerial>(&name)) return by_serial->issuer.empty();
  return std::get<SubjectKeyIdentifier>(name).octets.empty();
}

std::string short_hex(ByteView octets) {
  if (octets.size() <= kMaxShownOctets) return to_hex(octets);
  return to_hex(octets.first(kMaxShownOctets)) + "…";
}

}  // namespace

Result<CertificateName> read_issuer_and_serial(BerReader& from) {
  if (const Status in = from.enter(kTagSequence); !in) return in.error();
  const auto next = from.peek();
  if (!next) return next.error();
  if (*next != kTagSequence) return refuse(Refusal::unexpected_element);
  auto issuer = from.element(kMaxRecipientInfoBytes);
  if (!issuer) return issuer.error();
  auto serial = from.content(kTagInteger, kMaxRecipientInfoBytes);
  if (!serial) return serial.error();
  if (serial->empty()) return refuse(Refusal::bad_encoding, "an INTEGER without octets");
  if (const Status out = from.leave(); !out) return out.error();
  const bool fits = issuer->size() <= kMaxNameBytes && serial->size() <= kMaxSerialBytes;
  if (!fits) return CertificateName(IssuerAndSerial{});
  return CertificateName(IssuerAndSerial{*std::move(issuer), *std::move(serial)});
}

Result<CertificateName> read_certificate_name(BerReader& from) {
  const auto next = from.peek();
  if (!next) return next.error();
  if (*next == kTagSequence) return read_issuer_and_serial(from);
  auto identifier = from.octets(primitive_context_tag(0), kMaxRecipientInfoBytes);
  if (!identifier) return identifier.error();
  return key_identifier(*std::move(identifier));
}

Result<CertificateName> read_agreement_recipient(BerReader& from) {
  const auto next = from.peek();
  if (!next) return next.error();
  if (*next == kTagSequence) return read_issuer_and_serial(from);
  if (const Status in = from.enter(context_tag(0)); !in) return in.error();
  auto identifier = from.octets(kTagOctetString, kMaxRecipientInfoBytes);
  if (!identifier) return identifier.error();
  // `date` and `other` name keys in ways that nobody uses; they decide nothing.
  for (int optional = 0; optional < 2; ++optional) {
    const auto more = from.peek();
    if (!more) return more.error();
    if (*more != kTagGeneralizedTime && *more != kTagSequence) break;
    if (const Status skipped = from.skip(); !skipped) return skipped.error();
  }
  if (const Status out = from.leave(); !out) return out.error();
  return key_identifier(*std::move(identifier));
}

std::string name_text(const CertificateName& name) {
  if (is_too_long(name)) return "a certificate whose name is too long to be anybody's";
  if (const auto* by_serial = std::get_if<IssuerAndSerial>(&name)) {
    return "the certificate with serial number " + short_hex(by_serial->serial) + " of " +
           name_text(by_serial->issuer);
  }
  return "the certificate with subject key identifier " +
         short_hex(std::get<SubjectKeyIdentifier>(name).octets);
}

Bytes der_issuer_and_serial(const Certificate& certificate) {
  return der_sequence({certificate.issuer(), der(kTagInteger, {certificate.serial()})});
}

}  // namespace culvert::crypto
