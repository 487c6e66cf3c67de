#include "store/admin_commands.h"

#include "store/record.h"
#include "store/table.h"

namespace culvert::store {

namespace {

// Fields of AdminCommand. Frozen.
enum : std::uint32_t { kTime = 1, kBy = 2, kWords = 3 };

}  // namespace

Bytes encode(const AdminCommand& command) {
  return RecordWriter()
      .time(kTime, command.time)
      .text(kBy, command.by)
      .text(kWords, command.words)
      .take();
}

Result<AdminCommand> decode_admin_command(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return std::move(in).error();
  AdminCommand command{in->time_or_zero(kTime), in->text(kBy), in->text(kWords)};
  if (Status ok = in->status(); !ok) return std::move(ok).error();
  return command;
}

void note_command(WriteTransaction& txn, const AdminCommand& command) {
  // In the order of their commits: a clock may go back.
  const Cursor last = txn.scan_back(Table::commands);
  const bool is_first = last.at_end() || last.key().size() != 8;
  const std::uint64_t number = is_first ? 0 : read_big_endian(last.key()) + 1;
  txn.put(Table::commands, KeyWriter().number64(number).take(), encode(command));
}

std::vector<AdminCommand> take_commands(WriteTransaction& txn, std::size_t limit) {
  std::vector<AdminCommand> commands;
  for (const Bytes& key : keys_of(txn, Table::commands, {}, limit)) {
    auto command = load<AdminCommand>(txn, Table::commands, key, decode_admin_command);
    if (command) commands.push_back(*std::move(command));
    txn.erase(Table::commands, key);
  }
  return commands;
}

}  // namespace culvert::store
