// Administrator commands that changed something. Each is recorded in the commit of its first
// change, whether or not a node is running, and is kept until a node has written it to its log.
#pragma once

#include <string>
#include <vector>

#include "crypto/base/clock.h"
#include "store/transaction.h"

namespace culvert::store {

struct AdminCommand {
  Time time{};
  std::string by{};     // the system's name for the user
  std::string words{};  // what was typed, without secrets
  bool operator==(const AdminCommand&) const = default;
};

Bytes encode(const AdminCommand& command);
// internal `damaged-record`.
Result<AdminCommand> decode_admin_command(ByteView record);

void note_command(WriteTransaction& txn, const AdminCommand& command);

struct UntoldCommands {
  std::vector<AdminCommand> commands{};  // the oldest first
  Bytes last{};                          // key of the last record examined; empty: none is left
};
// At most `limit`. Unreadable records are left out.
UntoldCommands untold_commands(const ReadTransaction& txn, std::size_t limit);
// Removes all records up to `told.last`: the commands are in the log now.
void forget_commands(WriteTransaction& txn, const UntoldCommands& told);

}  // namespace culvert::store
