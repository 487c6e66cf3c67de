// The envelope inside the seal: the `Culvert-*` fields of protocol.md, "The tunnel form". It alone
// decides what happens to a message that came through a tunnel. Pure functions, any thread.
//
// Grammar (frozen); every line has at most 998 octets, ends in CRLF and is not folded:
//   Culvert-Tunnel: 1 | 2
//   Culvert-Id: 32 lower-case hexadecimal digits
//   Culvert-Sealed: RFC 3339 time in UTC, whole seconds
//   Culvert-From: domain                 Culvert-To: domain                  (A-labels, lower case)
//   Culvert-Origin: inside | passed | node        (form 2 has it always, form 1 never)
//   Culvert-Sender: path [ BODY=7BIT | BODY=8BITMIME ] [ SMTPUTF8 ] [ RET=FULL | RET=HDRS ] [
//   ENVID=xtext ] 1*1000 ( Culvert-Recipient: path [ NOTIFY=... ] [ ORCPT=type;xtext ] )
// One blank separates the parts; the parameters stand in this order (RFC 3461, 4; RFC 6152; RFC
// 6531). Origin `node` is for mail with the null path only.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/envelope.h"
#include "crypto/base/result.h"
#include "crypto/mime/header_limits.h"

namespace culvert::peering {

// RFC 5322, 2.1.1, without CRLF.
inline constexpr std::size_t kMaxEnvelopeLineOctets = 998;
// 1,000 recipients and the fields before them.
inline constexpr std::size_t kMaxEnvelopeBytes = crypto::kSealedFront.bytes;

using SealedId = std::array<std::uint8_t, 16>;

// Form 1 does not say where the mail came from, so nothing in it is ever trusted as the peer's own.
enum class TunnelForm : std::uint8_t { old = 1, present = 2 };

// Who wrote the sealed mail. inside: people of the sealing node's organisation; passed: somebody
// else, from whom that node, or one before it, took the mail; node: the sealing node itself.
enum class SealedOrigin { passed, inside, node };

struct SealedEnvelope {
  SealedId id{};
  Time sealed{};
  Domain from;
  Domain to;
  TunnelForm form = TunnelForm::present;
  SealedOrigin origin = SealedOrigin::passed;  // always `passed` for form 1
  ReversePath sender{};
  BodyKind body = BodyKind::seven_bit;
  bool smtputf8 = false;
  Ret ret = Ret::unset;
  std::string envid{};  // fits is_envid, or empty
  std::vector<Recipient> recipients{};

  bool operator==(const SealedEnvelope&) const = default;
};

// Writes the fields with their line ends, in `envelope.form`. permanent `bad-envelope` if a value
// does not fit the grammar (so that nothing a client supplied can add a line), or there is no
// recipient or too many.
Result<std::string> write_sealed_envelope(const SealedEnvelope& envelope);

// Reads exactly what `write_sealed_envelope` writes, BODY=7BIT, and NOTIFY in any order. Unknown,
// repeated, missing or re-ordered fields, other spacing or case: permanent `bad-envelope`.
Result<SealedEnvelope> read_sealed_envelope(std::string_view fields);

}  // namespace culvert::peering
