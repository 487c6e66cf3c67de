#include "node/flow/told_commands.h"

#include "crypto/base/log_line.h"
#include "store/admin_commands.h"

namespace culvert::node {
namespace {

// Of one commit.
constexpr std::size_t kPiece = 200;

}  // namespace

void tell_commands(store::Store& store) {
  std::vector<store::AdminCommand> commands;
  do {
    const Status taken = store.write([&commands](store::WriteTransaction& txn) -> Status {
      commands = store::take_commands(txn, kPiece);
      return done();
    });
    if (!taken) return log_error("commands of administrators: {}", taken.error().text);
    for (const store::AdminCommand& command : commands) {
      LogLine("command")
          .text("by", command.by)
          .text("words", command.words)
          .text("at", to_rfc3339(command.time))
          .write(LogLevel::info);
    }
  } while (commands.size() == kPiece);
}

}  // namespace culvert::node
