// `culvert queue list` and `culvert queue show`: mail not yet delivered.
#include "store/queue.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "store/waiting.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/queue_names.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

using Json = nlohmann::ordered_json;

// How many entries are looked at, in all, for the reason why a destination takes nothing.
constexpr std::size_t kLookedThrough = 10'000;

struct EntryView {
  store::QueueEntry entry;
  std::optional<store::Message> message;
};

// Gives an entry that was not tried itself the reason why its destination takes nothing.
void add_reason(store::QueueEntry& entry, store::WaitReasons& reasons, Time now) {
  const bool waits = entry.reason.empty() && entry.state == store::EntryState::queued &&
                     entry.next_attempt + store::kOverdue <= now;
  if (!waits) return;
  const std::string& reason = reasons.of_destination(entry);
  if (!reason.empty()) entry.reason = "other mail for the same host: " + reason;
}

struct QueueView {
  std::vector<EntryView> entries;
  std::optional<store::EntryId> next;
  std::uint64_t length = 0;
};

std::string sender_of(const EntryView& view) {
  return view.message ? path_text(view.message->sender) : "?";
}

Json json_of(const EntryView& view) {
  const store::QueueEntry& entry = view.entry;
  const bool due_known = entry.state != store::EntryState::held;
  Json sender;
  if (view.message) sender = view.message->sender ? view.message->sender->text() : "";
  return {{"id", entry.id.text()},
          {"sender", sender},
          {"recipients", mailboxes_of(entry.recipients)},
          {"path", store::path_name(entry.path)},
          {"state", state_word(entry.state)},
          {"next", due_known ? Json(to_rfc3339(entry.next_attempt)) : Json()},
          {"reason", entry.reason}};
}

std::string due_text(const store::QueueEntry& entry, Time now) {
  if (entry.state == store::EntryState::held) return "never";
  return entry.next_attempt <= now ? "now" : relative_time(entry.next_attempt, now);
}

std::string table_of(const QueueView& view, Time now) {
  if (view.entries.empty()) return "The queue is empty.\n";
  Table table({"ID", "SENDER", "RECIPIENTS", "PATH", "STATE", "NEXT", "AGE", "REASON"});
  for (const EntryView& shown : view.entries) {
    const store::QueueEntry& entry = shown.entry;
    table.add({entry.id.text(), sender_of(shown), shortened(mailboxes_of(entry.recipients)),
               store::path_name(entry.path), state_word(entry.state), due_text(entry, now),
               relative_time(entry.created, now), entry.reason});
  }
  std::string text = table.text();
  if (view.next) {
    text += fmt::format("{} of {}; go on with: culvert queue list --from {}\n", view.entries.size(),
                        view.length, view.next->text());
  }
  return text;
}

Result<std::optional<store::EntryId>> from_option(const Arguments& arguments) {
  const auto given = arguments.value("--from");
  if (!given) return std::optional<store::EntryId>();
  const auto id = store::EntryId::parse(*given);
  if (!id) return usage_error("--from: '" + printable(*given, 80) + "' is not an id of the queue");
  return id;
}

Result<Report> queue_list(const Arguments& arguments) {
  const auto limit = limit_option(arguments);
  if (!limit) return limit.error();
  const auto from = from_option(arguments);
  if (!from) return from.error();
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto view = read_store<QueueView>(
      *node->store, [&](const store::ReadTransaction& txn) -> Result<QueueView> {
        QueueView all;
        auto page = store::list_queue(txn, *from, *limit);
        store::WaitReasons reasons(txn, kLookedThrough);
        for (store::QueueEntry& entry : page.entries) {
          add_reason(entry, reasons, node->now);
          auto message = store::find_message(txn, entry.id.message);
          all.entries.push_back({std::move(entry), std::move(message)});
        }
        all.next = page.next;
        all.length = store::queue_length(txn);
        return all;
      });
  if (!view) return view.error();
  Json items = Json::array();
  for (const EntryView& entry : view->entries)
    items.push_back(json_of(entry));
  const Json next = view->next ? Json(view->next->text()) : Json();
  return Report{
      .text = table_of(*view, node->now),
      .json = json_text({{"items", std::move(items)}, {"next", next}, {"length", view->length}})};
}

std::string words_of(const EntryView& view, Time now) {
  const store::QueueEntry& entry = view.entry;
  const auto line = [](std::string_view name, const std::string& value) {
    return value.empty() ? std::string() : fmt::format("{:<12} {}\n", name, printable(value, 2000));
  };
  std::string text = line("id", entry.id.text()) + line("sender", sender_of(view));
  for (const auto& mailbox : mailboxes_of(entry.recipients))
    text += line("recipient", mailbox);
  text += line("path", store::path_name(entry.path)) + line("destination", entry.destination);
  text += line("state", state_word(entry.state));
  text += line("next attempt", due_text(entry, now));
  text += line("attempts", std::to_string(entry.attempts)) + line("reason", entry.reason);
  text +=
      line("expires", to_rfc3339(entry.expires) + " (" + relative_time(entry.expires, now) + ")");
  if (view.message) {
    text += line("received", to_rfc3339(view.message->received) + " from " + view.message->client);
    text += line("size", size_text(view.message->size_bytes));
  }
  return text + "what happened: culvert trace " + entry.id.message.hex() + "\n";
}

Json details_of(const EntryView& view) {
  const store::QueueEntry& entry = view.entry;
  Json json = json_of(view);
  json["destination"] = entry.destination;
  json["attempts"] = entry.attempts;
  json["created"] = to_rfc3339(entry.created);
  json["expires"] = to_rfc3339(entry.expires);
  if (view.message) {
    json["size_bytes"] = view.message->size_bytes;
    json["client"] = view.message->client;
  }
  return json;
}

Result<Report> queue_show(const Arguments& arguments) {
  const auto name = parse_queue_name(*arguments.value("ID"));
  if (!name) return name.error();
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto views = read_store<std::vector<EntryView>>(
      *node->store, [&](const store::ReadTransaction& txn) -> Result<std::vector<EntryView>> {
        std::vector<EntryView> all;
        store::WaitReasons reasons(txn, kLookedThrough);
        for (const store::EntryId& id : entries_named(txn, *name)) {
          auto entry = store::find_entry(txn, id);
          if (entry) add_reason(*entry, reasons, node->now);
          if (entry) all.push_back({*std::move(entry), store::find_message(txn, id.message)});
        }
        return all;
      });
  if (!views) return views.error();
  if (views->empty()) return not_queued(*name);
  Report report;
  Json list = Json::array();
  for (const EntryView& view : *views) {
    report.text += (report.text.empty() ? "" : "\n") + words_of(view, node->now);
    list.push_back(details_of(view));
  }
  report.json = json_text({{"items", std::move(list)}});
  return report;
}

}  // namespace

std::vector<Command> queue_list_commands() {
  return {{.name = "queue list",
           .summary = "lists mail that is not yet delivered",
           .operands = {},
           .options = {{"--limit", "N", "at most so many; default 100"},
                       {"--from", "ID", "goes on there; the end of a page tells where"}},
           .detail = {},
           .example = "culvert queue list --limit 20",
           .run = queue_list},
          {.name = "queue show",
           .summary = "tells everything about mail in the queue",
           .operands = {{"ID", Operand::Count::one,
                         "of an entry (32 digits, a dot, a number), or of its message"}},
           .options = {},
           .detail = {},
           .example = "culvert queue show 00672f1c0a…b7.1",
           .run = queue_show}};
}

}  // namespace culvert::cli
