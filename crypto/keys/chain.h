// Is this certificate issued by that identity? Chains to public authorities, revocation and trust
// anchors stand elsewhere; peers are pinned (peering.md, principle 5).
#pragma once

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

}  // namespace culvert::crypto
