// `culvert trace`: what happened to a message.
#include "store/trace.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "crypto/mime/message_id.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/progress.h"
#include "tools/cli/queue_names.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Traced {
  store::MessageId id;
  std::vector<store::TraceEvent> events;
};

std::string words_of(const Traced& traced) {
  std::string text = traced.id.hex() + "\n";
  std::size_t width = 0;
  for (const auto& event : traced.events)
    width = std::max(width, event.event.size());
  for (const store::TraceEvent& event : traced.events) {
    text += fmt::format("  {}  {:<{}}", to_rfc3339(event.time), printable(event.event), width);
    for (const auto& [name, value] : event.fields) {
      text += fmt::format("  {}={}", printable(name), cell_text(value));
    }
    text += "\n";
  }
  return text;
}

Json json_of(const Traced& traced) {
  Json events = Json::array();
  for (const store::TraceEvent& event : traced.events) {
    Json fields = Json::array();
    for (const auto& [name, value] : event.fields) {
      fields.push_back({{"name", name}, {"value", value}});
    }
    events.push_back(
        {{"time", to_rfc3339(event.time)}, {"event", event.event}, {"fields", std::move(fields)}});
  }
  return {{"id", traced.id.hex()}, {"events", std::move(events)}};
}

// Looks through all traced messages, in pieces (store/trace.h).
Result<std::vector<store::MessageId>> messages_of(const store::Store& store,
                                                  const store::TracedName& name,
                                                  std::size_t limit) {
  std::vector<store::MessageId> ids;
  std::optional<Bytes> before;
  Progress progress("messages looked through");
  for (std::uint64_t pieces = 1;; ++pieces) {
    const auto page = read_store<store::TracedPage>(
        store, [&](const store::ReadTransaction& txn) -> Result<store::TracedPage> {
          return store::find_traced(txn, name, before, limit - ids.size());
        });
    if (!page) return page.error();
    ids.insert(ids.end(), page->ids.begin(), page->ids.end());
    if (!page->next || ids.size() == limit) return ids;
    before = page->next;
    progress.show(pieces * store::kTracedAtOnce);
  }
}

// Accepts the forms of a header and of the log: `Message-ID: <…>`, `message-id=<…>`.
std::string without_field_name(const std::string& text) {
  constexpr std::string_view kName = "Message-ID";
  const bool is_named = text.size() > kName.size() &&
                        crypto::same_name(std::string_view(text).substr(0, kName.size()), kName) &&
                        (text[kName.size()] == ':' || text[kName.size()] == '=');
  if (!is_named) return text;
  const std::size_t begin = text.find_first_not_of(" \t", kName.size() + 1);
  return begin == std::string::npos ? std::string() : text.substr(begin);
}

// The text before the log wrote characters that could end it as `\xNN` (crypto/base/log_line.h).
std::string out_of_the_log(std::string_view text) {
  constexpr std::string_view kMark = "\\x";
  std::string out;
  for (std::size_t mark = text.find(kMark); mark != std::string_view::npos;
       mark = text.find(kMark)) {
    const auto octet = from_hex(text.substr(mark + kMark.size(), 2));
    out += text.substr(0, mark);
    if (octet && octet->size() == 1) {
      out += static_cast<char>(octet->front());
      text.remove_prefix(mark + kMark.size() + 2);
    } else {
      out += kMark;
      text.remove_prefix(mark + kMark.size());
    }
  }
  return out.append(text);
}

// A text in angle brackets is a Message-ID, and so is one with an `@`: people copy a Message-ID
// with its brackets or without. `<jo@b.example>` is also an address. Nothing for any other text.
std::optional<store::TracedName> name_in(const std::string& given) {
  const std::string text = without_field_name(given);
  const bool in_brackets = text.starts_with('<') && text.ends_with('>') && text.size() > 2;
  if (!in_brackets && text.find('@') == std::string::npos) return std::nullopt;
  store::TracedName name;
  name.message_id = crypto::message_id_in(text);
  const auto address = Mailbox::parse(in_brackets ? text.substr(1, text.size() - 2) : text);
  if (address) name.lookup_key = address->lookup_key();
  return name;
}

// A text that is neither a Message-ID nor an address must be an id.
Result<std::vector<store::MessageId>> messages_named(const store::Store& store,
                                                     const std::string& text, std::size_t limit) {
  if (const auto wanted = name_in(text)) {
    auto found = messages_of(store, *wanted, limit);
    const std::string logged = out_of_the_log(text);
    if (!found || !found->empty() || logged == text) return found;
    const auto other = name_in(logged);
    return other ? messages_of(store, *other, limit) : std::move(found);
  }
  const auto name = parse_queue_name(text);
  if (name) return std::vector<store::MessageId>{name->message};
  return usage_error("'" + printable(text, 80) +
                     "' is no id, address or Message-ID; write jane@b.example, '<Message-ID>' with "
                     "its angle brackets, or an id that `culvert queue list` or the log shows");
}

Result<Report> trace(const Arguments& arguments) {
  const auto limit = limit_option(arguments);
  if (!limit) return limit.error();
  const std::string name = *arguments.value("ID-OR-ADDRESS");
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto ids = messages_named(*node->store, name, *limit);
  if (!ids) return ids.error();
  const auto all = read_store<std::vector<Traced>>(
      *node->store, [&ids](const store::ReadTransaction& txn) -> Result<std::vector<Traced>> {
        std::vector<Traced> traced;
        for (const store::MessageId& id : *ids) {
          auto events = store::find_trace(txn, id);
          if (!events.empty()) traced.push_back({id, std::move(events)});
        }
        return traced;
      });
  if (!all) return all.error();
  if (all->empty()) {
    return permanent_error("not-found", "nothing is known of '" + printable(name, 80) +
                                            "' (never seen by this node, or longer ago than traces "
                                            "are kept)");
  }
  Report report;
  Json list = Json::array();
  for (const Traced& traced : *all) {
    report.text += (report.text.empty() ? "" : "\n") + words_of(traced);
    list.push_back(json_of(traced));
  }
  report.json = json_text({{"messages", std::move(list)}});
  return report;
}

}  // namespace

Command trace_command() {
  return {.name = "trace",
          .summary =
              "tells what happened to a message, or to the newest ones of an address or a "
              "Message-ID",
          .operands = {{"ID-OR-ADDRESS", Operand::Count::one,
                        "an id of the queue, the quarantine or the log; a mail address; or a "
                        "Message-ID, in quotes with its angle brackets"}},
          .options = {{"--limit", "N", "at most so many messages; default 100"}},
          .detail =
              "Received, path and why, sealed for whom, handed to which host with which reply. "
              "How long this is known is\n[trace] keep in the configuration.",
          .example = "culvert trace jane@b.example --limit 5",
          .run = trace};
}

}  // namespace culvert::cli
