// Seals one stored message for a peer, as a stream into a connection (protocol.md, "The tunnel
// form"). Memory use does not depend on the message. Runs in a worker; one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "crypto/base/stream.h"
#include "crypto/keys/certificate.h"
#include "crypto/keys/key_ring.h"
#include "peering/sealed_envelope.h"

namespace culvert::peering {

// Everything that a sealer borrows must outlive it.
struct SealRequest {
  // What goes into the seal, byte for byte: an RFC 5322 message with CRLF line ends.
  RewindableSource& original;
  // `envelope.from` comes from choose_culvert_from, and `sealed` is the time of this attempt. The
  // recipients are those that the next hop accepted in this transaction.
  const SealedEnvelope& envelope;
  const std::vector<Domain>& own_domains;
  std::string message_id;  // `<...>`, the same over retries
  std::string token;       // tunnel_token of this attempt
  const crypto::KeyRing& keys;
  crypto::Certificate signing;    // our tunnel signing certificate; its key is in `keys`
  crypto::Certificate recipient;  // the peer's tunnel encryption certificate that is valid now
};

class TunnelSealer {
 public:
  // Reads the original's header. permanent `bad-envelope`, `header-too-large`,
  // `unsupported-recipient`; errors of the source and the ring.
  static Result<std::unique_ptr<TunnelSealer>> start(const SealRequest& request);
  ~TunnelSealer();

  // For MAIL FROM of the carrying transaction.
  const ReversePath& mail_from() const;
  bool needs_smtputf8() const;

  // The next octets of the outgoing message (CRLF line ends, no dot-stuffing); empty at its end.
  // After an error the connection must be broken off, so that no part of the message counts.
  Result<Bytes> next();

 private:
  struct State;
  explicit TunnelSealer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The largest size of the outgoing message, for SIZE of RFC 1870: 1.37 times and some KiB.
std::uint64_t sealed_size_estimate(std::uint64_t original_bytes, std::size_t recipients);

}  // namespace culvert::peering
