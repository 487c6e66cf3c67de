#include "tools/cli/open_node.h"

#include <fmt/format.h>

#include <charconv>

#include "crypto/base/log.h"
#include "node/system/user.h"
#include "store/key_file.h"

namespace culvert::cli {

Result<node::Config> load_config(const Arguments& arguments) {
  node::ConfigReading reading = node::read_config(arguments.config_file);
  if (reading.config) return *std::move(reading.config);
  std::string first;
  std::size_t errors = 0;
  for (const node::Finding& finding : reading.findings) {
    if (finding.weight != node::Finding::Weight::error) continue;
    if (errors++ == 0) first = finding.message();
  }
  if (errors > 1) first += fmt::format(" (and {} more; `culvert check` tells all)", errors - 1);
  return permanent_error(kConfigurationCode, first);
}

namespace {

constexpr std::size_t kMaxSpokenOctets = 1000;

// Moves the cause into the text: scripts and other programs show nothing else.
Error with_cause(Error error) {
  if (error.code != "store-access" || error.detail.empty()) return error;
  error.text +=
      ": " + std::exchange(error.detail, {}) +
      " (commands write too: run them as the user that runs the node, or as root, and see that the "
      "file system can be written)";
  return error;
}

}  // namespace

store::AdminCommand this_command(const Arguments& arguments, Time now) {
  return {now, node::user_of_this_process(), printable(arguments.spoken, kMaxSpokenOctets)};
}

Result<OpenNode> open_node(const Arguments& arguments) {
  auto config = load_config(arguments);
  if (!config) return config.error();
  auto key = store::load_node_key(config->node.key_file);
  if (!key) return key.error();
  store::StoreOptions options;
  options.data_dir = config->node.data_dir;
  options.writer = store::StoreOptions::Writer::command;
  options.now = SystemClock().now();
  options.command = this_command(arguments, options.now);
  auto store = store::Store::open(options, *key);
  if (!store) return with_cause(store.error());
  return OpenNode{*std::move(config), *std::move(key), *std::move(store), options.now};
}

Result<Domain> domain_operand(const std::string& text) {
  auto domain = Domain::parse(text);
  if (!domain) return usage_error(domain.error().text + "; write one such as b.example");
  return domain;
}

Result<std::size_t> limit_option(const Arguments& arguments) {
  constexpr std::size_t kUsual = 100, kMost = 10000;
  const auto given = arguments.value("--limit");
  if (!given) return kUsual;
  std::size_t limit = 0;
  const auto [end, error] = std::from_chars(given->data(), given->data() + given->size(), limit);
  if (error != std::errc{} || end != given->data() + given->size() || limit == 0 || limit > kMost) {
    return usage_error("--limit must be a number from 1 to 10000");
  }
  return limit;
}

}  // namespace culvert::cli
