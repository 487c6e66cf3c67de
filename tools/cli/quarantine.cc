// `culvert quarantine`: mail that waits for a person, or for a route.
#include "store/quarantine.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "store/trace.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/peer_names.h"
#include "tools/cli/queue_names.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const store::QuarantineItem& item) {
  return {{"id", item.message.id.hex()},
          {"sender", item.message.sender ? item.message.sender->text() : ""},
          {"recipients", mailboxes_of(item.recipients)},
          {"reason", item.reason_code},
          {"text", item.reason_text},
          {"since", to_rfc3339(item.since)}};
}

Result<store::MessageId> id_operand(const std::string& text) {
  const auto id = store::MessageId::parse(text);
  if (id) return *id;
  return permanent_error(
      "not-found",
      "'" + printable(text, 80) + "' is no id; write one that `culvert quarantine list` shows");
}

Error not_there(const store::MessageId& id) {
  return permanent_error("not-found", "'" + id.hex() +
                                          "' is not in quarantine (`culvert quarantine list` "
                                          "shows what is)");
}

std::string table_of(const store::QuarantinePage& page, Time now) {
  if (page.items.empty()) return "The quarantine is empty.\n";
  Table table({"ID", "SENDER", "RECIPIENTS", "SINCE", "REASON", "WHAT IT MEANS"});
  for (const store::QuarantineItem& item : page.items) {
    table.add({item.message.id.hex(), path_text(item.message.sender),
               shortened(mailboxes_of(item.recipients)), relative_time(item.since, now),
               item.reason_code, item.reason_text});
  }
  std::string text = table.text();
  if (page.next) text += "go on with: culvert quarantine list --from " + page.next->hex() + "\n";
  return text;
}

Result<Report> quarantine_list(const Arguments& arguments) {
  const auto limit = limit_option(arguments);
  if (!limit) return limit.error();
  std::optional<store::MessageId> from;
  if (const auto given = arguments.value("--from")) {
    const auto id = id_operand(*given);
    if (!id) return id.error();
    from = *id;
  }
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto page = read_store<store::QuarantinePage>(
      *node->store, [&](const store::ReadTransaction& txn) -> Result<store::QuarantinePage> {
        return store::list_quarantine(txn, from, *limit);
      });
  if (!page) return page.error();
  Json items = Json::array();
  for (const store::QuarantineItem& item : page->items)
    items.push_back(json_of(item));
  const Json next = page->next ? Json(page->next->hex()) : Json();
  return Report{.text = table_of(*page, node->now),
                .json = json_text({{"items", std::move(items)}, {"next", next}})};
}

struct ItemView {
  store::QuarantineItem item;
  std::string peer;
};

std::string words_of(const ItemView& view, Time now) {
  const store::QuarantineItem& item = view.item;
  const auto line = [](std::string_view name, const std::string& value) {
    return value.empty() ? std::string() : fmt::format("{:<12} {}\n", name, printable(value, 2000));
  };
  std::string text =
      line("id", item.message.id.hex()) + line("sender", path_text(item.message.sender));
  for (const auto& mailbox : mailboxes_of(item.recipients))
    text += line("recipient", mailbox);
  return text +
         line("since", to_rfc3339(item.since) + " (" + relative_time(item.since, now) + ")") +
         line("reason", item.reason_code) + line("meaning", item.reason_text) +
         line("peer", view.peer) + line("waits for", item.route_domain) +
         line("from", item.message.client) + line("size", size_text(item.message.size_bytes));
}

Result<Report> quarantine_show(const Arguments& arguments) {
  const auto id = id_operand(*arguments.value("ID"));
  if (!id) return id.error();
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto view = read_store<ItemView>(
      *node->store, [&](const store::ReadTransaction& txn) -> Result<ItemView> {
        auto item = store::find_quarantine(txn, *id);
        if (!item) return not_there(*id);
        std::string peer = item->peer ? peer_name(txn, *item->peer) : "";
        return ItemView{*std::move(item), std::move(peer)};
      });
  if (!view) return view.error();
  Json json = json_of(view->item);
  json["peer"] = view->peer;
  json["route_domain"] = view->item.route_domain;
  json["client"] = view->item.message.client;
  json["size_bytes"] = view->item.message.size_bytes;
  return Report{.text = words_of(*view, node->now), .json = json_text(json)};
}

Result<Report> quarantine_drop(const Arguments& arguments) {
  const auto id = id_operand(*arguments.value("ID"));
  if (!id) return id.error();
  auto node = open_node(arguments);
  if (!node) return node.error();
  const Status written = node->store->write([&](store::WriteTransaction& txn) -> Status {
    if (!store::drop_quarantine(txn, *id)) return not_there(*id);
    store::add_trace(txn, *id, {node->now, "dropped", {{"by", "an administrator"}}});
    return done();
  });
  if (!written) return written.error();
  return Report{.text = "Dropped " + id->hex() + " from the quarantine; nobody is told.\n",
                .json = json_text({{"dropped", id->hex()}})};
}

}  // namespace

std::vector<Command> quarantine_commands() {
  const Operand id{"ID", Operand::Count::one, "as `culvert quarantine list` shows it"};
  return {{.name = "quarantine list",
           .summary = "lists mail that is held for a person or for a route",
           .operands = {},
           .options = {{"--limit", "N", "at most so many; default 100"},
                       {"--from", "ID", "goes on there; the end of a page tells where"}},
           .detail = {},
           .example = "culvert quarantine list",
           .run = quarantine_list},
          {.name = "quarantine show",
           .summary = "tells why a mail is held",
           .operands = {id},
           .options = {},
           .detail = {},
           .example = "culvert quarantine show 00672f1c0a…b7",
           .run = quarantine_show},
          {.name = "quarantine drop",
           .summary = "removes a held mail for good",
           .operands = {id},
           .options = {},
           .detail = {},
           .example = "culvert quarantine drop 00672f1c0a…b7",
           .run = quarantine_drop}};
}

}  // namespace culvert::cli
