// Who signed a tunnel message (protocol.md, "Received"). Certificates in a message are claims: what
// counts is on the card of a peer, or, for peering mail, was issued by the identity of one.
#pragma once

#include "crypto/cms/signed_data.h"
#include "peering/tunnel_open.h"

namespace culvert::peering {

// People's mail: the one signature must be by a certificate on the card of a peer with a route for
// Culvert-From. The search goes from route to certificate, never from certificate to peer.
// `content` is read to its end. permanent `no-route`, `wrong-signer`, `not-tunnel`, and the
// refusals of crypto/cms; errors of `context.holders_of`.
struct HolderWhoSigned {
  crypto::Certificate certificate;
  RouteHolder holder;
};
Result<HolderWhoSigned> holder_who_signed(crypto::SignedDataReader& content,
                                          const SealedEnvelope& envelope,
                                          const OpenContext& context);

// Peering mail: by any certificate that the identity of a paired peer issued for signing, on a card
// here or not, ended or not. So two nodes that were off for months find each other again. What is
// inside must be signed by the identity itself. The same errors; those of `context.issuer_of`.
struct PeerWhoSigned {
  crypto::Certificate certificate;
  Fingerprint peer;
};
Result<PeerWhoSigned> peer_who_signed(crypto::SignedDataReader& content,
                                      const OpenContext& context);

}  // namespace culvert::peering
