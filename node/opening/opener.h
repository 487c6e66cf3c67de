// Opens what came in sealed (protocol.md, "Received"): tunnel mail is opened and queued for inside,
// or goes to quarantine as it came; a blob for somebody else passes untouched. The sender has had
// its 250 long before, so nobody outside learns which it was.
#pragma once

#include <functional>

#include "node/flow/flow_context.h"
#include "store/queue.h"

namespace culvert::node {

// A peering message that came by mail, in the seal of that peer: the opened RFC 5322 message.
// Called in a worker.
using PeeringMail = std::function<void(const Fingerprint& peer, ByteView message)>;

class Opener {
 public:
  // `context` must outlive it.
  Opener(FlowContext& context, PeeringMail on_peering_mail)
      : context_(context), on_peering_mail_(std::move(on_peering_mail)) {}

  // Opens what an entry of the path `open` brings; for a worker, because it computes. `done` is
  // called once, from any thread, when all that follows is committed, or with the error if it could
  // not be; what is temporary leaves the entry deferred.
  void open(store::QueueEntry entry, store::Message message,
            std::function<void(const Status&)> done);

 private:
  FlowContext& context_;
  PeeringMail on_peering_mail_;
};

}  // namespace culvert::node
