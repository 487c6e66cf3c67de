// Attributes (RFC 5652, 5.3 and 11). They are read strictly, because they decide what was signed.
// They are written for our own signatures.
#pragma once

#include <optional>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/result.h"
#include "crypto/cms/algorithms.h"
#include "crypto/cms/capabilities.h"
#include "crypto/cms/signed_data.h"

namespace culvert::crypto {

struct Attribute {
  Bytes oid;
  std::vector<Bytes> values;  // whole elements
};

// The attributes of a whole element under `identifier` ([0] or [1]), which must be in DER.
// Refusals: attributes-not-der, bad-attributes.
Result<std::vector<Attribute>> read_attributes(ByteView element, std::uint8_t identifier);

// The octets that are signed or authenticated for such an element: the element under the tag SET
// (RFC 5652, 5.4; RFC 5083, 2.2).
Bytes as_set_of(ByteView element);

// The one value of that attribute; null if the attribute is absent. Refuses a repeated attribute or
// several values (attribute-repeated), and an attribute without a value (bad-attributes).
Result<const Bytes*> single_value(const std::vector<Attribute>& attributes, const Oid& oid);

// Done if contentType is present once and names `content_type` (content octets of an OID).
Status check_content_type(const std::vector<Attribute>& attributes, ByteView content_type);

// What the signed attributes of a SignerInfo say.
struct SignedAttributes {
  Bytes message_digest;
  std::optional<Time> signing_time;
  SignatureType type = SignatureType::personal;
  struct Protection {
    AlgorithmName digest;
    AlgorithmName signature;
  };
  std::optional<Protection> protection;  // CMSAlgorithmProtection, RFC 6211
  struct SigningCertificate {
    Bytes digest_oid;  // content octets
    Bytes hash;
  };
  std::optional<SigningCertificate> certificate;  // signingCertificateV2, RFC 5035
  std::vector<Capability> capabilities;           // SMIMECapabilities
};

// Checks contentType and reads the rest.
Result<SignedAttributes> interpret(const std::vector<Attribute>& attributes, ByteView content_type);

// Our own signed attributes, as [0] in DER.
struct AttributeFacts {
  ByteView message_digest;
  ByteView certificate_hash;  // SHA-256 over the certificate
  ByteView digest_algorithm;  // AlgorithmIdentifiers, as in the SignerInfo
  ByteView signature_algorithm;
  Time signing_time;
  SignatureType type;
  const std::vector<Capability>& capabilities;  // none: no attribute
};
Bytes der_signed_attributes(const AttributeFacts& facts);

}  // namespace culvert::crypto
