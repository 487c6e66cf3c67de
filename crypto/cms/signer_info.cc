#include "crypto/cms/signer_info.h"

#include "crypto/cms/certificate_name.h"
#include "crypto/cms/content_info.h"
#include "crypto/cms/der_writer.h"
#include "crypto/cms/limits.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kMaxSignatureBytes = 8 * 1024;
constexpr std::uint32_t kVersionByIssuer = 1;

std::string digest_name(const AlgorithmName& digest) {
  const DigestRow* row = find_digest(digest.oid);
  return row == nullptr ? oid_text(digest.oid) : std::string(row->name);
}

std::string signature_name(const SignerInfo& info) {
  const SignatureRow* row = find_signature(info.signature_algorithm.oid, info.digest.oid);
  return row == nullptr ? oid_text(info.signature_algorithm.oid) : std::string(row->name);
}

Status check_digest(const SignerInfo& info) {
  const DigestRow* row = find_digest(info.digest.oid);
  if (row == nullptr || !info.digest.parameters_absent_or_null()) {
    return refuse(Refusal::unsupported_digest, oid_text(info.digest.oid));
  }
  if (row->strength == Strength::broken) return refuse(Refusal::weak_algorithm);
  return done();
}

Result<SignatureScheme> scheme_of(const SignerInfo& info) {
  const AlgorithmName& algorithm = info.signature_algorithm;
  const SignatureRow* row = find_signature(algorithm.oid, info.digest.oid);
  if (row == nullptr) {
    return refuse(
        knows_signature(algorithm.oid) ? Refusal::digest_mismatch : Refusal::unsupported_signature,
        oid_text(algorithm.oid));
  }
  if (row->strength == Strength::broken) return refuse(Refusal::weak_algorithm);
  const bool fits = row->parameters == SignatureRow::Parameters::absent
                        ? algorithm.parameters.empty()
                        : algorithm.parameters_absent_or_null();
  if (!fits) return refuse(Refusal::unsupported_signature, "parameters");
  return row->scheme;
}

bool same_algorithm(const AlgorithmName& a, const AlgorithmName& b) {
  return a.oid == b.oid && (a.parameters == b.parameters ||
                            (a.parameters_absent_or_null() && b.parameters_absent_or_null()));
}

Status check_protection(const SignerInfo& info, const SignedAttributes& attributes) {
  if (!attributes.protection) return done();
  if (same_algorithm(attributes.protection->digest, info.digest) &&
      same_algorithm(attributes.protection->signature, info.signature_algorithm)) {
    return done();
  }
  return refuse(Refusal::algorithm_protection_mismatch);
}

Status check_content(const SignerInfo& info, const SignedAttributes& attributes,
                     const Digester& digests) {
  const auto digest = digests.digest(info.digest.oid);
  if (!digest) return refuse(Refusal::unsupported_digest, "not in digestAlgorithms");
  if (as_text(*digest) != as_text(attributes.message_digest)) {
    return refuse(Refusal::message_digest_mismatch);
  }
  return done();
}

bool is_named_certificate(const SignedAttributes& attributes, const Certificate& certificate) {
  if (!attributes.certificate) return true;
  const DigestRow* row = find_digest(attributes.certificate->digest_oid);
  return row != nullptr && row->strength == Strength::strong &&
         digest_of(*row, certificate.der()) == attributes.certificate->hash;
}

// The certificate under which the signature is right. Several may have the same name: an attacker
// can include one with the name of another, which must not hide the right one.
Status find_signer(const SignerInfo& info, const SignedAttributes& attributes,
                   SignatureScheme scheme, const std::vector<Certificate>& candidates,
                   SignerResult& result) {
  Status status = refuse(Refusal::signer_unknown);
  const Bytes message = as_set_of(info.signed_attributes);
  for (const Certificate& candidate : candidates) {
    if (!candidate.is_named_by(info.name)) continue;
    result.certificate = candidate;
    if (!is_named_certificate(attributes, candidate)) {
      status = refuse(Refusal::signing_certificate_mismatch);
    } else if (verify_signature(candidate, scheme, message, info.signature)) {
      return done();
    } else {
      status = refuse(Refusal::bad_signature);
    }
  }
  return status;
}

Status check_all(const SignerInfo& info, const SignedContent& content,
                 const std::vector<Certificate>& candidates, SignerResult& result) {
  if (const Status good = check_digest(info); !good) return good;
  if (info.signed_attributes.empty()) return refuse(Refusal::no_signed_attributes);
  const auto list = read_attributes(info.signed_attributes, context_tag(0));
  if (!list) return list.error();
  const auto attributes = interpret(*list, content.content_type);
  if (!attributes) return attributes.error();
  result.signing_time = attributes->signing_time;
  result.type = attributes->type;
  if (const Status good = check_content(info, *attributes, content.digests); !good) return good;
  if (const Status good = check_protection(info, *attributes); !good) return good;
  const auto scheme = scheme_of(info);
  if (!scheme) return scheme.error();
  return find_signer(info, *attributes, *scheme, candidates, result);
}

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

SignerResult judge_signer(const SignerInfo& info, const SignedContent& content,
                          const std::vector<Certificate>& candidates) {
  SignerResult result;
  result.name = info.name;
  result.digest = digest_name(info.digest);
  result.signature = signature_name(info);
  const Status judged = check_all(info, content, candidates, result);
  if (!judged) result.refusal = judged.error();
  return result;
}

Result<SigningPlan> plan_signature(const Certificate& certificate) {
  const auto scheme = preferred_scheme(certificate.key_kind());
  const SignatureRow* signature = scheme ? signature_for(*scheme) : nullptr;
  if (signature == nullptr) {
    return internal_error("bad-key-use", "a key of this kind cannot sign");
  }
  return SigningPlan{find_digest(signature->digest.octets()), signature};
}

Result<Bytes> make_signer_info(const SigningOptions& options, const SigningPlan& plan,
                               ByteView message_digest, const KeyRing& keys) {
  const Bytes attributes =
      der_signed_attributes({message_digest, options.certificate.certificate_hash().view(),
                             *plan.digest, *plan.signature, options.signing_time, options.type});
  const auto signature = keys.sign(options.key, plan.signature->scheme, as_set_of(attributes));
  if (!signature) return signature.error();
  return der_sequence({der_integer(kVersionByIssuer), der_issuer_and_serial(options.certificate),
                       der_algorithm(plan.digest->oid), attributes,
                       der_algorithm(plan.signature->oid), der_octet_string(*signature)});
}

}  // namespace culvert::crypto
