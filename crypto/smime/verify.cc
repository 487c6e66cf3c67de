#include "crypto/smime/verify.h"

#include "crypto/cms/refusal.h"
#include "crypto/smime/cms_input.h"
#include "crypto/smime/object_reason.h"
#include "crypto/smime/signed_content.h"
#include "crypto/smime/signed_reading.h"

namespace culvert::crypto {
namespace {

class NowhereSink final : public Sink {
 public:
  Status write(ByteView) override { return done(); }
};

struct Pass {
  VerifyReport report;
  std::uint64_t content_bytes;
};

// Nobody must believe that the other content was verified.
Error unexpected_content() {
  return permanent_error("content-unexpected",
                         "what was signed is in the message itself: leave the other content out");
}

Result<std::unique_ptr<SignedDataReader>> open_reader(CmsInput& cms, DetachedContent detached) {
  if (cms.signed_content() != nullptr && detached != nullptr) return unexpected_content();
  RewindableSource* content = cms.signed_content() != nullptr ? cms.signed_content() : detached;
  if (content == nullptr) return SignedDataReader::open(cms.der());
  return SignedDataReader::open_detached(cms.der(), *content);
}

// Runs check_object_in on what was read.
Status check_inside(CmsInput& cms, DetachedContent detached, const std::string& content_type) {
  if (!is_object_type(content_type)) return done();
  RewindableSource* content = cms.signed_content() != nullptr ? cms.signed_content() : detached;
  RewindableSource& outer = content != nullptr ? *content : cms.der();
  if (const Status back = outer.rewind(); !back) return back.error();
  if (content != nullptr) return check_object_in(content_type, *content);
  SignedContent inside(cms.der());
  return check_object_in(content_type, inside);
}

Result<Pass> pass(RewindableSource& input, const Trust& trust, Sink& to, DetachedContent detached) {
  const auto cms = CmsInput::open(input);
  if (!cms) return cms.error();
  if (const Status chosen = choose_reading(**cms); !chosen) return chosen.error();
  const auto reader = open_reader(**cms, detached);
  if (!reader) return explain_unsigned(reader.error(), (*cms)->der());
  if (const Status mail = check_mail_content((*reader)->content_type()); !mail) return mail.error();
  const auto count = copy_all(**reader, to);
  if (!count) return count.error();
  const auto result = (*reader)->finish({trust.trusted, SignerCandidates::Included::use});
  if (!result) return explain_unsigned(result.error(), (*cms)->der());
  if (const Status is = check_inside(**cms, detached, (*reader)->content_type()); !is) {
    return is.error();
  }
  Trust with_author = trust;
  if (!trust.author) with_author.author = author_of((*cms)->header());
  Pass out{{}, *count};
  ChainEffort effort;
  for (const SignerResult& signer : result->signers)
    out.report.signers.push_back(judge(signer, with_author, result->certificates, effort));
  if (with_author.author) {
    std::vector<SignerVerdict*> all;
    for (SignerVerdict& verdict : out.report.signers)
      all.push_back(&verdict);
    hold_to_author(all, *with_author.author);
  }
  return out;
}

}  // namespace

Result<VerifyReport> verify(RewindableSource& input, const Trust& trust, DetachedContent detached) {
  NowhereSink nowhere;
  auto result = pass(input, trust, nowhere, detached);
  if (!result) return result.error();
  return std::move(result->report);
}

Result<std::uint64_t> write_verified_content(RewindableSource& input, const Trust& trust, Sink& to,
                                             DetachedContent detached) {
  if (const Status back = input.rewind(); !back) return back.error();
  if (detached != nullptr) {
    if (const Status back = detached->rewind(); !back) return back.error();
  }
  const auto result = pass(input, trust, to, detached);
  if (!result) return result.error();
  if (!result->report.valid()) return refuse(Refusal::bad_signature, "another input than before");
  return result->content_bytes;
}

}  // namespace culvert::crypto
