// Opens a message from a peer (protocol.md, "Received"). The sealed envelope alone decides; the
// outer header and envelope only carry it. Memory use does not depend on the message. Runs in a
// worker.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/stream.h"
#include "crypto/keys/certificate.h"
#include "crypto/keys/key_ring.h"
#include "peering/sealed_envelope.h"
#include "store/peers.h"
#include "store/routes.h"

namespace culvert::peering {

// One peer with a route for a domain, in whatever state.
struct RouteHolder {
  Fingerprint peer;
  store::PeerState peer_state = store::PeerState::paired;
  store::RouteState route_state = store::RouteState::claimed;
  Time since{};                              // of the route's state
  bool in_force = false;                     // is or was active, and not released
  bool ever_listed_present_form = false;     // the peer's card once did
  std::vector<crypto::Certificate> signing;  // on the peer's current card, without revoked ones
};
// A peer with its certificates parsed, once for all its routes: a card may have a thousand domains.
struct SigningPeer {
  Fingerprint fingerprint;
  store::PeerState state;
  std::vector<crypto::Certificate> signing;  // on its current card or allowed, without revoked ones
  bool ever_listed_present_form = false;
};
// `signing` comes from its pinned_certificates.
SigningPeer signing_peer(const store::ReadTransaction& txn, const store::Peer& peer,
                         std::vector<crypto::Certificate> signing);
std::vector<crypto::Certificate> without_revoked(const store::ReadTransaction& txn,
                                                 const Fingerprint& peer,
                                                 std::vector<crypto::Certificate> certificates);
RouteHolder holder_of(const store::Route& route, const SigningPeer& peer);

// All peers with a route for the domain, from the store.
std::vector<RouteHolder> route_holders(const store::ReadTransaction& txn, const Domain& domain);

struct OpenContext {
  const crypto::KeyRing& keys;  // our tunnel encryption keys
  const std::vector<Domain>& own_domains;
  Time arrived;  // when we answered 250, or now if that is earlier: for `stale`
  Time now;      // for `future`, which is judged again later
  // All peers with a route for the domain; called while the message is read.
  std::function<Result<std::vector<RouteHolder>>(const Domain&)> holders_of;
  // The peer whose identity issued a certificate (issuing_peer.h): for peering mail.
  std::function<Result<std::optional<Fingerprint>>(const crypto::Certificate&)> issuer_of;
};

// yes: the peer's own mail. relay: rightly sealed by the peer, but written by somebody else, or in
// a form that does not say who wrote it.
enum class SignedMark { yes, relay };

// A message that was decrypted and signed by a peer, and whose envelope may be obeyed. Only
// `open_tunnel` makes one.
struct OpenedTunnelMail {
  SealedEnvelope envelope;
  Fingerprint peer;
  crypto::Certificate signer;
  std::string cipher;  // `aes256-gcm`
  SignedMark mark = SignedMark::relay;
  // Mail of this author should have come as the author's own: `expected=tunnel` (relay only).
  bool expected_tunnel = false;
  // For people, when the mark is relay. `display-name`: a tunnel is expected only because of a name
  // beside the author's address; policy does not act on that.
  std::string why{};
  // A peering message: the sole recipient is culvert-peering@ of ours, and the sender is null. It
  // is for the node itself, whatever the route's state, and is never handed inside.
  bool for_peering = false;
};

// What is known of a message, however far opening got, for quarantine and trace.
struct OpenTrace {
  std::optional<Fingerprint> peer;         // set once the peer's signature was verified
  std::optional<SealedEnvelope> envelope;  // only a claim unless `peer` is set
};

// Opens `blob` (tunnel_blob.h) and writes the original to `staged`. If the call fails, the caller
// discards what was written. Permanent errors (the message waits or goes to quarantine):
//   no-route        the signer has no open route for Culvert-From; the message waits for one
//   wrong-signer    signed by nobody who holds that route
//   not-for-us      Culvert-To or a sealed recipient is not of our domains
//   bad-address     a sealed recipient, or a sender that a report would go to, hides a route
//   old-form        people's mail in form 1, from a peer whose card once listed form 2
//   stale           sealed too long before it arrived
//   future          sealed more than kMaxSealedAhead after now
//   bad-envelope, bad-line-end, header-too-large, not-tunnel, and the refusals of crypto/cms.
// Errors of `holders_of` and of the streams are passed on.
Result<OpenedTunnelMail> open_tunnel(RewindableSource& blob, const OpenContext& context,
                                     Sink& staged, OpenTrace& trace);

}  // namespace culvert::peering
