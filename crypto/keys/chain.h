// Is this certificate issued by that identity, or does a chain lead from it to an anchor? Peers are
// pinned (protocol.md, "What must hold") and need no chain; users' certificates do. Revocation
// stands elsewhere. Nothing here reads a clock. Thread-safe.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/result.h"
#include "crypto/keys/certificate.h"

namespace culvert::crypto {

// Done if `certificate` names `identity` as its issuer, its signature verifies under the identity's
// key, the identity may issue, the certificate is no CA, and both are valid at `t`. Usages are the
// caller's to check. Permanent errors: `not-issued-by-identity`, `certificate-expired` (also: not
// valid yet).
Status check_issued_by(const Certificate& certificate, const Certificate& identity, Time t);

// permanent `certificate-expired`, which says whose certificate and its times: what everybody tells
// of one that is not valid at the time in question.
Error certificate_expired(const Certificate& certificate);

// Done if `identity` can be the identity of a node: a self-signed P-256 CA whose subject holds its
// own fingerprint as serialNumber (protocol.md, "Certificates"). Times are not looked at. permanent
// `bad-identity`.
Status check_identity(const Certificate& identity);

// Intermediates that are looked at, and certificates in a chain, both ends included.
inline constexpr std::size_t kMaxChainCandidates = 64;
inline constexpr std::size_t kMaxChainLength = 10;
// For one message: signatures of certificates that are verified (32 signers with two issuers each),
// and certificates that are tried in chains.
inline constexpr std::size_t kMaxChainSignatures = 96;
inline constexpr std::size_t kMaxChainSteps = 1024;

// What became of the signature of a certificate under the key of an issuer. `weak`: it holds, or
// could, but its hash is not SHA-256 or better; `not_asked`: kMaxChainSignatures have been asked.
enum class IssuedBy { holds, wrong, weak, not_asked };

// What the chains of one message may cost together, whatever its layers and signers, and what is
// known from one chain for the next. One thread at a time.
class ChainEffort {
 public:
  // Whether the key of `issuer` made the signature of `certificate`. The same question costs
  // nothing again. The issuer has a key that is computed with (check_key).
  IssuedBy signature(const Certificate& certificate, const Certificate& issuer);
  // How many signatures were verified.
  std::size_t signatures() const { return known_.size(); }
  // False once there were kMaxChainSteps.
  bool take_step() { return ++steps_ <= kMaxChainSteps; }

 private:
  std::map<std::pair<Fingerprint, Fingerprint>, IssuedBy> known_;
  std::size_t steps_ = 0;
};

// Where a chain may end, and what may stand in it.
struct ChainMaterial {
  std::vector<Certificate> anchors;        // trusted as they are, self-signed or not
  std::vector<Certificate> intermediates;  // of any source; trusted for nothing by themselves
};

// Done if `certificate` is an anchor itself and valid at `t`, or a chain as RFC 5280, section 6,
// demands leads from it to an anchor, valid at `t` throughout, with signatures of SHA-256 or
// better, and through nobody who issues for other purposes than mail alone (RFC 8550, 4.4.4); an
// anchor's purposes are for those to look at who trust it. The chain is looked for from the anchors
// down, so that no key is computed with before an anchor vouches for it. Whether the usages and
// addresses of `certificate` fit is the caller's to check. Permanent errors: `certificate-expired`
// (also: not valid yet), `untrusted` (also: the effort is spent), whose `detail` is for people: one
// sentence about the nearest fault (an issuer that is not at hand, has expired, may not issue for a
// name…), printable, with names that strangers wrote.
Status check_chain(const Certificate& certificate, const ChainMaterial& material, Time t,
                   ChainEffort& effort);

}  // namespace culvert::crypto
