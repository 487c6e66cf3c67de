// Challenge and answer of the proof that a peer receives a domain's mail (protocol.md, "Proof").
// The verifier sends one challenge with a token by mail and, when HTTPS works, another with a
// second token. The prover answers with a signature over the tokens that it got. Pure functions,
// any thread.
//
// Members (frozen):
//   proof-challenge   proof (32 hex, the same in both challenges), domain, carrier "mail" or
//                     "https", token (32 hex)
//   proof-answer      proof, domain, tokens [mail token, https token; or the mail token alone]
// The answer's signature covers the tokens, sender, receiver and the domain, because it covers the
// whole document.
#pragma once

#include <array>
#include <optional>

#include "peering/document.h"

namespace culvert::peering {

using ProofId = std::array<std::uint8_t, 16>;
using ProofToken = std::array<std::uint8_t, 16>;

enum class ProofCarrier { mail, https };

struct ProofChallenge {
  ProofId proof{};
  Domain domain;
  ProofCarrier carrier = ProofCarrier::mail;
  ProofToken token{};
};
Result<Bytes> sign_challenge(const DocumentHead& head, const ProofChallenge& challenge,
                             const IdentitySigner& signer);
Result<ProofChallenge> read_challenge(const VerifiedDocument& document);

struct ProofAnswer {
  ProofId proof{};
  Domain domain;
  ProofToken mail_token{};
  std::optional<ProofToken> https_token;
};
Result<Bytes> sign_answer(const DocumentHead& head, const ProofAnswer& answer,
                          const IdentitySigner& signer);
Result<ProofAnswer> read_answer(const VerifiedDocument& document);

}  // namespace culvert::peering
