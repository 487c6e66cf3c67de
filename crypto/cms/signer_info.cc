#include "crypto/cms/signer_info.h"

#include "crypto/cms/certificate_name.h"
#include "crypto/cms/content_info.h"
#include "crypto/cms/der_writer.h"
#include "crypto/cms/limits.h"
#include "crypto/cms/pss_parameters.h"
#include "crypto/cms/refusal.h"
#include "crypto/keys/rsa_transport.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kMaxSignatureBytes = 8 * 1024;
constexpr std::uint32_t kVersionByIssuer = 1;

}  // namespace

Result<SignerInfo> read_signer_info(ByteView element) {
  BerReader in(element);
  if (const Status entered = in.enter(kTagSequence); !entered) return entered.error();
  if (const auto version = read_version(in); !version) return version.error();
  auto name = read_certificate_name(in);
  if (!name) return name.error();
  auto digest = read_algorithm(in);
  if (!digest) return digest.error();
  SignerInfo info{*std::move(name), *std::move(digest), {}, {}, {}};
  const auto next = in.peek();
  if (!next) return next.error();
  if (*next == context_tag(0)) {
    auto attributes = in.element(kMaxAttributesBytes);
    if (!attributes) return attributes.error();
    info.signed_attributes = *std::move(attributes);
  }
  auto algorithm = read_algorithm(in);
  if (!algorithm) return algorithm.error();
  info.signature_algorithm = *std::move(algorithm);
  auto signature = in.octets(kTagOctetString, kMaxSignatureBytes);
  if (!signature) return signature.error();
  info.signature = *std::move(signature);
  const auto last = in.peek();
  if (!last) return last.error();
  if (*last == context_tag(1)) {  // unsigned attributes prove nothing and decide nothing
    if (const Status skipped = in.skip(); !skipped) return skipped.error();
  }
  if (const Status left = in.leave(); !left) return left.error();
  return info;
}

Result<SigningPlan> plan_signature(const SigningKey& key) {
  const Certificate& certificate = key.certificate;
  const auto scheme = key.scheme ? key.scheme : preferred_scheme(certificate.key_kind());
  const SignatureRow* signature = scheme ? signature_for(*scheme) : nullptr;
  if (signature == nullptr || check_key(certificate, *scheme) != KeyFit::fits) {
    return internal_error("bad-key-use", "a key of this kind cannot sign so");
  }
  const bool is_rsa =
      certificate.key_kind() == KeyKind::rsa || certificate.key_kind() == KeyKind::rsa_pss;
  const std::size_t bits = certificate.key_bits();
  if (is_rsa && (bits < kMinRsaBitsWritten || bits > kMaxRsaBitsWritten)) {
    return internal_error("bad-key-use", "RSA keys that sign have 2,048 to 8,192 bits");
  }
  const auto pss = written_pss(*scheme);
  if (pss && !check_pss_key(certificate, *pss)) {
    return internal_error("bad-key-use", "the key demands another digest of its signatures");
  }
  return SigningPlan{key, find_digest(signature->digest.octets()), signature};
}

Result<Bytes> make_signer_info(const SigningOptions& options, const SigningPlan& plan,
                               ByteView message_digest, const KeyRing& keys) {
  const Certificate& certificate = plan.key.certificate;
  const Bytes digest_algorithm = der_digest_algorithm(*plan.digest);
  const Bytes signature_algorithm = der_signature_algorithm(*plan.signature);
  const Bytes attributes = der_signed_attributes(
      {message_digest, certificate.certificate_hash().view(), digest_algorithm, signature_algorithm,
       options.signing_time, options.type, options.capabilities});
  const auto signature = keys.sign(plan.key.key, plan.signature->scheme, as_set_of(attributes));
  if (!signature) return signature.error();
  return der_sequence({der_integer(kVersionByIssuer), der_issuer_and_serial(certificate),
                       digest_algorithm, attributes, signature_algorithm,
                       der_octet_string(*signature)});
}

}  // namespace culvert::crypto
