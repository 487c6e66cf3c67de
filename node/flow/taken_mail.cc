#include "node/flow/taken_mail.h"

#include <algorithm>

namespace culvert::node {

namespace {

// The trace is found under its sender and all its recipients.
void begin_trace(store::RecordSink& out, const store::Message& message,
                 const std::vector<store::QueueEntry>& entries, const store::TraceEvent& first) {
  std::vector<Mailbox> addresses;
  if (message.sender) addresses.push_back(*message.sender);
  for (const store::QueueEntry& entry : entries)
    for (const Recipient& r : entry.recipients)
      addresses.push_back(r.mailbox);
  store::begin_trace(out, message.id, first, addresses, message.message_id);
}

}  // namespace

store::QueueEntry new_entry(const store::MessageId& id, store::DeliveryPath path,
                            std::string destination, std::vector<Recipient> recipients, Time now,
                            std::chrono::seconds lifetime) {
  store::QueueEntry entry;
  entry.id = {id, 0};
  entry.path = path;
  entry.destination = std::move(destination);
  entry.recipients = std::move(recipients);
  entry.created = now;
  entry.next_attempt = now;
  entry.expires = now + lifetime;
  return entry;
}

std::vector<store::QueueEntry> entries_for(const TakenMail& mail, Time now) {
  std::vector<store::QueueEntry> entries;
  for (const PlannedRecipient& planned : mail.recipients) {
    const auto same = [&planned](const store::QueueEntry& e) {
      return e.path == planned.path && e.destination == planned.destination;
    };
    auto entry = std::find_if(entries.begin(), entries.end(), same);
    if (entry == entries.end()) {
      entry = entries.insert(
          entries.end(), new_entry(mail.message.id, planned.path, planned.destination, {}, now));
      entry->id.number = static_cast<std::uint16_t>(entries.size() - 1);
    }
    entry->recipients.push_back(planned.recipient);
  }
  return entries;
}

Status stage_mail(store::RecordSink& out, const store::Message& message,
                  const store::StagedBody& body, const std::vector<store::QueueEntry>& entries,
                  const store::TraceEvent& first) {
  if (const Status s = store::stage_message(out, message, body, entries); !s) return s;
  begin_trace(out, message, entries, first);
  return done();
}

Status put_mail(store::WriteTransaction& txn, const store::Message& message,
                const store::StagedBody& body, const std::vector<store::QueueEntry>& entries,
                const store::TraceEvent& first) {
  if (const Status s = store::put_message(txn, message, body, entries); !s) return s;
  begin_trace(txn, message, entries, first);
  return done();
}

}  // namespace culvert::node
