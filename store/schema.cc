#include "store/schema.h"

#include <array>

#include "crypto/base/require.h"

namespace culvert::store {
namespace {

struct Row {
  Table table;
  const char* name;  // frozen: it is on disk
  enum class Decides { nothing, trust } decides;
};
using Decides = Row::Decides;

constexpr std::array kRows{
    Row{Table::meta, "meta", Decides::trust},  // how far back replays are known, our own card
    Row{Table::messages, "messages", Decides::nothing},
    Row{Table::queue, "queue", Decides::nothing},
    Row{Table::due, "due", Decides::nothing},
    Row{Table::bodies, "bodies", Decides::nothing},
    Row{Table::seen, "seen", Decides::nothing},
    Row{Table::seen_by_time, "seen_by_time", Decides::nothing},
    Row{Table::quarantine, "quarantine", Decides::nothing},
    Row{Table::trace, "trace", Decides::nothing},
    Row{Table::trace_addresses, "trace_addresses", Decides::nothing},
    Row{Table::trace_times, "trace_times", Decides::nothing},
    Row{Table::peers, "peers", Decides::trust},
    Row{Table::routes, "routes", Decides::trust},
    Row{Table::peer_routes, "peer_routes", Decides::trust},
    Row{Table::proofs, "proofs", Decides::trust},
    Row{Table::invitations, "invitations", Decides::trust},
    Row{Table::tombstones, "tombstones", Decides::trust},
    Row{Table::incarnations, "incarnations", Decides::trust},
    Row{Table::revoked, "revoked", Decides::trust},
    Row{Table::answered, "answered", Decides::nothing},
    Row{Table::answered_times, "answered_times", Decides::nothing},
    Row{Table::secrets, "secrets", Decides::trust},
    Row{Table::certificates, "certificates", Decides::trust},
    Row{Table::rules, "rules", Decides::trust},
    Row{Table::sent, "sent", Decides::nothing},
    Row{Table::sent_by_time, "sent_by_time", Decides::nothing},
    Row{Table::quarantine_shares, "quarantine_shares", Decides::nothing},
    Row{Table::quarantine_copies, "quarantine_copies", Decides::nothing},
    Row{Table::peer_networks, "peer_networks", Decides::nothing},
    Row{Table::sealed_mails, "sealed_mails", Decides::nothing},
    Row{Table::trouble, "trouble", Decides::nothing},
    Row{Table::commands, "commands", Decides::nothing},
    Row{Table::damaged, "damaged", Decides::nothing},
    Row{Table::acceptances, "acceptances", Decides::nothing},
};
static_assert(kRows.size() == kTableCount);
static_assert([] {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (kRows[i].table != static_cast<Table>(i)) return false;
  }
  return true;
}());

const Row& row_of(Table table) {
  const auto i = static_cast<std::size_t>(table);
  require(i < kRows.size(), "a table of that number");
  return kRows[i];
}

}  // namespace

const char* table_name(Table table) { return row_of(table).name; }

std::optional<Table> table_named(std::string_view name) {
  for (const Row& row : kRows) {
    if (name == row.name) return row.table;
  }
  return std::nullopt;
}

bool decides_trust(Table table) { return row_of(table).decides == Decides::trust; }

}  // namespace culvert::store
