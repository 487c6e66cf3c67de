// How people name mail in the queue, and how commands show it.
#pragma once

#include <string>
#include <vector>

#include "store/queue.h"

namespace culvert::cli {

// One entry, or all entries of a message.
struct QueueName {
  store::MessageId message;
  std::optional<std::uint16_t> number;
  std::string text() const;
};

// `<32 hex>.<n>` or `<32 hex>`; permanent `not-found` otherwise.
Result<QueueName> parse_queue_name(const std::string& text);

// The entries in the queue that `name` stands for.
std::vector<store::EntryId> entries_named(const store::ReadTransaction& txn, const QueueName& name);

// permanent `not-found`; the text says what may have happened.
Error not_queued(const QueueName& name);

std::vector<std::string> mailboxes_of(const std::vector<Recipient>& recipients);
// The first name, and the number of others.
std::string shortened(const std::vector<std::string>& names);
// `queued`, `deferred`, `held`.
std::string state_word(store::EntryState state);

}  // namespace culvert::cli
