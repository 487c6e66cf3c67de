// Verifies a signed object, and says for each signer whether it may be believed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/cms/signed_data.h"

namespace culvert::crypto {

// Whom to believe. A signer's certificate counts if it is one of `trusted`, or issued by one of
// them.
struct Trust {
  std::vector<Certificate> trusted;
  // When the certificates must be valid, besides the signing time.
  Time now;
};

struct SignerVerdict {
  // The mail address in the certificate; empty if it names none (tunnel certificates do not).
  std::string address;
  std::string subject;      // of the certificate, printable; empty if none was found
  std::string fingerprint;  // of its key, hexadecimal; empty if none was found
  std::optional<Time> signing_time;
  SignatureType type = SignatureType::personal;
  // Why it does not count; nothing if it does.
  std::optional<Error> reason;
  bool valid() const { return !reason; }
};

struct VerifyReport {
  std::vector<SignerVerdict> signers;  // at least one
  bool valid() const;                  // every signer is
};

// Reads `input` (see cms_input.h) to its end and judges it; the content goes nowhere. An Error if
// the object as a whole is refused.
Result<VerifyReport> verify(RewindableSource& input, const Trust& trust);

// Reads `input` again and writes the signed content to `to`. permanent `bad-signature` if it is not
// what was verified: not valid under `trust` any more.
Result<std::uint64_t> write_verified_content(RewindableSource& input, const Trust& trust, Sink& to);

}  // namespace culvert::crypto
