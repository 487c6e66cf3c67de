// Peering messages as mail (protocol.md, "Carriers"): a small message to the reserved address,
// which the delivery path `proof` seals for the peer; and the same message once it is opened.
#pragma once

#include "crypto/base/clock.h"
#include "crypto/base/names.h"
#include "node/flow/flow_context.h"
#include "node/flow/mail_log.h"

namespace culvert::node {

struct PeeringMailRequest {
  Fingerprint peer;  // to whose key it is sealed
  Domain domain;     // the mail goes to culvert-peering@ this domain
  ByteView message;  // CMS
  std::chrono::seconds lifetime;
  enum class Content { other, challenge } content = Content::other;
};
// Puts the mail into the queue, in one commit. Errors of the store. For a worker.
Status send_peering_mail(FlowContext& context, const PeeringMailRequest& request);

// Tells the route about its challenge, in the commit that records how an attempt to deliver such
// mail ended. `next_try` counts if the mail waits.
void note_peering_mail(store::WriteTransaction& txn, const store::QueueEntry& entry,
                       const DeliveryTold& told, Time next_try, Time now);

// The CMS octets in an opened message. permanent `not-peering` unless the whole body is one peering
// message.
Result<Bytes> peering_message_of(ByteView mail);

}  // namespace culvert::node
