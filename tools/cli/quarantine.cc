// `culvert quarantine list` and `culvert quarantine show`: mail that waits for a person, for a
// route or for its expiry.
#include "store/quarantine.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/peer_names.h"
#include "tools/cli/quarantine_names.h"
#include "tools/cli/queue_names.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

using Json = nlohmann::ordered_json;

// When the item expires, unless the clock was set.
Time end_of(const store::QuarantineItem& item, const node::Config& config) {
  return item.since + (item.peer ? config.limits.held_peer : config.limits.held_stranger);
}

Json json_of(const store::QuarantineItem& item, const node::Config& config) {
  return {{"id", item.message.id.hex()},
          {"sender", item.message.sender ? item.message.sender->text() : ""},
          {"recipients", mailboxes_of(item.recipients)},
          {"reason", item.reason_code},
          {"text", item.reason_text},
          {"since", to_rfc3339(item.since)},
          {"expires", to_rfc3339(end_of(item, config))}};
}

std::string table_of(const store::QuarantinePage& page, const std::string& reason, Time now) {
  if (page.items.empty()) {
    return reason.empty() ? "The quarantine is empty.\n"
                          : "Nothing is held for the reason '" + printable(reason, 40) + "'.\n";
  }
  Table table({"ID", "SENDER", "RECIPIENTS", "SINCE", "REASON", "WHAT IT MEANS"});
  for (const store::QuarantineItem& item : page.items) {
    table.add({item.message.id.hex(), path_text(item.message.sender),
               shortened(mailboxes_of(item.recipients)), relative_time(item.since, now),
               item.reason_code, item.reason_text});
  }
  std::string text = table.text();
  if (page.next) {
    text += "go on with: culvert quarantine list --from " + page.next->hex() +
            (reason.empty() ? "" : " --reason " + printable(reason, 40)) + "\n";
  }
  return text;
}

Result<Report> quarantine_list(const Arguments& arguments) {
  const auto limit = limit_option(arguments);
  if (!limit) return limit.error();
  std::optional<store::MessageId> from;
  if (const auto given = arguments.value("--from")) {
    const auto id = parse_quarantine_id(*given);
    if (!id) return id.error();
    from = *id;
  }
  const std::string reason = arguments.value("--reason").value_or("");
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto page = read_store<store::QuarantinePage>(
      *node->store, [&](const store::ReadTransaction& txn) -> Result<store::QuarantinePage> {
        return store::list_quarantine(txn, from, *limit, reason);
      });
  if (!page) return page.error();
  Json items = Json::array();
  for (const store::QuarantineItem& item : page->items)
    items.push_back(json_of(item, node->config));
  const Json next = page->next ? Json(page->next->hex()) : Json();
  return Report{.text = table_of(*page, reason, node->now),
                .json = json_text({{"items", std::move(items)}, {"next", next}})};
}

struct ItemView {
  store::QuarantineItem item;
  std::string peer;
};

std::string words_of(const ItemView& view, const OpenNode& node) {
  const store::QuarantineItem& item = view.item;
  const Time now = node.now;
  const Time end = end_of(item, node.config);
  const auto line = [](std::string_view name, const std::string& value) {
    return value.empty() ? std::string() : fmt::format("{:<12} {}\n", name, printable(value, 2000));
  };
  std::string text =
      line("id", item.message.id.hex()) + line("sender", path_text(item.message.sender));
  for (const auto& mailbox : mailboxes_of(item.recipients))
    text += line("recipient", mailbox);
  return text +
         line("since", to_rfc3339(item.since) + " (" + relative_time(item.since, now) + ")") +
         line("expires", to_rfc3339(end) + " (" + relative_time(end, now) + ")") +
         line("reason", item.reason_code) + line("meaning", item.reason_text) +
         line("peer", view.peer) + line("waits for", item.route_domain) +
         line("opens", item.opens ? to_rfc3339(*item.opens) + " (" +
                                        relative_time(*item.opens, now) + ", by itself)"
                                  : "") +
         line("told", item.trouble ? "its sender's node, as '" + item.trouble->reason + "'" : "") +
         line("from", item.message.client) + line("size", size_text(item.message.size_bytes));
}

Result<Report> quarantine_show(const Arguments& arguments) {
  const auto id = parse_quarantine_id(*arguments.value("ID"));
  if (!id) return id.error();
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto view = read_store<ItemView>(
      *node->store, [&](const store::ReadTransaction& txn) -> Result<ItemView> {
        auto item = store::find_quarantine(txn, *id);
        if (!item) return not_in_quarantine(*id);
        std::string peer = item->peer ? peer_name(txn, *item->peer) : "";
        return ItemView{*std::move(item), std::move(peer)};
      });
  if (!view) return view.error();
  Json json = json_of(view->item, node->config);
  json["peer"] = view->peer;
  json["route_domain"] = view->item.route_domain;
  if (const auto opens = view->item.opens) json["opens"] = to_rfc3339(*opens);
  json["client"] = view->item.message.client;
  json["size_bytes"] = view->item.message.size_bytes;
  return Report{.text = words_of(*view, *node), .json = json_text(json)};
}

}  // namespace

std::vector<Command> quarantine_commands() {
  const Operand id{"ID", Operand::Count::one, "as `culvert quarantine list` shows it"};
  return {{.name = "quarantine list",
           .summary = "lists mail that is held for a person or for a route",
           .operands = {},
           .options = {{"--limit", "N", "at most so many; default 100"},
                       {"--from", "ID", "goes on there; the end of a page tells where"},
                       {"--reason", "R", "only what is held for this reason"}},
           .detail = {},
           .example = "culvert quarantine list",
           .run = quarantine_list},
          {.name = "quarantine show",
           .summary = "tells why a mail is held",
           .operands = {id},
           .options = {},
           .detail = {},
           .example = "culvert quarantine show 00672f1c0a…b7",
           .run = quarantine_show}};
}

}  // namespace culvert::cli
