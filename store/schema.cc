#include "store/schema.h"

namespace culvert::store {

const char* table_name(Table table) {
  switch (table) {
    case Table::meta:
      return "meta";
    case Table::messages:
      return "messages";
    case Table::queue:
      return "queue";
    case Table::due:
      return "due";
    case Table::bodies:
      return "bodies";
    case Table::seen:
      return "seen";
    case Table::seen_by_time:
      return "seen_by_time";
    case Table::quarantine:
      return "quarantine";
    case Table::trace:
      return "trace";
    case Table::trace_addresses:
      return "trace_addresses";
    case Table::trace_times:
      return "trace_times";
    case Table::peers:
      return "peers";
    case Table::routes:
      return "routes";
    case Table::peer_routes:
      return "peer_routes";
    case Table::proofs:
      return "proofs";
    case Table::invitations:
      return "invitations";
    case Table::tombstones:
      return "tombstones";
    case Table::incarnations:
      return "incarnations";
    case Table::revoked:
      return "revoked";
    case Table::answered:
      return "answered";
    case Table::answered_times:
      return "answered_times";
    case Table::secrets:
      return "secrets";
    case Table::certificates:
      return "certificates";
    case Table::rules:
      return "rules";
    case Table::sent:
      return "sent";
    case Table::sent_by_time:
      return "sent_by_time";
    case Table::quarantine_shares:
      return "quarantine_shares";
    case Table::quarantine_copies:
      return "quarantine_copies";
    case Table::peer_networks:
      return "peer_networks";
    case Table::sealed_mails:
      return "sealed_mails";
    case Table::trouble:
      return "trouble";
    case Table::commands:
      return "commands";
    case Table::damaged:
      return "damaged";
  }
  return "";
}

std::optional<Table> table_named(std::string_view name) {
  for (std::size_t i = 0; i < kTableCount; ++i) {
    const auto table = static_cast<Table>(i);
    if (name == table_name(table)) return table;
  }
  return std::nullopt;
}

bool decides_trust(Table table) {
  switch (table) {
    case Table::meta:  // how far back replays are known, our own card
    case Table::peers:
    case Table::routes:
    case Table::peer_routes:
    case Table::proofs:
    case Table::invitations:
    case Table::tombstones:
    case Table::incarnations:
    case Table::revoked:
    case Table::secrets:
    case Table::certificates:
    case Table::rules:
      return true;
    case Table::messages:
    case Table::queue:
    case Table::due:
    case Table::bodies:
    case Table::seen:
    case Table::seen_by_time:
    case Table::quarantine:
    case Table::trace:
    case Table::trace_addresses:
    case Table::trace_times:
    case Table::answered:
    case Table::answered_times:
    case Table::sent:
    case Table::sent_by_time:
    case Table::quarantine_shares:
    case Table::quarantine_copies:
    case Table::peer_networks:
    case Table::sealed_mails:
    case Table::trouble:
    case Table::commands:
    case Table::damaged:
      return false;
  }
  return true;
}

}  // namespace culvert::store
