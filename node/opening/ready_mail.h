// Opened mail on its way inside. The worker that opened it prepares it, so that the commit only
// asks which recipients had it before. Recording that and queueing the mail are one commit (promise
// 2, Once).
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
  std::string peer_domain;      // under which domain
  store::MessageId culvert_id;  // under which id
  Time sealed{};
  Time opened{};
  std::vector<std::string> places;  // where the carrier came from (places_to_note)
  TakenMail mail;                   // for all recipients in the envelope
  store::StagedBody body;
  store::StagedRecords records;  // of that mail, with the trace events of both messages
};

// `carrier` is the message that came, `staged` and `body` are its contents. internal `bad-message`.
Result<std::shared_ptr<const ReadyMail>> ready_mail(const FlowContext& context,
                                                    const store::Message& carrier,
                                                    const peering::OpenedTunnelMail& opened,
                                                    const StagedMail& staged,
                                                    const store::StagedBody& body);

// Queues the mail for the recipients that did not have it before; false if there are none.
// permanent `stale` for mail that is older than what can be remembered; temporary `disk-full`.
Result<bool> put_ready(store::WriteTransaction& txn, const ReadyMail& ready);

}  // namespace culvert::node
