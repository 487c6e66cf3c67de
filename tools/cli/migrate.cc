// `culvert migrate`: converts the store of an older program to the form that this program uses.
#include "store/migration.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "node/system/instance_lock.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/progress.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

std::string words_of(const store::Migration& migration, bool is_dry_run) {
  if (migration.from == migration.to) {
    return fmt::format("The store is of version {} already; nothing was left to do.\n",
                       migration.to);
  }
  std::string text =
      fmt::format("{} {} from version {} to version {}.\n", is_dry_run ? "Would bring" : "Brought",
                  counted(migration.records, "record"), migration.from, migration.to);
  if (migration.left_out.empty()) return text;
  text +=
      fmt::format("{} could not be read and {} left out:\n",
                  counted(migration.left_out.size(), "record"), is_dry_run ? "would be" : "were");
  for (const std::string& line : migration.left_out)
    text += "  " + line + "\n";
  return text;
}

Result<store::Migration> migrate_showing(store::MigrationOptions options) {
  Progress progress("records");
  options.on_progress = [&progress](std::uint64_t records) { progress.show(records); };
  return store::migrate_store(options);
}

Result<Report> migrate(const Arguments& arguments) {
  const auto config = load_config(arguments);
  if (!config) return config.error();
  // Held until the end: no node may start meanwhile.
  const auto alone = node::InstanceLock::take(config->node.data_dir);
  if (!alone) return alone.error();
  store::MigrationOptions options;
  options.data_dir = config->node.data_dir;
  options.key_file = config->node.key_file;
  const bool is_dry_run = arguments.has("--dry-run");
  if (is_dry_run) options.mode = store::MigrationOptions::Mode::dry_run;
  const auto migration = migrate_showing(options);
  if (!migration) return migration.error();
  return Report{.text = words_of(*migration, is_dry_run),
                .json = json_text({{"from", migration->from},
                                   {"to", migration->to},
                                   {"records", migration->records},
                                   {"dry_run", is_dry_run},
                                   {"left_out", migration->left_out}})};
}

}  // namespace

Command migrate_command() {
  return {
      .name = "migrate",
      .summary = "brings the store of an older version to the one that this program uses",
      .operands = {},
      .options = {{"--dry-run", "", "does it beside the store, and tells what it would do"}},
      .detail =
          "Stop the node first, and keep a copy of the data directory and the key file until "
          "the new node\nruns. It needs as much room as the store has. If it is cut off, run it "
          "again. At its end the key\nfile says `store=2`; from then on no store of an older "
          "version is opened with it, because anybody\nwho can write the disk could have "
          "altered that.",
      .example = "culvert migrate",
      .run = migrate};
}

}  // namespace culvert::cli
