// Checks whether an identity issued a certificate, or whether a chain leads from it to an anchor.
// Peers are pinned (protocol.md, "What must hold") and need no chain; users' certificates do.
// Revocation is not checked here. Nothing here reads a clock. Thread-safe.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/result.h"
#include "crypto/keys/certificate.h"

namespace culvert::crypto {

// Done if `certificate` names `identity` as its issuer, its signature verifies under the identity's
// key, the identity may issue, the certificate is not a CA, and both are valid at `t`. The caller
// checks usages. Permanent errors: `not-issued-by-identity`, `certificate-expired` (also: not valid
// yet).
Status check_issued_by(const Certificate& certificate, const Certificate& identity, Time t);

// permanent `certificate-expired`, with the certificate's name and times. Every caller uses it for
// a certificate that is not valid at the time in question.
Error certificate_expired(const Certificate& certificate);

// Done if `identity` can be the identity of a node: a self-signed P-256 CA whose subject holds its
// own fingerprint as serialNumber (protocol.md, "Certificates"). Times are not checked. permanent
// `bad-identity`.
Status check_identity(const Certificate& identity);

// The most intermediates that are considered, and the most certificates in a chain, both ends
// included.
inline constexpr std::size_t kMaxChainCandidates = 64;
inline constexpr std::size_t kMaxChainLength = 10;
// The limits for one message: certificate signatures that are verified (32 signers with two issuers
// each), and certificates that are tried in chains.
inline constexpr std::size_t kMaxChainSignatures = 96;
inline constexpr std::size_t kMaxChainSteps = 1024;

// The result of checking a certificate's signature under an issuer's key. `weak`: it verifies, or
// might, but its hash is weaker than SHA-256. `not_asked`: kMaxChainSignatures are used up.
enum class IssuedBy { holds, wrong, weak, not_asked };

// The work that all chains of one message may cost together, whatever its layers and signers, and
// the results that one chain leaves for the next. One thread at a time.
class ChainEffort {
 public:
  // Whether the key of `issuer` made the signature of `certificate`. Asking again costs nothing.
  // The issuer's key must be usable for verification (check_key).
  IssuedBy signature(const Certificate& certificate, const Certificate& issuer);
  // The number of signatures that were verified.
  std::size_t signatures() const { return known_.size(); }
  // False after kMaxChainSteps calls.
  bool take_step() { return ++steps_ <= kMaxChainSteps; }

 private:
  std::map<std::pair<Fingerprint, Fingerprint>, IssuedBy> known_;
  std::size_t steps_ = 0;
};

// Where a chain may end, and what may stand in it.
struct ChainMaterial {
  std::vector<Certificate> anchors;        // trusted as they are, self-signed or not
  std::vector<Certificate> intermediates;  // from any source; not trusted by themselves
};

// Done if `certificate` is itself an anchor and valid at `t`, or if a chain that meets RFC 5280,
// section 6, leads from it to an anchor. Every certificate of the chain must be valid at `t`, every
// signature must use SHA-256 or better, and no issuer may issue only for purposes other than mail
// (RFC 8550, 4.4.4). Whoever trusts an anchor checks the anchor's purposes. The search goes from
// the anchors down, so no key is used before an anchor vouches for it. The caller checks the usages
// and addresses of `certificate`. Permanent errors: `certificate-expired` (also: not valid yet),
// `untrusted` (also: the effort is spent). The `detail` of `untrusted` is for people: one printable
// sentence about the nearest fault (an issuer that is not at hand, has expired, may not issue for a
// name…), with names that strangers wrote.
Status check_chain(const Certificate& certificate, const ChainMaterial& material, Time t,
                   ChainEffort& effort);

}  // namespace culvert::crypto
