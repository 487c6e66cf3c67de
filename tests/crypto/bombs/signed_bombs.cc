// Signers, certificates, attributes, pieces and nesting in signed objects. What large keys in them
// cost is in tests/crypto/cms/signed_bombs_test.cc.
#include "crypto/keys/digest.h"
#include "tests/crypto/bombs/recipes.h"

namespace culvert::crypto::testing {
namespace {

const Bytes kName = der_sequence(
    {der(kTagSet, {der_sequence({der_oid(Oid{"2.5.4.3"}), der(0x0c, {as_bytes("a")})})})});

struct SignedParts {
  Bytes certificates{};  // inside the SET
  Bytes signers{};       // inside the SET
  Bytes content = der_octet_string(as_bytes("content"));
  std::size_t digests = 1;
};

Bytes signed_object(const SignedParts& parts) {
  const Bytes inner = der_sequence({der_oid(kOidData), der(context_tag(0), {parts.content})});
  const Bytes digests = repeated(der_algorithm(kOidSha256), parts.digests);
  return content_info(kOidSignedData, der_sequence({der_integer(1), der(kTagSet, {digests}), inner,
                                                    der(context_tag(0), {parts.certificates}),
                                                    der(kTagSet, {parts.signers})}));
}

// By nobody; `more` stands among the signed attributes.
Bytes signer(ByteView more = {}, ByteView content = as_bytes("content")) {
  const Bytes type = der_sequence({der_oid(kOidContentType), der(kTagSet, {der_oid(kOidData)})});
  const Bytes digest =
      der_sequence({der_oid(kOidMessageDigest), der(kTagSet, {der_octet_string(sha256(content))})});
  return der_sequence({der_integer(1), der_sequence({kName, der_integer(1)}),
                       der_algorithm(kOidSha256), der(context_tag(0), {more, type, digest}),
                       der_algorithm(Oid{"1.2.840.10045.4.3.2"}), der_octet_string(Bytes(70))});
}

Bytes attribute(ByteView value) {
  return der_sequence({der_oid(Oid{"1.2.840.113549.1.9.99"}), der(kTagSet, {value})});
}

// Neither certificate nor key, but an element.
const Bytes kNoCertificate = der_sequence({der_sequence({})});

Bytes with_content(const Bytes& content) { return signed_object({.content = content}); }

}  // namespace

const std::vector<Bomb>& signed_bombs() {
  using enum BombReader;
  static const std::vector<Bomb> all{
      {"signers_33", signed_data, [] { return signed_object({.signers = repeated(signer(), 33)}); },
       "too-many-signers"},
      {"signers_100000", signed_data,
       [] { return signed_object({.signers = repeated(signer(), 100'000)}); }, "too-many-signers"},
      {"certificates_65", signed_data,
       [] { return signed_object({.certificates = repeated(kNoCertificate, 65)}); },
       "too-many-certificates"},
      {"certificates_a_million", signed_data,
       [] { return signed_object({.certificates = repeated(kNoCertificate, 1'000'000)}); },
       "too-many-certificates"},
      {"certificates_a_million_alone", certs_only,
       [] { return signed_object({.certificates = repeated(kNoCertificate, 1'000'000)}); },
       "not-certs-only"},
      {"certificate_nested", signed_data,
       [] {
         return signed_object(
             {.certificates = nested_whole(kTagSequence, 15'000), .signers = signer()});
       },
       "signer-unknown"},
      {"digests_a_million", signed_data, [] { return signed_object({.digests = 1'000'000}); },
       "element-too-large"},
      {"attributes_1000", signed_data,
       [] { return signed_object({.signers = signer(repeated(attribute(der_integer(1)), 1000))}); },
       "element-too-large"},
      {"attributes_a_million", signed_data,
       [] {
         return signed_object({.signers = signer(repeated(attribute(der_integer(1)), 1'000'000))});
       },
       "element-too-large"},
      {"attribute_nested", signed_data,
       [] {
         return signed_object({.signers = signer(attribute(nested_whole(kTagSequence, 15'000)))});
       },
       "attributes-not-der"},
      {"content_nested", signed_data,
       [] { return with_content(nested(kTagOctetString | kConstructedBit, 1'000'000)); },
       "nested-too-deep"},
      {"pieces_of_one_octet", signed_data,
       [] {
         const Bytes content(1'000'000);
         return signed_object({.signers = signer({}, content),
                               .content = one_by_one(kTagOctetString | kConstructedBit, content)});
       },
       "signer-unknown"},
  };
  return all;
}

}  // namespace culvert::crypto::testing
