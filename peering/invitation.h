// The invitation code that one administrator gives another (protocol.md, "By invitation"). It
// carries the trust of a first contact, so it is a secret until it is spent. This file only makes
// and reads codes; peering/inviter decides who may use one. Pure functions, any thread.
//
// Grammar of the code (frozen):
//   code     = "culvert1-" base32(payload checksum)        RFC 4648, 6, lower case, no padding
//   payload  = version fingerprint secret url domains domains
//   version  = %x01
//   fingerprint = 32 octets        the inviter's identity
//   secret   = 16 octets
//   url      = length (2 octets, high first) octets          one peering URL of the inviter
//   domains  = count (1 octet) *( length (1 octet) A-labels )   first the inviter's, then the
//                                                               accepter's; each ascending
//   checksum = first 4 octets of SHA-256("culvert1 code" || payload)
// A reader takes upper case and skips white space, because a mail program may wrap a code.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/names.h"
#include "crypto/base/result.h"

namespace culvert::peering {

inline constexpr std::size_t kInvitationSecretBytes = 16;
// People paste codes. Two dozen long domains on each side fit.
inline constexpr std::size_t kMaxInvitationPayloadBytes = 8 * 1024;
inline constexpr std::size_t kMaxPeeringUrlBytes = 1024;

using InvitationId = std::array<std::uint8_t, 16>;

// What a code says. `secret` has kInvitationSecretBytes.
struct Invitation {
  Fingerprint inviter;
  SecretBytes secret;
  std::string url;
  std::vector<Domain> inviter_domains;
  std::vector<Domain> accepter_domains;
};

// The octets that the code and the MACs of pairing cover. permanent `code-too-long` if there
// are more domains than a code can hold. The result holds the secret: wipe it.
Result<SecretBytes> invitation_payload(const Invitation& invitation);

// The code for `payload`, as people see it.
std::string code_of_payload(ByteView payload);

// A code that was read, with the payload it came from.
struct ReadCode {
  Invitation invitation;
  SecretBytes payload;
};

// permanent `bad-code` for anything that is not exactly a code: a typing error, a missing piece.
Result<ReadCode> read_code(std::string_view code);

// The invitation's name, which may be shown on the wire: the first 16 octets of
// SHA-256("culvert1 id" || secret).
InvitationId invitation_id(ByteView secret);

// True for an absolute https URL without user, query, fragment, control characters or blanks.
bool is_peering_url(std::string_view url);

}  // namespace culvert::peering
