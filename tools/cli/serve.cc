// `culvert serve`: runs the node in the foreground until SIGTERM.
#include "crypto/base/log.h"
#include "node/flow/node.h"
#include "node/system/private_memory.h"
#include "node/system/signals.h"
#include "tools/cli/commands.h"
#include "tools/cli/open_node.h"

namespace culvert::cli {
namespace {

Result<Report> serve(const Arguments& arguments) {
  node::block_signals();
  auto config = load_config(arguments);
  if (!config) return config.error();
  start_log(config->log.level, config->log.format);
  if (!node::memory_can_be_locked()) {
    log_warning(
        "the system does not let this process keep its keys out of swap; raise its limit "
        "(systemd: LimitMEMLOCK=8M; a shell: ulimit -l 8192)");
  }
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
