// Verifies a signed object, and says for each signer whether it may be believed (trust.h). Only the
// outermost layer is looked at; opened.h takes off all layers. Any thread, one call per stream.
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

// Where the signed content is, if not in `input`: what a detached signature in DER or PEM covers.
// Null for all other input; with a multipart/signed it is refused, permanent `content-unexpected`.
using DetachedContent = RewindableSource*;

// Reads `input` (see cms_input.h) and `detached`, both from their beginning to the end, and judges;
// the content is dropped. If `input` is a message and `trust` names no author, the author is the
// one in its From. An Error if the object as a whole is refused: those of CmsInput and crypto/cms;
// a signature that does not count is a verdict. All is borrowed for the call.
Result<VerifyReport> verify(RewindableSource& input, const Trust& trust,
                            DetachedContent detached = nullptr);

// For what `verify` found valid: reads `input` and `detached` again, from their beginning, and
// writes the signed content to `to`, octet for octet; returns how many octets. permanent
// `bad-signature` if the input is no longer valid under `trust`, so not what was verified: what was
// written is then worthless.
Result<std::uint64_t> write_verified_content(RewindableSource& input, const Trust& trust, Sink& to,
                                             DetachedContent detached = nullptr);

}  // namespace culvert::crypto
