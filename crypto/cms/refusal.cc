#include "crypto/cms/refusal.h"

#include <array>
#include <utility>

#include "crypto/base/log.h"

namespace culvert::crypto {
namespace {

struct Row {
  Refusal refusal;
  std::string_view code;
  std::string_view text;
};

constexpr std::array kRows{
    Row{Refusal::truncated, "truncated", "the CMS object ends too early"},
    Row{Refusal::bad_encoding, "bad-encoding", "the CMS object is not valid BER"},
    Row{Refusal::bad_length, "bad-length", "a length inside the CMS object is impossible"},
    Row{Refusal::unexpected_element, "unexpected-element",
        "the CMS object holds an element that does not belong there"},
    Row{Refusal::nested_too_deep, "nested-too-deep", "the CMS object is nested too deeply"},
    Row{Refusal::element_too_large, "element-too-large",
        "a part of the CMS object is larger than allowed"},
    Row{Refusal::trailing_octets, "trailing-octets", "octets follow the end of the CMS object"},
    Row{Refusal::not_cms, "not-cms", "this is not the CMS object that is expected here"},
    Row{Refusal::content_missing, "content-missing", "the CMS object holds no content"},
    Row{Refusal::too_many_recipients, "too-many-recipients", "there are too many recipients"},
    Row{Refusal::too_many_signers, "too-many-signers", "there are too many signers"},
    Row{Refusal::too_many_certificates, "too-many-certificates", "there are too many certificates"},
    Row{Refusal::bad_certificate, "bad-certificate", "a certificate cannot be used"},
    Row{Refusal::no_recipient, "no-recipient", "the message is sealed for nobody"},
    Row{Refusal::no_key, "no-key", "no key at hand opens this message"},
    Row{Refusal::unsupported_recipient, "unsupported-recipient",
        "this kind of recipient or key agreement is not supported"},
    Row{Refusal::bad_originator_key, "bad-originator-key",
        "the sender's key is no point of the recipient's curve"},
    Row{Refusal::key_size_mismatch, "key-size-mismatch",
        "the content key does not have the size that its cipher needs"},
    Row{Refusal::key_unwrap_failed, "key-unwrap-failed", "the content key cannot be unwrapped"},
    Row{Refusal::bad_key_parameters, "bad-key-parameters",
        "the parameters by which the content key was encrypted are wrong"},
    Row{Refusal::too_many_iterations, "too-many-iterations",
        "the derivation of the key from the password asks for too much work"},
    Row{Refusal::bad_key_size, "bad-key-size", "the key is too small or too large for its purpose"},
    Row{Refusal::not_aead, "not-aead", "the content is not encrypted with an AEAD cipher"},
    Row{Refusal::unsupported_cipher, "unsupported-cipher", "the content cipher is not supported"},
    Row{Refusal::bad_cipher_parameters, "bad-cipher-parameters",
        "the parameters of the content cipher are wrong"},
    Row{Refusal::bad_tag_length, "bad-tag-length",
        "the authentication tag does not have the length that it must have"},
    Row{Refusal::bad_tag, "bad-tag", "the content was altered: its authentication tag is wrong"},
    Row{Refusal::aead_without_tag, "aead-without-tag",
        "an AEAD cipher stands where there is no place for its tag"},
    Row{Refusal::bad_content, "bad-content",
        "the content was altered, or was encrypted with another key"},
    Row{Refusal::bad_attributes, "bad-attributes", "the attributes are malformed"},
    Row{Refusal::content_type_mismatch, "content-type-mismatch",
        "the content type in the attributes differs from the real one"},
    Row{Refusal::unsupported_compression, "unsupported-compression",
        "the content is compressed in a way that is not supported"},
    Row{Refusal::bad_compression, "bad-compression", "the compressed content is damaged"},
    Row{Refusal::compression_ratio, "compression-ratio",
        "the content is compressed more than is allowed"},
    Row{Refusal::content_too_large, "content-too-large", "the content is larger than is allowed"},
    Row{Refusal::content_present, "content-present",
        "the CMS object holds content of its own where a detached signature is expected"},
    Row{Refusal::not_certs_only, "not-certs-only", "the CMS object holds more than certificates"},
    Row{Refusal::no_signers, "no-signers", "nobody signed this"},
    Row{Refusal::no_signed_attributes, "no-signed-attributes",
        "the signature has no signed attributes and counts as none"},
    Row{Refusal::attributes_not_der, "attributes-not-der",
        "the signed attributes are not encoded in DER"},
    Row{Refusal::attribute_repeated, "attribute-repeated",
        "an attribute that must be single is repeated or has several values"},
    Row{Refusal::message_digest_missing, "message-digest-missing",
        "the signed attributes hold no usable messageDigest"},
    Row{Refusal::message_digest_mismatch, "message-digest-mismatch",
        "the content is not what was signed"},
    Row{Refusal::content_type_missing, "content-type-missing",
        "the attributes hold no usable contentType"},
    Row{Refusal::algorithm_protection_mismatch, "algorithm-protection-mismatch",
        "the signed attributes name other algorithms than the signature"},
    Row{Refusal::digest_mismatch, "digest-mismatch",
        "the signature algorithm demands another digest than the one named"},
    Row{Refusal::signing_certificate_mismatch, "signing-certificate-mismatch",
        "the signed attributes name another certificate"},
    Row{Refusal::unsupported_digest, "unsupported-digest", "the digest algorithm is not supported"},
    Row{Refusal::digest_not_announced, "digest-not-announced",
        "the signer's digest algorithm is not among those that are announced"},
    Row{Refusal::unsupported_signature, "unsupported-signature",
        "the signature algorithm is not supported or does not fit the key"},
    Row{Refusal::bad_signature_parameters, "bad-signature-parameters",
        "the parameters of the signature or digest algorithm are missing or wrong"},
    Row{Refusal::signer_key_size, "signer-key-size",
        "the signer's key is smaller or larger than what counts"},
    Row{Refusal::weak_algorithm, "weak-algorithm",
        "the signature uses an algorithm that is broken and never counts"},
    Row{Refusal::signer_unknown, "signer-unknown",
        "the signature was not made with a certificate that is known here"},
    Row{Refusal::bad_signature, "bad-signature", "the signature is wrong"},
};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].refusal) != i) return false;
  }
  return static_cast<std::size_t>(Refusal::bad_signature) + 1 == kRows.size();
}
static_assert(is_in_order(), "one row for each refusal, in the order of the enumeration");

}  // namespace

std::string_view refusal_code(Refusal refusal) {
  return kRows[static_cast<std::size_t>(refusal)].code;
}

std::string_view refusal_text(Refusal refusal) {
  return kRows[static_cast<std::size_t>(refusal)].text;
}

Error refuse(Refusal refusal, std::string detail) {
  return permanent_error(refusal_code(refusal), std::string(refusal_text(refusal)),
                         std::move(detail));
}

Error refuse_because(Refusal refusal, std::string_view cause) {
  std::string shown = printable(cause, kMaxCauseOctets);
  std::string text = std::string(refusal_text(refusal)) + ": " + shown;
  return permanent_error(refusal_code(refusal), std::move(text), std::move(shown));
}

std::optional<Refusal> refusal_of(const Error& error) {
  for (const Row& row : kRows) {
    if (row.code == error.code) return row.refusal;
  }
  return std::nullopt;
}

}  // namespace culvert::crypto
