#include "tools/cli/queue_names.h"

#include <fmt/format.h>

#include "crypto/base/log.h"
#include "tools/cli/command.h"

namespace culvert::cli {

std::string QueueName::text() const {
  return number ? store::EntryId{message, *number}.text() : message.hex();
}

Result<QueueName> parse_queue_name(const std::string& text) {
  if (const auto entry = store::EntryId::parse(text)) {
    return QueueName{entry->message, entry->number};
  }
  if (const auto message = store::MessageId::parse(text)) return QueueName{*message, std::nullopt};
  return permanent_error("not-found", "'" + printable(text, 80) +
                                          "' is no id; write one that `culvert queue list` shows");
}

std::vector<store::EntryId> entries_named(const store::ReadTransaction& txn,
                                          const QueueName& name) {
  // A message has one entry for each path and destination, at most one for each recipient.
  constexpr std::size_t kPage = 1001;
  std::vector<store::EntryId> ids;
  if (name.number) {
    const store::EntryId id{name.message, *name.number};
    if (store::has_entry(txn, id)) ids.push_back(id);
    return ids;
  }
  const auto page = store::list_queue(txn, store::EntryId{name.message, 0}, kPage);
  for (const store::QueueEntry& entry : page.entries) {
    if (entry.id.message == name.message) ids.push_back(entry.id);
  }
  return ids;
}

Error not_queued(const QueueName& name) {
  return permanent_error("not-found", "'" + name.text() +
                                          "' is not in the queue (delivered or dropped meanwhile? "
                                          "`culvert trace " +
                                          name.message.hex() + "` tells)");
}

std::vector<std::string> mailboxes_of(const std::vector<Recipient>& recipients) {
  std::vector<std::string> names;
  for (const Recipient& recipient : recipients) {
    names.push_back(recipient.mailbox.text());
  }
  return names;
}

std::string shortened(const std::vector<std::string>& names) {
  if (names.size() < 2) return names.empty() ? "" : names.front();
  return fmt::format("{} and {} more", names.front(), names.size() - 1);
}

std::string state_word(store::EntryState state) {
  switch (state) {
    case store::EntryState::queued:
      return "queued";
    case store::EntryState::deferred:
      return "deferred";
    case store::EntryState::held:
      return "held";
  }
  return {};
}

}  // namespace culvert::cli
