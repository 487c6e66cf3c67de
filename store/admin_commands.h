// Commands of administrators that changed something. Each is noted in the commit of its first
// change, whether or not a node runs, and stays until a node has told it in its log.
#pragma once

#include <string>
#include <vector>

#include "crypto/base/clock.h"
#include "store/transaction.h"

namespace culvert::store {

struct AdminCommand {
  Time time{};
  std::string by{};     // the user, as the system names them
  std::string words{};  // what was typed, without secrets
  bool operator==(const AdminCommand&) const = default;
};

Bytes encode(const AdminCommand& command);
// internal `damaged-record`.
Result<AdminCommand> decode_admin_command(ByteView record);

void note_command(WriteTransaction& txn, const AdminCommand& command);

struct UntoldCommands {
  std::vector<AdminCommand> commands{};  // the oldest first
  Bytes last{};                          // key of the last that was looked at; empty: none is left
};
// At most `limit`, of which none that cannot be read.
UntoldCommands untold_commands(const ReadTransaction& txn, std::size_t limit);
// These were told.
void forget_commands(WriteTransaction& txn, const UntoldCommands& told);

}  // namespace culvert::store
