// When this node's own tunnel certificates are renewed, and when their keys go (protocol.md,
// "Rollover"). Pure functions, any thread.
#pragma once

#include <chrono>
#include <vector>

#include "store/keyring.h"

namespace culvert::peering {

// Nodes that were set up together do not renew together.
inline constexpr std::chrono::hours kRenewalSpread{24};
// How long the key of a certificate that left the card still opens mail: partners seal to the
// newest on the card that they have, and what they sealed may be on its way for days.
inline constexpr std::chrono::hours kOldKeyKept{90 * 24};

// When the successor of a certificate is issued: at two thirds of its life, and up to
// kRenewalSpread later, by its serial number.
Time renewal_of(const store::StoredCertificate& certificate);

// Whether a certificate can be used at `now` with the key that this node holds.
bool is_usable(const store::StoredCertificate& certificate, Time now);

// When a new certificate of a role must be issued, `of_role` being all of that role in any order:
// when the newest usable one comes to its renewal; `now` if none is usable.
Time next_renewal(const std::vector<store::StoredCertificate>& of_role, Time now);

// Whether the key of a certificate, of the tunnel or for TLS, is no longer needed: it left the
// card, or ended without ever being on one, more than kOldKeyKept ago. `now` must not run ahead of
// the time that really passed (ClockWatch): a key that is gone does not come back.
bool key_may_go(const store::StoredCertificate& certificate, Time now);

}  // namespace culvert::peering
