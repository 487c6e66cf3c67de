#include "store/admin_commands.h"

#include <algorithm>

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
  if (!in) return in.error();
  AdminCommand command{in->time_or_zero(kTime), in->text(kBy), in->text(kWords)};
  if (const Status ok = in->status(); !ok) return ok.error();
  return command;
}

void note_command(WriteTransaction& txn, const AdminCommand& command) {
  // Numbered in commit order, not by time: a clock may go back.
  const Cursor last = txn.scan_back(Table::commands);
  const bool is_first = last.at_end() || last.key().size() != 8;
  const std::uint64_t number = is_first ? 0 : read_big_endian(last.key()) + 1;
  txn.put(Table::commands, KeyWriter().number64(number).take(), encode(command));
}

UntoldCommands untold_commands(const ReadTransaction& txn, std::size_t limit) {
  UntoldCommands untold;
  for (Bytes& key : keys_of(txn, Table::commands, {}, limit)) {
    auto command = load<AdminCommand>(txn, Table::commands, key, decode_admin_command);
    if (command) untold.commands.push_back(*std::move(command));
    untold.last = std::move(key);
  }
  return untold;
}

void forget_commands(WriteTransaction& txn, const UntoldCommands& told) {
  std::vector<Bytes> keys;
  each_key(txn, Table::commands, {}, [&](ByteView key) {
    if (std::ranges::lexicographical_compare(told.last, key)) return false;
    keys.emplace_back(key.begin(), key.end());
    return true;
  });
  for (const Bytes& key : keys)
    txn.erase(Table::commands, key);
}

}  // namespace culvert::store
