// Opened mail on its way inside: made ready in the worker that opened it, so that the commit only
// asks who had it before. Recording that and queueing the mail are one commit (promise 2, Once).
#pragma once

#include <memory>

#include "node/flow/flow_context.h"
#include "node/flow/taken_mail.h"
#include "node/intake/staged_mail.h"
#include "peering/tunnel_open.h"
#include "store/staged_records.h"

namespace culvert::node {

struct ReadyMail {
  store::MessageId carrier;     // the message that came through the tunnel
  Fingerprint peer;             // who sealed it
  std::string peer_domain;      // and under which domain
  store::MessageId culvert_id;  // under what name
  Time sealed{};
  Time opened{};
  std::vector<std::string> places;  // where the carrier came from (places_to_note)
  TakenMail mail;                   // for all whom the envelope names
  store::StagedBody body;
  store::StagedRecords records;  // of that mail, and what the traces of both say
};

// `carrier` is the message that came, `staged` and `body` what was in it. internal `bad-message`.
Result<std::shared_ptr<const ReadyMail>> ready_mail(const FlowContext& context,
                                                    const store::Message& carrier,
                                                    const peering::OpenedTunnelMail& opened,
                                                    const StagedMail& staged,
                                                    const store::StagedBody& body);

// Queues it for those who did not have it before; false if there are none. permanent `stale` for
// mail from before the time that can be remembered; temporary `disk-full`.
Result<bool> put_ready(store::WriteTransaction& txn, const ReadyMail& ready);

}  // namespace culvert::node
