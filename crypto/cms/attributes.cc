#include "crypto/cms/attributes.h"

#include <algorithm>
#include <array>

#include "crypto/cms/der_writer.h"
#include "crypto/cms/limits.h"
#include "crypto/cms/oid_name.h"
#include "crypto/cms/refusal.h"
#include "crypto/keys/asn1_time.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kMaxHashBytes = 64;
constexpr std::size_t kUtcTimeLength = 13;
constexpr std::size_t kGeneralizedTimeLength = 15;

struct TypeRow {
  SignatureType type;
  Oid oid;
};
constexpr std::array kTypes{
    TypeRow{SignatureType::personal, kOidOriginatorSignature},
    TypeRow{SignatureType::domain, kOidDomainSignature},
    TypeRow{SignatureType::additional_attributes, kOidAdditionalAttributesSignature},
    TypeRow{SignatureType::review, kOidReviewSignature},
};

SignatureType type_of(ByteView oid) {
  for (const TypeRow& row : kTypes) {
    if (row.oid == oid) return row.type;
  }
  return SignatureType::other;
}

Result<Attribute> read_attribute(BerReader& in) {
  if (const Status entered = in.enter(kTagSequence); !entered) return entered.error();
  auto oid = in.oid();
  if (!oid) return oid.error();
  Attribute attribute{*std::move(oid), {}};
  if (const Status entered = in.enter(kTagSet); !entered) return entered.error();
  while (true) {
    const auto next = in.peek();
    if (!next) return next.error();
    if (*next == kTagEnd) break;
    auto value = in.element(kMaxAttributesBytes);
    if (!value) return value.error();
    attribute.values.push_back(*std::move(value));
  }
  for (int level = 0; level < 2; ++level) {
    if (const Status left = in.leave(); !left) return left.error();
  }
  return attribute;
}

Result<Bytes> read_message_digest(const std::vector<Attribute>& attributes) {
  const auto value = single_value(attributes, kOidMessageDigest);
  if (!value) return value.error();
  if (*value == nullptr) return refuse(Refusal::message_digest_missing);
  BerReader in{ByteView(**value)};
  auto digest = in.content(kTagOctetString, kMaxHashBytes);
  if (!digest || digest->empty()) return refuse(Refusal::message_digest_missing);
  return digest;
}

Status read_signing_time(const std::vector<Attribute>& attributes, SignedAttributes& into) {
  const auto value = single_value(attributes, kOidSigningTime);
  if (!value) return value.error();
  if (*value == nullptr) return done();
  BerReader in{ByteView(**value)};
  const auto tag = in.peek();
  const bool is_time = tag && (*tag == kTagUtcTime || *tag == kTagGeneralizedTime);
  if (!is_time) return refuse(Refusal::bad_attributes, "signingTime");
  const auto text = in.content(*tag, kMaxHashBytes);
  if (!text) return text.error();
  // The text of one form under the tag of the other could be read in two ways. GeneralizedTime
  // before 2050 breaks RFC 5652, 11.3, but is not ambiguous.
  const std::size_t length = *tag == kTagUtcTime ? kUtcTimeLength : kGeneralizedTimeLength;
  if (text->size() == length) into.signing_time = parse_asn1_time(as_text(*text));
  if (!into.signing_time) return refuse(Refusal::bad_attributes, "signingTime");
  return done();
}

// SEQUENCE OF OBJECT IDENTIFIER (RFC 3183, 3.1). The first OID is the type, unless any is that of a
// domain.
Status read_signature_type(const std::vector<Attribute>& attributes, SignedAttributes& into) {
  const auto value = single_value(attributes, kOidSignatureType);
  if (!value) return value.error();
  if (*value == nullptr) return done();
  BerReader in{ByteView(**value)};
  if (const Status entered = in.enter(kTagSequence); !entered) return entered.error();
  std::vector<SignatureType> types;
  while (true) {
    const auto next = in.peek();
    if (!next) return next.error();
    if (*next == kTagEnd) break;
    const auto oid = in.oid();
    if (!oid) return refuse(Refusal::bad_attributes, "signatureType");
    types.push_back(type_of(*oid));
  }
  if (types.empty()) return refuse(Refusal::bad_attributes, "signatureType");
  const bool is_domain =
      std::find(types.begin(), types.end(), SignatureType::domain) != types.end();
  into.type = is_domain ? SignatureType::domain : types.front();
  return done();
}

Result<SignedAttributes::Protection> parse_protection(ByteView value) {
  BerReader in(value);
  if (const Status entered = in.enter(kTagSequence); !entered) return entered.error();
  auto digest = read_algorithm(in);
  if (!digest) return digest.error();
  auto signature = read_algorithm(in, context_tag(1));
  if (!signature) return signature.error();
  if (const Status left = in.leave(); !left) return left.error();
  return SignedAttributes::Protection{*std::move(digest), *std::move(signature)};
}

Status read_protection(const std::vector<Attribute>& attributes, SignedAttributes& into) {
  const auto value = single_value(attributes, kOidAlgorithmProtection);
  if (!value) return value.error();
  if (*value == nullptr) return done();
  auto protection = parse_protection(**value);
  if (!protection) return refuse(Refusal::algorithm_protection_mismatch, protection.error().code);
  into.protection = *std::move(protection);
  return done();
}

// SigningCertificateV2: the first ESSCertIDv2 is the signer's.
Result<SignedAttributes::SigningCertificate> parse_signing_certificate(ByteView value) {
  BerReader in(value);
  for (int level = 0; level < 3; ++level) {
    if (const Status entered = in.enter(kTagSequence); !entered) return entered.error();
  }
  SignedAttributes::SigningCertificate out;
  out.digest_oid.assign(kOidSha256.octets().begin(), kOidSha256.octets().end());
  const auto next = in.peek();
  if (!next) return next.error();
  if (*next == kTagSequence) {
    auto digest = read_algorithm(in);
    if (!digest) return digest.error();
    out.digest_oid = std::move(digest->oid);
  }
  auto hash = in.content(kTagOctetString, kMaxHashBytes);
  if (!hash) return hash.error();
  out.hash = *std::move(hash);
  return out;
}

Status read_signing_certificate(const std::vector<Attribute>& attributes, SignedAttributes& into) {
  const auto value = single_value(attributes, kOidSigningCertificateV2);
  if (!value) return value.error();
  if (*value == nullptr) return done();
  auto named = parse_signing_certificate(**value);
  if (!named) return refuse(Refusal::signing_certificate_mismatch, named.error().code);
  into.certificate = *std::move(named);
  return done();
}

Status take_capabilities(const std::vector<Attribute>& attributes, SignedAttributes& into) {
  const auto value = single_value(attributes, kOidSmimeCapabilities);
  if (!value) return value.error();
  if (*value != nullptr) into.capabilities = read_capabilities(**value);
  return done();
}

// The OID that an element holds, for people.
std::string value_name(ByteView element) {
  const bool is_short_oid = element.size() > 2 && element[0] == kTagOid && element[1] < 0x80;
  return is_short_oid ? oid_name(element.subspan(2)) : "no content type";
}

}  // namespace

Result<std::vector<Attribute>> read_attributes(ByteView element, std::uint8_t identifier) {
  if (!is_der(element, OuterForm::set_of)) return refuse(Refusal::attributes_not_der);
  BerReader in(element);
  std::vector<Attribute> attributes;
  if (const Status entered = in.enter(identifier); !entered) return entered.error();
  while (true) {
    const auto next = in.peek();
    if (!next) return next.error();
    if (*next == kTagEnd) break;
    if (attributes.size() == kMaxAttributes) return refuse(Refusal::element_too_large);
    auto attribute = read_attribute(in);
    if (!attribute) return refuse(Refusal::bad_attributes, attribute.error().code);
    attributes.push_back(*std::move(attribute));
  }
  if (attributes.empty()) return refuse(Refusal::bad_attributes, "an empty set");
  return attributes;
}

Bytes as_set_of(ByteView element) {
  Bytes set(element.begin(), element.end());
  set.front() = kTagSet;
  return set;
}

Result<const Bytes*> single_value(const std::vector<Attribute>& attributes, const Oid& oid) {
  const Attribute* found = nullptr;
  for (const Attribute& attribute : attributes) {
    if (!(oid == attribute.oid)) continue;
    if (found != nullptr) return refuse(Refusal::attribute_repeated, oid_text(attribute.oid));
    found = &attribute;
  }
  if (found == nullptr) return static_cast<const Bytes*>(nullptr);
  if (found->values.empty()) return refuse(Refusal::bad_attributes, "no value");
  if (found->values.size() != 1) return refuse(Refusal::attribute_repeated, oid_text(found->oid));
  return &found->values.front();
}

Status check_content_type(const std::vector<Attribute>& attributes, ByteView content_type) {
  const auto value = single_value(attributes, kOidContentType);
  if (!value) return value.error();
  if (*value == nullptr) return refuse(Refusal::content_type_missing);
  if (**value != der(kTagOid, {content_type})) {
    return refuse_because(Refusal::content_type_mismatch,
                          value_name(**value) + " instead of " + oid_name(content_type));
  }
  return done();
}

Result<SignedAttributes> interpret(const std::vector<Attribute>& attributes,
                                   ByteView content_type) {
  SignedAttributes out;
  if (const Status same = check_content_type(attributes, content_type); !same) {
    return same.error();
  }
  auto digest = read_message_digest(attributes);
  if (!digest) return digest.error();
  out.message_digest = *std::move(digest);
  for (const auto read : {&read_signing_time, &read_signature_type, &read_protection,
                          &read_signing_certificate, &take_capabilities}) {
    if (const Status step = read(attributes, out); !step) return step.error();
  }
  return out;
}

namespace {

Bytes der_attribute(const Oid& oid, ByteView value) {
  return der_sequence({der_oid(oid), der(kTagSet, {value})});
}

// The AlgorithmIdentifiers of the SignerInfo, the second one under [1] (RFC 6211).
Bytes der_protection(const AttributeFacts& facts) {
  Bytes signature(facts.signature_algorithm.begin(), facts.signature_algorithm.end());
  signature.front() = context_tag(1);
  return der_sequence({facts.digest_algorithm, signature});
}

// Null for `personal`, which needs no attribute, and for `other`.
const TypeRow* written_type(SignatureType type) {
  const auto* found = std::find_if(kTypes.begin(), kTypes.end(),
                                   [&](const TypeRow& row) { return row.type == type; });
  return type == SignatureType::personal || found == kTypes.end() ? nullptr : found;
}

}  // namespace

Bytes der_signed_attributes(const AttributeFacts& facts) {
  std::vector<Bytes> all;
  all.push_back(der_attribute(kOidContentType, der_oid(kOidData)));
  all.push_back(der_attribute(kOidSigningTime, der_time(facts.signing_time)));
  all.push_back(der_attribute(kOidMessageDigest, der_octet_string(facts.message_digest)));
  if (!facts.capabilities.empty()) {
    all.push_back(der_attribute(kOidSmimeCapabilities, der_capabilities(facts.capabilities)));
  }
  // One ESSCertIDv2 with the default hash, SHA-256.
  const Bytes certificate_id = der_sequence({der_octet_string(facts.certificate_hash)});
  all.push_back(
      der_attribute(kOidSigningCertificateV2, der_sequence({der_sequence({certificate_id})})));
  all.push_back(der_attribute(kOidAlgorithmProtection, der_protection(facts)));
  if (const TypeRow* type = written_type(facts.type)) {
    all.push_back(der_attribute(kOidSignatureType, der_sequence({der_oid(type->oid)})));
  }
  return der_set_of(std::move(all), context_tag(0));
}

std::string_view signature_type_name(SignatureType type) {
  switch (type) {
    case SignatureType::personal:
      return "personal";
    case SignatureType::domain:
      return "domain";
    case SignatureType::additional_attributes:
      return "additional-attributes";
    case SignatureType::review:
      return "review";
    case SignatureType::other:
      return "other";
  }
  return "other";
}

}  // namespace culvert::crypto
