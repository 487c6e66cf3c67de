// Opens mail that came in sealed (protocol.md, "Received"). Tunnel mail is opened and queued for
// inside, or goes to quarantine as it came; a blob for somebody else passes untouched. The sender
// got its 250 long before, so nobody outside learns which it was.
#pragma once

#include <functional>

#include "node/flow/flow_context.h"
#include "store/queue.h"

namespace culvert::node {

// Takes a peering message that came by mail, sealed by that peer: the opened RFC 5322 message.
// Called in a worker.
using PeeringMail = std::function<void(const Fingerprint& peer, ByteView message)>;

class Opener {
 public:
  // `context` must outlive it.
  Opener(FlowContext& context, PeeringMail on_peering_mail)
      : context_(context), on_peering_mail_(std::move(on_peering_mail)) {}

  // Opens the mail of an entry of the path `open`. Call it in a worker, because it computes. `done`
  // is called once, from any thread, when all that follows is committed, or with the error if it
  // could not be. A temporary error leaves the entry deferred.
  void open(store::QueueEntry entry, store::Message message,
            std::function<void(const Status&)> done);

 private:
  FlowContext& context_;
  PeeringMail on_peering_mail_;
};

}  // namespace culvert::node
