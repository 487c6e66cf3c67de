#include "peering/tunnel_signer.h"

#include <algorithm>

namespace culvert::peering {
namespace {

Error not_tunnel(std::string text) { return permanent_error("not-tunnel", std::move(text)); }
Error wrong_signer(std::string text) { return permanent_error("wrong-signer", std::move(text)); }

bool lists(const RouteHolder& holder, const crypto::Certificate& certificate) {
  return std::find(holder.signing.begin(), holder.signing.end(), certificate) !=
         holder.signing.end();
}

// The certificate of the one signature, which must be right and of a domain. `nobody` says whom it
// would have to be by.
Result<crypto::Certificate> one_signer(crypto::SignedDataReader& content,
                                       const crypto::SignerCandidates& candidates,
                                       const std::string& nobody) {
  auto result = content.finish(candidates);
  if (!result) return result.error();
  if (result->signers.size() != 1) return not_tunnel("not exactly one signature");
  crypto::SignerResult& signer = result->signers.front();
  if (!signer.certificate) return wrong_signer("signed by nobody " + nobody);
  if (signer.refusal) return *signer.refusal;
  if (signer.type != crypto::SignatureType::domain) return not_tunnel("not a domain's signature");
  return *std::move(signer.certificate);
}

}  // namespace

Result<HolderWhoSigned> holder_who_signed(crypto::SignedDataReader& content,
                                          const SealedEnvelope& envelope,
                                          const OpenContext& context) {
  const auto holders = context.holders_of(envelope.from);
  if (!holders) return holders.error();
  if (holders->empty()) {
    return permanent_error("no-route", "nobody has a route " + envelope.from.text());
  }
  crypto::SignerCandidates candidates{{}, crypto::SignerCandidates::Included::ignore, 1};
  for (const RouteHolder& holder : *holders) {
    candidates.known.insert(candidates.known.end(), holder.signing.begin(), holder.signing.end());
  }
  auto signer = one_signer(content, candidates, "who holds the route " + envelope.from.text());
  if (!signer) return signer.error();
  // The certificate's end counts on arrival too: a thief of an expired key can choose the time of
  // sealing. If it is not valid yet on arrival, our clock is slow; check_age deals with that.
  if (!signer->valid_at(envelope.sealed) || signer->not_after() < context.arrived) {
    return wrong_signer("the certificate was not valid when it was sealed and when it arrived");
  }
  const auto holder = std::find_if(holders->begin(), holders->end(), [&](const auto& candidate) {
    return lists(candidate, *signer);
  });
  if (holder == holders->end()) return wrong_signer("signed by nobody known");
  return HolderWhoSigned{*std::move(signer), *holder};
}

Result<PeerWhoSigned> peer_who_signed(crypto::SignedDataReader& content,
                                      const OpenContext& context) {
  const crypto::SignerCandidates candidates{{}, crypto::SignerCandidates::Included::use, 1};
  auto signer = one_signer(content, candidates, "whose certificate is included");
  if (!signer) return signer.error();
  const auto peer = context.issuer_of(*signer);
  if (!peer) return peer.error();
  if (!*peer) return wrong_signer("signed by nobody whom the identity of a peer vouches for");
  return PeerWhoSigned{*std::move(signer), **peer};
}

}  // namespace culvert::peering
