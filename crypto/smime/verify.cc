#include "crypto/smime/verify.h"

#include <algorithm>

#include "crypto/cms/refusal.h"
#include "crypto/keys/chain.h"
#include "crypto/smime/cms_input.h"

namespace culvert::crypto {
namespace {

class NowhereSink final : public Sink {
 public:
  Status write(ByteView) override { return done(); }
};

Status check_validity(const Certificate& certificate, Time t) {
  if (certificate.valid_at(t)) return done();
  return permanent_error("certificate-expired", "the signer's certificate is valid only from " +
                                                    to_rfc3339(certificate.not_before()) + " to " +
                                                    to_rfc3339(certificate.not_after()));
}

Status check_trust(const Certificate& certificate, const Trust& trust) {
  Status status =
      permanent_error("signer-untrusted",
                      "the signer's certificate is neither trusted nor issued by a trusted one");
  for (const Certificate& one : trust.trusted) {
    if (one == certificate) return check_validity(certificate, trust.now);
    if (one.subject() != certificate.issuer()) continue;
    status = check_issued_by(certificate, one, trust.now);
    if (status) return status;
  }
  return status;
}

Status check_signer(const SignerResult& signer, const Trust& trust) {
  if (signer.refusal) return *signer.refusal;
  if (!signer.certificate) return refuse(Refusal::signer_unknown);
  const Certificate& certificate = *signer.certificate;
  if (!certificate.may_sign() || !certificate.may_protect_mail()) {
    return permanent_error("usage-not-allowed",
                           "the signer's certificate is not meant for signing mail");
  }
  if (signer.signing_time) {
    if (const Status then = check_validity(certificate, *signer.signing_time); !then) return then;
  }
  return check_trust(certificate, trust);
}

SignerVerdict verdict_of(const SignerResult& signer, const Trust& trust) {
  SignerVerdict verdict;
  if (signer.certificate) {
    const auto& addresses = signer.certificate->addresses();
    if (!addresses.empty()) verdict.address = addresses.front().text();
    verdict.subject = signer.certificate->subject_text();
    verdict.fingerprint = signer.certificate->key_id().hex();
  }
  verdict.signing_time = signer.signing_time;
  verdict.type = signer.type;
  if (const Status good = check_signer(signer, trust); !good) verdict.reason = good.error();
  return verdict;
}

struct Pass {
  VerifyReport report;
  std::uint64_t content_bytes;
};

Result<Pass> pass(RewindableSource& input, const Trust& trust, Sink& to) {
  const auto cms = CmsInput::open(input);
  if (!cms) return cms.error();
  const auto reader = SignedDataReader::open((*cms)->der());
  if (!reader) return reader.error();
  const auto count = copy_all(**reader, to);
  if (!count) return count.error();
  const auto result = (*reader)->finish({trust.trusted, SignerCandidates::Included::use});
  if (!result) return result.error();
  Pass out{{}, *count};
  for (const SignerResult& signer : result->signers) {
    out.report.signers.push_back(verdict_of(signer, trust));
  }
  return out;
}

}  // namespace

bool VerifyReport::valid() const {
  return !signers.empty() && std::all_of(signers.begin(), signers.end(),
                                         [](const SignerVerdict& one) { return one.valid(); });
}

Result<VerifyReport> verify(RewindableSource& input, const Trust& trust) {
  NowhereSink nowhere;
  auto result = pass(input, trust, nowhere);
  if (!result) return result.error();
  return std::move(result->report);
}

Result<std::uint64_t> write_verified_content(RewindableSource& input, const Trust& trust,
                                             Sink& to) {
  if (const Status back = input.rewind(); !back) return back.error();
  const auto result = pass(input, trust, to);
  if (!result) return result.error();
  if (!result->report.valid()) return refuse(Refusal::bad_signature, "the input changed");
  return result->content_bytes;
}

}  // namespace culvert::crypto
