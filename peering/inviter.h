// The inviting side of pairing: gives a code, answers `accept` (protocol.md, "Pairing"). Verifying
// and signing happen outside write transactions; what decides is asked again inside.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "peering/handshake_documents.h"
#include "peering/peer_changes.h"
#include "store/invitations.h"
#include "store/store.h"

namespace culvert::peering {

inline constexpr std::chrono::hours kInvitationLifetime{72};

struct InvitationWish {
  Fingerprint inviter;
  std::string url;
  std::vector<Domain> own_domains;
  std::vector<Domain> partner_domains;  // at least one
  std::chrono::seconds valid = kInvitationLifetime;
};
struct GivenInvitation {
  std::string code;  // shown once
  Time expires{};
};
// Stores the invitation, then gives its code. permanent `bad-invitation-domain` for a partner's
// domain that is ours or a public suffix, `code-too-long`, `bad-url`.
Result<GivenInvitation> give_invitation(store::Store& store, const InvitationWish& wish, Time now);

// One node's part in pairing, as either side.
struct PairingSelf {
  IdentitySigner signer;
  ByteView card;  // our signed card, already committed
  const std::vector<Domain>& domains;
};

struct AcceptRequest {
  const VerifiedDocument& document;  // of type accept
  std::string address;               // of the client, for people
  Time now;
};
// The signed `accepted`, once the pairing is on disk. Every refusal is a permanent error with the
// code `refused`, whatever the reason (`detail` says it for the log): wrong codes are one and the
// same to a stranger. Who knows the secret of a code is told that it is `expired` or `used`. The
// first identity that shows the right MAC spends the code; repeats by it get the stored answer.
Result<Bytes> answer_accept(store::Store& store, const PairingSelf& self,
                            const AcceptRequest& request);

// Done if a message whose signatures were not verified yet knows the secret of an invitation that
// its sender may use: the MAC proves that, and costs a stranger's tries nothing but a hash. There
// is no limit on tries, because one would shut out who has the right code, and 128 bits need none
// (Named attack: Made-up codes). permanent `refused`, `expired`, `used`; errors of the store.
Status check_accept_claim(const store::Store& store, const PairingSelf& self,
                          const AcceptClaim& claim, Time now);

}  // namespace culvert::peering
