// Verifies a signed object, and says for each signer whether it may be believed (trust.h).
#pragma once

#include <vector>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/smime/trust.h"

namespace culvert::crypto {

struct VerifyReport {
  std::vector<SignerVerdict> signers;  // at least one
  bool valid() const { return all_valid(signers); }
};

// Where the signed content is, if not in `input`: what a detached signature in DER or PEM is over.
// Null for all other input.
using DetachedContent = RewindableSource*;

// Reads `input` (see cms_input.h) to its end and judges it; the content goes nowhere. If `input` is
// a message and `trust` names no author, the author is whom its From names. An Error if the object
// as a whole is refused.
Result<VerifyReport> verify(RewindableSource& input, const Trust& trust,
                            DetachedContent detached = nullptr);

// Reads `input` again and writes the signed content to `to`. permanent `bad-signature` if it is not
// what was verified: not valid under `trust` any more.
Result<std::uint64_t> write_verified_content(RewindableSource& input, const Trust& trust, Sink& to,
                                             DetachedContent detached = nullptr);

}  // namespace culvert::crypto
