#include "node/flow/taken_mail.h"

#include <algorithm>

namespace culvert::node {

std::vector<store::QueueEntry> entries_for(const TakenMail& mail, Time now) {
  std::vector<store::QueueEntry> entries;
  for (const PlannedRecipient& planned : mail.recipients) {
    const auto same = [&planned](const store::QueueEntry& e) {
      return e.path == planned.path && e.destination == planned.destination;
    };
    auto entry = std::find_if(entries.begin(), entries.end(), same);
    if (entry == entries.end()) {
      store::QueueEntry fresh;
      fresh.id = {mail.message.id, static_cast<std::uint16_t>(entries.size())};
      fresh.path = planned.path;
      fresh.destination = planned.destination;
      fresh.created = now;
      fresh.next_attempt = now;
      fresh.expires = now + kQueueLifetime;
      entry = entries.insert(entries.end(), std::move(fresh));
    }
    entry->recipients.push_back(planned.recipient);
  }
  return entries;
}

std::vector<Mailbox> traced_addresses(const TakenMail& mail) {
  std::vector<Mailbox> addresses;
  if (mail.message.sender) addresses.push_back(*mail.message.sender);
  for (const PlannedRecipient& r : mail.recipients)
    addresses.push_back(r.recipient.mailbox);
  return addresses;
}

}  // namespace culvert::node
