// Peering at work: carries the documents of peering/ over HTTPS and mail, and does what is due: the
// daily card, proofs of routes, answers to challenges (protocol.md, "Carriers"). peering/ decides
// and stores what a document changes; this service only decides who carries it when.
//
// Persist, then act: everything is committed before it is answered or has an effect. After a change
// of routes the mail flow is told: routing is refreshed, and mail that waited is tried.
#pragma once

#include <memory>
#include <string>

#include "node/flow/flow_context.h"
#include "node/net/event_loop.h"
#include "node/net/https_server.h"

namespace culvert::node {

class PeeringService {
 public:
  // All arguments must outlive it.
  explicit PeeringService(FlowContext& context);
  ~PeeringService();
  PeeringService(const PeeringService&) = delete;
  PeeringService& operator=(const PeeringService&) = delete;

  // The URL that peers are told. Call it once the listeners are bound, before the first tick.
  void set_url(std::string url);

  // Handles one request on the peering port. On a loop; the work is done in a thread of the
  // service.
  void handle(const SocketAddress& peer, HttpRequest request, HttpReply reply);

  // True for an address from which a validly signed message of a peer came lately. Any thread.
  bool knows(const IpAddress& client) const;

  // Takes a peering message that came by mail: the opened RFC 5322 message. In a worker.
  void on_mail(const Fingerprint& peer, ByteView message);

  // Does what is due now, in a worker; does nothing if a round is still in progress. Called every
  // second, and when a command changed the store. Any thread.
  void tick();

  // Starts nothing new.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace culvert::node
