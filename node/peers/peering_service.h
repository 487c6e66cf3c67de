// Peering at work: carries the documents of peering/ over HTTPS and mail, and does what is due: the
// daily card, proofs of routes, answers to challenges (protocol.md, "Carriers"). What a document
// changes is decided and stored by peering/; here is only who carries it when.
//
// Persist, then act: everything is committed before it is answered or has an effect, and after a
// change of routes the flow is told (routing is refreshed, mail that waited is tried).
#pragma once

#include <memory>
#include <string>

#include "node/flow/flow_context.h"
#include "node/net/event_loop.h"
#include "node/net/https_server.h"

namespace culvert::node {

class PeeringService {
 public:
  // What it is given must outlive it.
  explicit PeeringService(FlowContext& context);
  ~PeeringService();
  PeeringService(const PeeringService&) = delete;
  PeeringService& operator=(const PeeringService&) = delete;

  // What peers are told; to be called once the listeners are bound, before the first tick.
  void set_url(std::string url);

  // One request on the peering port. On a loop; the work is done in a thread of the service.
  void handle(const SocketAddress& peer, HttpRequest request, HttpReply reply);

  // True for an address from which a peer's rightly signed message came lately. Any thread.
  bool knows(const IpAddress& client) const;

  // A peering message that came by mail: the opened RFC 5322 message. In a worker.
  void on_mail(const Fingerprint& peer, ByteView message);

  // Does in a worker whatever is due now; nothing if a round is still under way. Called every
  // second and when a command changed the store. Any thread.
  void tick();

  // Begins nothing new.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace culvert::node
