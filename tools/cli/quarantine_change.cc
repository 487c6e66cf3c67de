// `culvert quarantine release` and `culvert quarantine drop`.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "node/opening/waiting_mail.h"
#include "store/quarantine.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/progress.h"
#include "tools/cli/quarantine_names.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

// Changes one item; false if it is gone.
using Change = Result<bool> (*)(store::WriteTransaction& txn, const store::QuarantineItem& item,
                                Time now);

Result<bool> drop_item(store::WriteTransaction& txn, const store::QuarantineItem& item, Time now) {
  if (!store::drop_quarantine(txn, item.message.id)) return false;
  store::trace_end_of_item(txn, item, {now, "dropped", {{"by", "an administrator"}}},
                           store::TroubleState::dropped);
  return true;
}

// Queues the item to be opened again, as if it had just arrived, with the present keys and routes.
// Its age still counts from its arrival.
Result<bool> release_item(store::WriteTransaction& txn, const store::QuarantineItem& item,
                          Time now) {
  const auto moved =
      store::requeue_quarantine(txn, item.message.id, {node::entry_to_open(item, now)});
  if (!moved || !*moved) return moved;
  store::trace_end_of_item(txn, item, {now, "released", {{"by", "an administrator"}}}, {});
  return true;
}

// There may be a hundred thousand items. They are changed in pieces, so that a running node can
// write in between.
Result<std::size_t> change_all(const OpenNode& node, Change change, const std::string& reason) {
  constexpr std::size_t kPiece = 500;
  std::size_t changed = 0;
  Progress progress("done");
  std::optional<store::MessageId> from;
  do {
    std::size_t count = 0;
    std::optional<store::MessageId> next;
    const Status written = node.store->write([&](store::WriteTransaction& txn) -> Status {
      const auto page = store::list_quarantine(txn, from, kPiece, reason);
      count = 0;
      for (const store::QuarantineItem& item : page.items) {
        const auto done_now = change(txn, item, node.now);
        if (!done_now) return done_now.error();
        count += *done_now ? 1 : 0;
      }
      next = page.next;
      return done();
    });
    if (!written) return written.error();
    changed += count;
    from = next;
    if (from) progress.show(changed);
  } while (from);
  return changed;
}

// Changes all named items or none: a typing error in one id changes nothing.
Result<std::size_t> change_named(const OpenNode& node, const std::vector<store::MessageId>& ids,
                                 Change change) {
  std::size_t changed = 0;
  const Status written = node.store->write([&](store::WriteTransaction& txn) -> Status {
    changed = 0;
    for (const store::MessageId& id : ids) {
      const auto item = store::find_quarantine(txn, id);
      // A record that was altered on disk is not shown and can only be dropped. `culvert check`
      // names it.
      if (!item && change == drop_item && store::drop_quarantine(txn, id)) {
        ++changed;
        continue;
      }
      if (!item) return not_in_quarantine(id);
      const auto done_now = change(txn, *item, node.now);
      if (!done_now) return done_now.error();
      changed += *done_now ? 1 : 0;
    }
    return done();
  });
  if (!written) return written.error();
  return changed;
}

Result<std::vector<store::MessageId>> ids_given(const Arguments& arguments) {
  std::vector<store::MessageId> ids;
  for (const std::string& text : arguments.all("ID")) {
    const auto id = parse_quarantine_id(text);
    if (!id) return id.error();
    // An id that is named twice counts once.
    if (std::find(ids.begin(), ids.end(), *id) == ids.end()) ids.push_back(*id);
  }
  if (ids.empty() != arguments.has("--all")) {
    return usage_error(ids.empty() ? "name what is meant: one or more ids, or --all"
                                   : "either ids or --all, not both");
  }
  if (!ids.empty() && arguments.has("--reason")) {
    return usage_error("--reason goes with --all; with ids it is not needed");
  }
  return ids;
}

Result<std::size_t> change_quarantine(const Arguments& arguments, Change change) {
  const auto ids = ids_given(arguments);
  if (!ids) return ids.error();
  auto node = open_node(arguments);
  if (!node) return node.error();
  if (!ids->empty()) return change_named(*node, *ids, change);
  return change_all(*node, change, arguments.value("--reason").value_or(""));
}

Result<Report> quarantine_drop(const Arguments& arguments) {
  const auto changed = change_quarantine(arguments, drop_item);
  if (!changed) return changed.error();
  return Report{
      .text = "Dropped " + counted(*changed, "mail") + " from the quarantine; nobody is told.\n",
      .json = json_text({{"dropped", *changed}})};
}

Result<Report> quarantine_release(const Arguments& arguments) {
  const auto changed = change_quarantine(arguments, release_item);
  if (!changed) return changed.error();
  return Report{.text = counted(*changed, "mail") +
                        " will be opened anew; what cannot be opened still comes back here.\n",
                .json = json_text({{"released", *changed}})};
}

}  // namespace

std::vector<Command> quarantine_change_commands() {
  const Operand ids{"ID", Operand::Count::any, "as `culvert quarantine list` shows it"};
  const Option all{"--all", "", "everything that is held"};
  const Option reason{"--reason", "R", "with --all: only what is held for this reason"};
  return {{.name = "quarantine release",
           .summary = "opens held mail anew, with the keys and routes of now",
           .operands = {ids},
           .options = {all, reason},
           .detail = {},
           .example = "culvert quarantine release --all --reason unknown-key",
           .run = quarantine_release},
          {.name = "quarantine drop",
           .summary = "removes held mail for good",
           .operands = {ids},
           .options = {all, reason},
           .detail = {},
           .example = "culvert quarantine drop --all --reason stale",
           .run = quarantine_drop}};
}

}  // namespace culvert::cli
