// Is this certificate issued by that identity, or does a chain lead from it to an anchor? Peers are
// pinned (peering.md, principle 5) and need no chain; users' certificates do. Revocation stands
// elsewhere. Nothing here reads a clock. Thread-safe.
#pragma once

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

// Done if `identity` can be the identity of a node: a self-signed P-256 CA whose subject holds its
// own fingerprint as serialNumber (peering.md). Times are not looked at. permanent `bad-identity`.
Status check_identity(const Certificate& identity);

// Intermediates that are looked at, and certificates in a chain.
inline constexpr std::size_t kMaxChainCandidates = 64;
inline constexpr std::size_t kMaxChainLength = 10;

// Where a chain may end, and what may stand in it.
struct ChainMaterial {
  std::vector<Certificate> anchors;        // trusted as they are, self-signed or not
  std::vector<Certificate> intermediates;  // of any source; trusted for nothing by themselves
};

// Done if `certificate` is an anchor itself and valid at `t`, or a chain as RFC 5280, section 6,
// demands leads from it to an anchor, valid at `t` throughout, with signatures of SHA-256 or
// better and RSA keys of 1,024 bits or more. Whether its usages and addresses fit is the caller's
// to check. Permanent errors: `certificate-expired` (also: not valid yet; of `certificate` itself),
// `untrusted` for all else, more than kMaxChainCandidates intermediates too.
Status check_chain(const Certificate& certificate, const ChainMaterial& material, Time t);

}  // namespace culvert::crypto
