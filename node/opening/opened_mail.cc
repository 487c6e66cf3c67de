#include "node/opening/opened_mail.h"

#include "peering/tunnel_header.h"

namespace culvert::node {
namespace {}  // namespace

Outcome opened_outcome(const peering::OpenedTunnelMail& opened) {
  Outcome outcome;
  outcome.path = Outcome::Path::tunnel;
  outcome.peer = opened.envelope.from.text();
  outcome.signature =
      opened.mark == peering::SignedMark::yes ? Outcome::Signed::yes : Outcome::Signed::relay;
  outcome.encrypted = opened.cipher;
  if (opened.expected_tunnel) outcome.expected = Outcome::Expected::tunnel;
  outcome.why = opened.why;
  return outcome;
}

store::Message opened_message(const peering::OpenedTunnelMail& opened,
                              const store::Message& carrier, const store::MessageId& id, Time now) {
  const peering::SealedEnvelope& envelope = opened.envelope;
  store::Message message;
  message.id = id;
  message.received = now;
  message.listener = store::Listener::outside;
  message.client = carrier.client;
  message.client_port = carrier.client_port;
  message.client_extended = carrier.client_extended;
  message.sender = envelope.sender;
  message.body_kind = envelope.body;
  message.smtputf8 = envelope.smtputf8;
  message.ret = envelope.ret;
  message.envid = envelope.envid;
  // `passed` if anybody else wrote it: a report of ours, which the peer gets under our signature,
  // then quotes nothing of it.
  message.origin =
      opened.mark == peering::SignedMark::yes ? store::Origin::inside : store::Origin::passed;
  store::OpenedContext context;
  context.peer = opened.peer;
  context.sealed_sender = envelope.sender;
  if (carrier.sender) context.carrier = carrier.sender->text();
  message.opened = std::move(context);
  return message;
}

std::vector<PlannedRecipient> opened_recipients(const peering::SealedEnvelope& envelope) {
  std::vector<PlannedRecipient> planned;
  planned.reserve(envelope.recipients.size());
  for (const Recipient& r : envelope.recipients) {
    // The node's own addresses are no mailboxes inside.
    if (peering::is_tunnel_address(r.mailbox) || peering::is_peering_address(r.mailbox)) continue;
    planned.push_back(
        {r, store::DeliveryPath::inside, "", "opened from the tunnel of " + envelope.from.text()});
  }
  return planned;
}

}  // namespace culvert::node
