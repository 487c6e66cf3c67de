#include "node/told_commands.h"

#include <mutex>

#include "crypto/base/log_line.h"
#include "store/admin_commands.h"

namespace culvert::node {
namespace {

// How many one commit forgets.
constexpr std::size_t kPiece = 200;

void tell(const store::AdminCommand& command) {
  LogLine("command")
      .text("by", command.by)
      .text("words", command.words)
      .text("at", to_rfc3339(command.time))
      .write(LogLevel::info);
}

}  // namespace

void tell_commands(store::Store& store) {
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  while (true) {
    store::UntoldCommands untold;
    const Status read = store.read([&untold](const store::ReadTransaction& txn) -> Status {
      untold = store::untold_commands(txn, kPiece);
      return done();
    });
    if (!read) return log_error("commands of administrators: {}", read.error().text);
    if (untold.last.empty()) return;
    for (const store::AdminCommand& command : untold.commands)
      tell(command);
    // If the node is killed here, it logs these commands again, and omits none.
    const Status forgotten = store.write([&untold](store::WriteTransaction& txn) -> Status {
      store::forget_commands(txn, untold);
      return done();
    });
    if (!forgotten) return log_error("commands of administrators: {}", forgotten.error().text);
  }
}

}  // namespace culvert::node
