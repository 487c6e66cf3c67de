// Nearly every command begins with this: it opens the configuration, the node key and the store.
#pragma once

#include <functional>
#include <memory>

#include "crypto/keys/sealing.h"
#include "node/config/config.h"
#include "store/store.h"
#include "tools/cli/command.h"

namespace culvert::cli {

struct OpenNode {
  node::Config config;
  crypto::NodeKey key;
  std::unique_ptr<store::Store> store;
  Time now{};
};

// permanent `bad-configuration` with the first mistake and the number of others.
Result<node::Config> load_config(const Arguments& arguments);

// Who typed which command, for the log of the node.
store::AdminCommand this_command(const Arguments& arguments, Time now);

// Opens the store for a command: a running node notices its writes. Errors of load_config,
// store/key_file.h and Store::open; their texts say what to do.
Result<OpenNode> open_node(const Arguments& arguments);

// Reads the store and returns the result of `fn`, which sees one consistent state.
template <typename T>
Result<T> read_store(const store::Store& store,
                     const std::function<Result<T>(const store::ReadTransaction&)>& fn) {
  Result<T> made = internal_error("not-read", "the store was not read");
  const Status read = store.read([&](const store::ReadTransaction& txn) -> Status {
    made = fn(txn);
    return made ? done() : Status(made.error());
  });
  if (!read) return read.error();
  return made;
}

// A domain given on the command line. A usage error if `text` is not one.
Result<Domain> domain_operand(const std::string& text);

// The number of items from `--limit`, 1 to 10,000; 100 if it was not given.
Result<std::size_t> limit_option(const Arguments& arguments);

}  // namespace culvert::cli
