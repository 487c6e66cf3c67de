// The outer header of a tunnel message and its outer reverse-path (protocol.md, "The tunnel form").
// An edge between two nodes sees who writes to whom and when, as without a tunnel, and for which
// domain the mail is sealed (Culvert-For), but nothing else. Pure functions, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/names.h"
#include "peering/sealed_envelope.h"

namespace culvert::peering {

// Local parts that a node reserves for itself on every domain it serves, ASCII case ignored.
inline constexpr std::string_view kTunnelLocalPart = "culvert-tunnel";
inline constexpr std::string_view kPeeringLocalPart = "culvert-peering";

// True for `culvert-peering@` of any domain.
bool is_peering_address(const Mailbox& mailbox);
// True for `culvert-tunnel@` and `culvert-tunnel+...@` of any domain.
bool is_tunnel_address(const Mailbox& mailbox);

// Culvert-From: the From domain if it is ours, else that of MAIL FROM if ours, else the first of
// ours. `author`: the domain of the one From address, if there is one; `own_domains`, those that
// the peer accepts, is not empty.
Domain choose_culvert_from(const std::optional<Domain>& author, const ReversePath& sender,
                           const std::vector<Domain>& own_domains);

// The TOKEN of `culvert-tunnel+TOKEN@`: 32 hexadecimal digits, the first 128 bits of
// HMAC-SHA-256(key, "culvert1 tunnel token" 00 id attempt), `attempt` as 4 octets, high first.
std::string tunnel_token(ByteView key, const SealedId& id, std::uint32_t attempt);
// `culvert-tunnel+TOKEN@domain`.
Mailbox tunnel_address(std::string_view token, const Domain& domain);
// The octets of the TOKEN in an address of that form, ASCII case ignored; nothing for any other.
std::optional<Bytes> token_in(const Mailbox& mailbox);

// A field of the original is copied to the outer header only if it may stand there: its lines have
// at most 998 octets, the copied fields together are within this limit, and 8-bit octets are in an
// SMTPUTF8 message only. Otherwise the field is only inside the seal, where all fields are anyway.
inline constexpr std::size_t kMaxOuterCopiedBytes = 128 * 1024;

struct OuterPlan {
  std::string_view original_header;
  const SealedEnvelope& envelope;
  const std::vector<Domain>& own_domains;
  std::string message_id;  // `<...>`, the same over retries
  std::string token;       // of this attempt
};

struct OuterHeader {
  std::string header;     // ends with the empty line
  ReversePath mail_from;  // of the carrying transaction
  bool needs_smtputf8 = false;
};
OuterHeader make_outer_header(const OuterPlan& plan);

}  // namespace culvert::peering
