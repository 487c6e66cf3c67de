#include "crypto/smime/signed_reading.h"

#include <algorithm>

#include "crypto/cms/refusal.h"
#include "crypto/cms/signed_data.h"

namespace culvert::crypto {
namespace {

bool is_over_something_else(const SignerResult& signer) {
  return signer.refusal && signer.refusal->code == refusal_code(Refusal::message_digest_mismatch);
}

// Whether a signer signed other octets than those that are given now.
Result<bool> is_mismatch(CmsInput& input) {
  const auto reader = SignedDataReader::open_detached(input.der(), *input.signed_content());
  if (!reader) return reader.error();
  const auto result = (*reader)->finish({{}, SignerCandidates::Included::use});
  if (!result) return result.error();
  return std::any_of(result->signers.begin(), result->signers.end(), is_over_something_else);
}

}  // namespace

Status choose_reading(CmsInput& input) {
  if (!input.has_two_readings()) return done();
  const auto mismatch = is_mismatch(input);
  if (!mismatch) return mismatch.error();
  if (*mismatch) input.read_as_text();
  if (const Status back = input.der().rewind(); !back) return back.error();
  return input.signed_content()->rewind();
}

}  // namespace culvert::crypto
