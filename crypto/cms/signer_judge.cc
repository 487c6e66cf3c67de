// judge_signers of signer_info.h.
#include <algorithm>

#include "crypto/cms/limits.h"
#include "crypto/cms/oid_name.h"
#include "crypto/cms/pss_parameters.h"
#include "crypto/cms/refusal.h"
#include "crypto/cms/signer_info.h"
#include "crypto/keys/pss.h"
#include "crypto/keys/rsa_transport.h"

namespace culvert::crypto {
namespace {

std::string digest_name(const AlgorithmName& digest) {
  const DigestRow* row = find_digest(digest.oid);
  return row == nullptr ? oid_text(digest.oid) : std::string(row->name);
}

constexpr std::string_view kSignBetter =
    ": the sender's program has to sign with SHA-256 or better, by a key for RSA, ECDSA or EdDSA";

// Names the algorithms in it, at least one of which is broken.
Error weak(const SignerInfo& info) {
  std::string names = oid_name(info.digest.oid);
  const bool is_plain_rsa =
      signature_algorithm_name(info.signature_algorithm.oid) == std::string_view("rsaEncryption");
  if (!is_plain_rsa) names += ", " + oid_name(info.signature_algorithm.oid);
  return refuse_because(Refusal::weak_algorithm, names + std::string(kSignBetter));
}

std::string signature_name(const SignerInfo& info) {
  const std::string_view name = signature_algorithm_name(info.signature_algorithm.oid);
  return name.empty() ? oid_text(info.signature_algorithm.oid) : std::string(name);
}

Status check_digest(const SignerInfo& info) {
  const DigestRow* row = find_digest(info.digest.oid);
  if (row == nullptr) {
    return refuse_because(Refusal::unsupported_digest,
                          oid_name(info.digest.oid) + std::string(kSignBetter));
  }
  if (!parameters_fit(*row, info.digest))
    return refuse(Refusal::bad_signature_parameters, "digest");
  if (row->strength == Strength::broken) return weak(info);
  return done();
}

// What to compute. `pss` belongs to the RSASSA-PSS schemes.
struct Algorithm {
  SignatureScheme scheme;
  std::optional<PssAlgorithm> pss;
};

Result<PssAlgorithm> pss_of(const SignerInfo& info) {
  const auto pss = read_pss_parameters(info.signature_algorithm.parameters);
  if (!pss) return pss.error();
  if (pss->hash->strength == Strength::broken || pss->mgf_hash->strength == Strength::broken) {
    const DigestRow& hash = pss->hash->strength == Strength::broken ? *pss->hash : *pss->mgf_hash;
    return refuse_because(
        Refusal::weak_algorithm,
        "RSASSA-PSS with " + oid_name(hash.oid.octets()) + std::string(kSignBetter));
  }
  // RFC 4056, 3: the parameters are in the SignerInfo, and their hash is that of the content.
  if (!(pss->hash->oid == info.digest.oid)) return refuse(Refusal::digest_mismatch);
  return pss;
}

Result<Algorithm> algorithm_of(const SignerInfo& info) {
  const AlgorithmName& algorithm = info.signature_algorithm;
  const SignatureRow* row = find_signature(algorithm.oid, info.digest.oid);
  if (row == nullptr) {
    if (signature_algorithm_name(algorithm.oid).empty()) {
      return refuse_because(Refusal::unsupported_signature,
                            oid_name(algorithm.oid) + std::string(kSignBetter));
    }
    return refuse_because(Refusal::digest_mismatch,
                          oid_name(algorithm.oid) + " with " + oid_name(info.digest.oid));
  }
  if (row->strength == Strength::broken) return weak(info);
  if (row->parameters == SignatureRow::Parameters::pss) {
    const auto pss = pss_of(info);
    if (!pss) return pss.error();
    return Algorithm{row->scheme, *pss};
  }
  const bool fits = row->parameters == SignatureRow::Parameters::absent
                        ? algorithm.parameters.empty()
                        : algorithm.parameters_absent_or_null();
  if (!fits) return refuse(Refusal::bad_signature_parameters);
  return Algorithm{row->scheme, std::nullopt};
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

// Nothing if that digest was not computed.
std::optional<bool> content_matches(const SignerInfo& info, const SignedAttributes& attributes,
                                    const Digester& digests) {
  const auto digest = digests.digest(info.digest.oid);
  if (!digest) return std::nullopt;
  return as_text(*digest) == as_text(attributes.message_digest);
}

// The same for a signature that is refused for its algorithms, as far as its attributes can be
// read.
std::optional<bool> content_matches(const SignerInfo& info, const SignedContent& content) {
  if (info.signed_attributes.empty()) return std::nullopt;
  const auto list = read_attributes(info.signed_attributes, context_tag(0));
  if (!list) return std::nullopt;
  const auto attributes = interpret(*list, content.content_type);
  return attributes ? content_matches(info, *attributes, content.digests) : std::nullopt;
}

bool is_named_certificate(const SignedAttributes& attributes, const Certificate& certificate) {
  if (!attributes.certificate) return true;
  const DigestRow* row = find_digest(attributes.certificate->digest_oid);
  return row != nullptr && row->strength == Strength::strong &&
         digest_of(*row, certificate.der()) == attributes.certificate->hash;
}

Status check_key_fits(const Certificate& candidate, const Algorithm& algorithm) {
  if (!candidate.objection().empty()) {
    return refuse_because(Refusal::bad_certificate, "that of " + candidate.shown_name() +
                                                        ", because " + candidate.objection());
  }
  switch (check_key(candidate, algorithm.scheme)) {
    case KeyFit::wrong_kind:
      return refuse_because(Refusal::unsupported_signature, "the key is " + candidate.key_text());
    case KeyFit::bad_size:
      return refuse_because(Refusal::signer_key_size,
                            "it has " + std::to_string(candidate.key_bits()) +
                                " bits, and RSA keys of " + std::to_string(kMinRsaBitsRead) +
                                " to " + std::to_string(kMaxRsaBitsRead) + " bits count");
    case KeyFit::fits:
      break;
  }
  return algorithm.pss ? check_pss_key(candidate, *algorithm.pss) : done();
}

Status check_signature(const SignerInfo& info, const Algorithm& algorithm,
                       const Certificate& candidate) {
  if (const Status fits = check_key_fits(candidate, algorithm); !fits) return fits.error();
  const Bytes message = as_set_of(info.signed_attributes);
  const auto& pss = algorithm.pss;
  const bool good =
      pss ? verify_pss(candidate, {pss->hash->engine, pss->mgf_hash->engine, pss->salt_bytes},
                       message, info.signature)
          : verify_signature(candidate, algorithm.scheme, message, info.signature);
  return good ? done() : refuse(Refusal::bad_signature);
}

// The certificates of one object, and how many may be tried beyond one for each signer.
struct Candidates {
  const std::vector<Certificate>& certificates;
  std::size_t more_trials = kMaxMoreTrials;
  std::size_t large_trials = kMaxLargeKeyTrials;

  std::optional<Certificate> first_called_by(const CertificateName& name) const;
  std::vector<Certificate> called_by(const CertificateName& name) const;
  bool take_one_more();
  // False for a large key once enough of them were tried.
  bool may_try(const Certificate& candidate);
};

std::optional<Certificate> Candidates::first_called_by(const CertificateName& name) const {
  const auto found = std::find_if(certificates.begin(), certificates.end(),
                                  [&](const Certificate& one) { return one.is_named_by(name); });
  return found == certificates.end() ? std::nullopt : std::optional(*found);
}

std::vector<Certificate> Candidates::called_by(const CertificateName& name) const {
  std::vector<Certificate> called;
  for (const Certificate& one : certificates) {
    const bool known = std::find(called.begin(), called.end(), one) != called.end();
    if (!known && one.is_named_by(name)) called.push_back(one);
  }
  return called;
}

bool Candidates::take_one_more() {
  if (more_trials == 0) return false;
  --more_trials;
  return true;
}

bool Candidates::may_try(const Certificate& candidate) {
  if (candidate.key_bits() <= kLargeKeyBits) return true;
  if (large_trials == 0) return false;
  --large_trials;
  return true;
}

struct Judged {
  const SignerInfo& info;
  const SignedAttributes& attributes;
  const Algorithm& algorithm;
};

// Finds the certificate under which the signature is right. Several may have the same name: an
// attacker can include one with somebody else's name, and it must not hide the right one.
Status find_signer(const Judged& judged, Candidates& candidates, SignerResult& result) {
  const auto& [info, attributes, algorithm] = judged;
  const auto called = candidates.called_by(info.name);
  if (called.empty()) return refuse(Refusal::signer_unknown);
  Status status = refuse(Refusal::signing_certificate_mismatch);
  bool is_first = true;
  for (const Certificate& candidate : called) {
    if (!is_named_certificate(attributes, candidate)) continue;
    if (!is_first && !candidates.take_one_more()) break;
    is_first = false;
    result.certificate = candidate;
    status = candidates.may_try(candidate)
                 ? check_signature(info, algorithm, candidate)
                 : refuse(Refusal::signer_key_size, "too many signatures by keys of this size");
    if (status) break;
  }
  return status;
}

bool is_weak(const Certificate& certificate) {
  const KeyKind kind = certificate.key_kind();
  return (kind == KeyKind::rsa || kind == KeyKind::rsa_pss) &&
         certificate.key_bits() < kMinRsaBitsWritten;
}

Status check_all(const SignerInfo& info, const SignedContent& content, Candidates& candidates,
                 SignerResult& result) {
  if (const Status good = check_digest(info); !good) {
    result.content_matches = content_matches(info, content);
    return good;
  }
  if (info.signed_attributes.empty()) return refuse(Refusal::no_signed_attributes);
  const auto list = read_attributes(info.signed_attributes, context_tag(0));
  if (!list) return list.error();
  const auto attributes = interpret(*list, content.content_type);
  if (!attributes) return attributes.error();
  result.signing_time = attributes->signing_time;
  result.type = attributes->type;
  result.capabilities = attributes->capabilities;
  result.content_matches = content_matches(info, *attributes, content.digests);
  if (!result.content_matches) return refuse(Refusal::digest_not_announced);
  const auto algorithm = algorithm_of(info);
  if (!algorithm) return algorithm.error();
  if (!*result.content_matches) return refuse(Refusal::message_digest_mismatch);
  if (const Status good = check_protection(info, *attributes); !good) return good.error();
  return find_signer({info, *attributes, *algorithm}, candidates, result);
}

SignerResult judge(const SignerInfo& info, const SignedContent& content, Candidates& candidates) {
  SignerResult result;
  result.name = info.name;
  // Who the signer claims to be, whatever becomes of the signature.
  result.certificate = candidates.first_called_by(info.name);
  result.digest = digest_name(info.digest);
  result.signature = signature_name(info);
  const Status judged = check_all(info, content, candidates, result);
  if (!judged) result.refusal = judged.error();
  result.weak_key = result.certificate && is_weak(*result.certificate);
  return result;
}

}  // namespace

std::vector<SignerResult> judge_signers(const std::vector<SignerInfo>& signers,
                                        const SignedContent& content,
                                        const std::vector<Certificate>& candidates) {
  Candidates tried{candidates};
  std::vector<SignerResult> results;
  for (const SignerInfo& signer : signers)
    results.push_back(judge(signer, content, tried));
  return results;
}

}  // namespace culvert::crypto
