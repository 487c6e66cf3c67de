// `culvert queue retry` and `culvert queue drop`.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "store/trace.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/queue_names.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

// Changes one entry; false if it is gone.
using Change = bool (*)(store::WriteTransaction& txn, const store::EntryId& id, Time now);

// What is held has waited for a person, who speaks now.
bool retry_entry(store::WriteTransaction& txn, const store::EntryId& id, Time now) {
  const auto entry = store::find_entry(txn, id);
  const bool is_held = entry && entry->state == store::EntryState::held;
  return is_held ? store::release(txn, id, now) : store::retry(txn, id, now);
}

const std::vector<Recipient> kNobody;

bool drop_entry(store::WriteTransaction& txn, const store::EntryId& id, Time now) {
  const auto entry = store::find_entry(txn, id);
  if (!store::drop(txn, id)) return false;
  store::TraceEvent event{now, "dropped", {{"entry", id.text()}, {"by", "an administrator"}}};
  // The recipients of a damaged record are not known.
  for (const auto& mailbox : mailboxes_of(entry ? entry->recipients : kNobody)) {
    event.fields.emplace_back("recipient", mailbox);
  }
  store::add_trace(txn, id.message, event);
  return true;
}

// There may be a million entries. They are changed in pieces, so that a running node can write in
// between.
Result<std::size_t> change_all(const OpenNode& node, Change change) {
  constexpr std::size_t kPiece = 1000;
  std::size_t changed = 0;
  std::optional<store::EntryId> from;
  do {
    std::size_t count = 0;
    std::optional<store::EntryId> next;
    const Status written = node.store->write([&](store::WriteTransaction& txn) -> Status {
      const auto page = store::list_queue(txn, from, kPiece);
      std::size_t done_now = 0;
      for (const store::QueueEntry& entry : page.entries) {
        done_now += change(txn, entry.id, node.now) ? 1 : 0;
      }
      count = done_now;
      next = page.next;
      return done();
    });
    if (!written) return written.error();
    changed += count;
    from = next;
  } while (from);
  return changed;
}

// Changes all named entries or none: a typing error in one id changes nothing.
Result<std::size_t> change_named(const OpenNode& node, const std::vector<QueueName>& names,
                                 Change change) {
  std::size_t changed = 0;
  const Status written = node.store->write([&](store::WriteTransaction& txn) -> Status {
    std::size_t count = 0;
    for (const QueueName& name : names) {
      const auto ids = entries_named(txn, name);
      if (ids.empty()) return not_queued(name);
      for (const store::EntryId& id : ids)
        count += change(txn, id, node.now) ? 1 : 0;
    }
    changed = count;
    return done();
  });
  if (!written) return written.error();
  return changed;
}

Result<std::vector<QueueName>> names_given(const Arguments& arguments) {
  std::vector<QueueName> names;
  for (const std::string& text : arguments.all("ID")) {
    auto name = parse_queue_name(text);
    if (!name) return name.error();
    names.push_back(*std::move(name));
  }
  if (names.empty() == arguments.has("--all")) return names;
  return usage_error(names.empty() ? "name what is meant: one or more ids, or --all"
                                   : "either ids or --all, not both");
}

Result<std::size_t> change_queue(const Arguments& arguments, Change change) {
  const auto names = names_given(arguments);
  if (!names) return names.error();
  auto node = open_node(arguments);
  if (!node) return node.error();
  return names->empty() ? change_all(*node, change) : change_named(*node, *names, change);
}

Result<Report> queue_retry(const Arguments& arguments) {
  const auto changed = change_queue(arguments, retry_entry);
  if (!changed) return changed.error();
  return Report{.text = (*changed == 1 ? "1 entry is" : fmt::format("{} entries are", *changed)) +
                        " due now; a running node tries at once.\n",
                .json = json_text({{"retried", *changed}})};
}

Result<Report> queue_drop(const Arguments& arguments) {
  const auto changed = change_queue(arguments, drop_entry);
  if (!changed) return changed.error();
  return Report{.text = (*changed == 1 ? "1 entry was" : fmt::format("{} entries were", *changed)) +
                        " dropped; the senders are not told.\n",
                .json = json_text({{"dropped", *changed}})};
}

}  // namespace

std::vector<Command> queue_change_commands() {
  const Operand ids{"ID", Operand::Count::any, "of entries, or of messages with all their entries"};
  const Option all{"--all", "", "the whole queue"};
  return {{.name = "queue retry",
           .summary = "makes mail due now",
           .operands = {ids},
           .options = {all},
           .detail = "Held mail as well: if its cause is still there, the node holds it again.",
           .example = "culvert queue retry --all",
           .run = queue_retry},
          {.name = "queue drop",
           .summary = "removes mail from the queue for good; its sender is not told",
           .operands = {ids},
           .options = {all},
           .detail = {},
           .example = "culvert queue drop 00672f1c0a…b7.1",
           .run = queue_drop}};
}

}  // namespace culvert::cli
