#include "node/opening/ready_mail.h"

#include "node/flow/quarantine_source.h"
#include "node/opening/opened_mail.h"
#include "store/peer_networks.h"
#include "store/seen.h"
#include "store/trace.h"

namespace culvert::node {
namespace {

TakenMail taken_mail(const FlowContext& context, const store::Message& carrier,
                     const peering::OpenedTunnelMail& opened, const StagedMail& staged,
                     const store::StagedBody& body, Time now) {
  const std::string name = context.config.get()->node.name.text();
  TakenMail mail{opened_message(opened, carrier, staged.id(), now),
                 opened_recipients(opened.envelope)};
  mail.message.body = body.ref();
  mail.message.size_bytes = body.ref().size_bytes;
  mail.message.smtputf8 = mail.message.smtputf8 && staged.facts()->has_utf8;
  if (staged.facts()->from) mail.message.from_domain = staged.facts()->from->domain().text();
  mail.message.message_id = staged.facts()->message_id;
  mail.message.added_header = outcome_fields(opened_outcome(opened), name) +
                              received_field({opened.envelope.from.text(),
                                              address_in(carrier.client).value_or("unknown"),
                                              "CULVERT",
                                              {}},
                                             name, mail.message.id.hex(), now);
  return mail;
}

// For these recipients; there may be none.
Status stage(store::RecordSink& out, const ReadyMail& ready,
             const std::vector<PlannedRecipient>& recipients) {
  const TakenMail mail{ready.mail.message, recipients};
  const std::string new_id = mail.message.id.hex(), culvert_id = ready.culvert_id.hex();
  store::add_trace(out, ready.carrier,
                   {ready.opened,
                    recipients.empty() ? "repeated" : "opened",
                    {{"id", new_id}, {"culvert-id", culvert_id}}});
  if (recipients.empty()) return done();
  return stage_mail(out, mail.message, ready.body, entries_for(mail, ready.opened),
                    {ready.opened,
                     "opened",
                     {{"message-id", mail.message.message_id},
                      {"carrier", ready.carrier.hex()},
                      {"culvert-id", culvert_id}}});
}

std::vector<PlannedRecipient> note_all_seen(store::WriteTransaction& txn, const ReadyMail& ready) {
  std::vector<PlannedRecipient> fresh;
  for (const PlannedRecipient& r : ready.mail.recipients) {
    const Mailbox& mailbox = r.recipient.mailbox;
    if (store::note_seen(txn, ready.peer, ready.culvert_id, mailbox, ready.sealed)) {
      fresh.push_back(r);
    }
  }
  return fresh;
}

// For some of the recipients; which ones was unknown until now.
Status put_for(store::WriteTransaction& txn, const ReadyMail& ready,
               const std::vector<PlannedRecipient>& recipients) {
  if (const Status room = txn.require_room(); !room) return room;
  if (const Status s = stage(txn, ready, recipients); !s) return s;
  store::keep_body(txn, ready.body);
  return done();
}

}  // namespace

Result<std::shared_ptr<const ReadyMail>> ready_mail(const FlowContext& context,
                                                    const store::Message& carrier,
                                                    const peering::OpenedTunnelMail& opened,
                                                    const StagedMail& staged,
                                                    const store::StagedBody& body) {
  const Time now = context.clock.now();
  auto ready = std::make_shared<ReadyMail>(ReadyMail{
      carrier.id, opened.peer, opened.envelope.from.text(),
      *store::MessageId::from_bytes(opened.envelope.id), opened.envelope.sealed, now,
      places_to_note(context, carrier), taken_mail(context, carrier, opened, staged, body, now),
      body, store::StagedRecords(context.store)});
  if (const Status s = stage(ready->records, *ready, ready->mail.recipients); !s) return s.error();
  return std::shared_ptr<const ReadyMail>(std::move(ready));
}

Result<bool> put_ready(store::WriteTransaction& txn, const ReadyMail& ready) {
  if (ready.sealed < store::seen_horizon(txn)) {
    return permanent_error("stale", "sealed before the time that this node can remember");
  }
  const std::vector<PlannedRecipient> fresh = note_all_seen(txn, ready);
  if (fresh.empty()) {
    if (const Status s = stage(txn, ready, fresh); !s) return s.error();
    return false;
  }
  // Not for mail that was here before: anybody can send that again, from anywhere.
  for (const std::string& place : ready.places)
    store::note_peer_network(txn, ready.peer, place, ready.opened);
  const bool is_for_all = fresh.size() == ready.mail.recipients.size();
  const Status put =
      is_for_all ? store::put_staged(txn, ready.records, ready.body) : put_for(txn, ready, fresh);
  if (!put) return put.error();
  return true;
}

}  // namespace culvert::node
