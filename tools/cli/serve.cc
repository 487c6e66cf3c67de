// `culvert serve`: runs the node in the foreground until SIGTERM.
#include "crypto/base/log.h"
#include "node/node.h"
#include "node/system/descriptors.h"
#include "node/system/private_memory.h"
#include "node/system/signals.h"
#include "tools/cli/commands.h"
#include "tools/cli/open_node.h"

namespace culvert::cli {
namespace {

// Named attack: Filling. Each client takes a connection and a file for what it sends. The rest is
// for outgoing mail, the peering port and the store.
void warn_of_descriptors(const node::Config& config) {
  constexpr std::size_t kForTheRest = 2000;
  const std::size_t wanted = 2 * config.smtp.max_connections + kForTheRest;
  const std::size_t limit = node::raise_descriptor_limit();
  if (limit >= wanted) return;
  log_warning(
      "the system lets this process have {} files and connections open; with "
      "smtp.max_connections = {} it may need {}: raise its limit (systemd: LimitNOFILE={}), or "
      "lower max_connections",
      limit, config.smtp.max_connections, wanted, wanted);
}

Result<Report> serve(const Arguments& arguments) {
  // Comes before any thread starts, so that all threads inherit the mask.
  node::block_signals();
  auto config = load_config(arguments);
  if (!config) return config.error();
  start_log(config->log.level, config->log.format);
  if (!node::memory_can_be_locked()) {
    log_warning(
        "the system does not let this process keep its keys out of swap; raise its limit "
        "(systemd: LimitMEMLOCK=8M; a shell: ulimit -l 8192)");
  }
  warn_of_descriptors(*config);
  const SystemClock clock;
  auto running = node::Node::start(*config, clock);
  if (!running) return running.error();
  (*running)->run();
  return Report{};
}

}  // namespace

Command serve_command() {
  return {.name = "serve",
          .summary = "runs the node in the foreground",
          .operands = {},
          .options = {},
          .detail =
              "SIGTERM finishes what is in hand and ends with status 0. SIGHUP reads the "
              "configuration and TLS\ncertificates anew; the log names the keys that count only "
              "after a restart: the node's name, places and\nlisteners, max_connections, "
              "peering.url, [dns] and log.format. systemd is told READY=1.",
          .example = "culvert serve --config /etc/culvert/culvert.toml",
          .run = serve};
}

}  // namespace culvert::cli
