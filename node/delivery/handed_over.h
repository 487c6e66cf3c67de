// What is kept of tunnel mail that a peer has now, for its sender: the peer may give it back later
// (returned_mail.h), or tell that it cannot hand it on (heard_trouble.h). A lost answer counts: the
// peer may have taken this copy, and then takes no later one.
#pragma once

#include <optional>

#include "node/delivery/attempt.h"
#include "store/sealed_mail.h"
#include "store/sent.h"

namespace culvert::node {

struct HandedOver {
  // Mail that left under the tunnel address, for whose sender a report would come back to it; with
  // those recipients whose failure is to be reported.
  struct Sent {
    Bytes token;
    store::SentMail mail;
  };
  std::optional<Sent> sent;
  // People's mail with a sender.
  struct Sealed {
    Bytes name;
    std::uint32_t attempt = 0;
    store::SealedMail mail;
  };
  std::optional<Sealed> sealed;
};

// After an attempt. Pure.
HandedOver handed_over(const Attempt& attempt, const DeliveryReport& report, Time now);

// In the closure that settles it. The second reads nothing, and may be made ready before.
void note_sent_mail(const HandedOver& mail, store::WriteTransaction& txn);
void note_sealed_mail(const HandedOver& mail, store::RecordSink& out);

}  // namespace culvert::node
