// The inviting side of pairing: gives a code, answers `accept` (protocol.md, "Pairing"). Verifying
// and signing happen outside write transactions; the deciding checks are repeated inside.
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
  // The partner's node takes the domains from whoever has them in use.
  bool replaces = false;
};
struct GivenInvitation {
  std::string code;  // shown once
  Time expires{};
};
// Stores the invitation, then gives its code. permanent `bad-invitation-domain` if no partner's
// domain is named, or one is ours or a public suffix; `code-too-long`, `bad-url`.
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
// Gives the signed `accepted` once the pairing is on disk. Every refusal is permanent `refused`,
// whatever the reason (`detail` has it for the log), so that all wrong codes look alike to a
// stranger. Only a sender that knows the code's secret is told that the code is `expired` or
// `used`. The first identity that shows the right MAC spends the code; if it repeats its request,
// it gets the stored answer.
Result<Bytes> answer_accept(store::Store& store, const PairingSelf& self,
                            const AcceptRequest& request);

// Done if the MAC of a message whose signatures are not verified yet proves that its sender knows
// the secret of an invitation that it may use. A stranger's try costs this node no more than a
// hash. Tries are not limited: a limit would shut out the holder of the right code, and 128 bits
// need none (Named attack: Made-up codes). permanent `refused`, `expired`, `used`; errors of the
// store.
Status check_accept_claim(const store::Store& store, const PairingSelf& self,
                          const AcceptClaim& claim, Time now);

}  // namespace culvert::peering
