// What nearly every command begins with: the configuration, the node key, the store.
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

// permanent `bad-configuration` with the first mistake, and how many more there are.
Result<node::Config> load_config(const Arguments& arguments);

// Who typed which command, for the log of the node.
store::AdminCommand this_command(const Arguments& arguments, Time now);

// The store is opened for a command: its writes are noticed by a running node. Errors of
// load_config, store/key_file.h and Store::open; their texts say what to do.
Result<OpenNode> open_node(const Arguments& arguments);

// Reads the store and gives what `fn` made; `fn` sees one consistent state.
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

// The peer, route or rule names of people: a domain of a command line, as usage error if wrong.
Result<Domain> domain_operand(const std::string& text);

// A number of items from `--limit`, 1 to 10,000; 100 if it was not given.
Result<std::size_t> limit_option(const Arguments& arguments);

}  // namespace culvert::cli
