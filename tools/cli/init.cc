// `culvert init`: makes everything that a node needs before its first run.
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "crypto/keys/pem.h"
#include "node/config/template.h"
#include "peering/fingerprint_digits.h"
#include "store/folder.h"
#include "store/key_file.h"
#include "store/presence.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/node_keys.h"
#include "tools/cli/open_node.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDefaultDataDir = "/var/lib/culvert";

struct Plan {
  fs::path config_file;  // absolute, like all paths here
  fs::path key_file;
  node::TemplateValues values;
  store::AdminCommand command;
  // A configuration is there, and stays: its store is lost.
  bool only_store = false;
};

Error in_the_way(const fs::path& path) {
  return permanent_error("exists", path.string() +
                                       " exists already, and init never overwrites; "
                                       "name another place, or remove it if it is not needed");
}

// Beside the configuration of a node whose store is not there.
Error store_is_missing(const Plan& plan) {
  return permanent_error(
      "exists",
      plan.config_file.string() +
          " exists already, but the data directory has no store. If this node has run before: is "
          "the disk mounted? Put the data directory back from a copy, if there is one. Only if "
          "there is none, `culvert init --new-store` makes a new store and identity for this "
          "configuration, and partners pair with it again");
}

Result<Plan> plan_of(const Arguments& arguments) {
  std::vector<Domain> domains;
  for (const std::string& text : arguments.all("--domain")) {
    auto domain = domain_operand(text);
    if (!domain) return domain.error();
    if (domain->is_public_suffix()) {
      return usage_error("'" + domain->text() + "' is a public suffix, which no organisation owns");
    }
    if (std::find(domains.begin(), domains.end(), *domain) == domains.end()) {
      domains.push_back(*std::move(domain));
    }
  }
  if (domains.empty()) {
    return usage_error(
        "culvert init needs --domain, the mail domain of this node; write "
        "`culvert init --domain a.example`");
  }
  auto name = domain_operand(arguments.value("--name").value_or("gate." + domains.front().text()));
  if (!name) return name.error();
  const fs::path config = fs::absolute(arguments.config_file).lexically_normal();
  const fs::path data =
      fs::absolute(arguments.value("--data-dir").value_or(kDefaultDataDir)).lexically_normal();
  return Plan{config,
              config.parent_path() / "node.key",
              {*std::move(name), std::move(domains), data},
              this_command(arguments, SystemClock().now())};
}

// `--new-store`: everything but the store is as it was.
Result<Plan> plan_of_new_store(const Arguments& arguments) {
  for (const char* other : {"--domain", "--name", "--data-dir"}) {
    if (!arguments.has(other)) continue;
    return usage_error(std::string("--new-store takes everything from the configuration, and no ") +
                       other);
  }
  const auto config = load_config(arguments);
  if (!config) return config.error();
  return Plan{fs::absolute(arguments.config_file).lexically_normal(),
              config->node.key_file,
              {config->node.name, config->node.domains, config->node.data_dir},
              this_command(arguments, SystemClock().now()),
              true};
}

// Runs before anything is made, so that a second `init` leaves nothing behind.
Status check_free(const Plan& plan) {
  std::error_code error;
  const bool has_store = fs::exists(fs::symlink_status(plan.values.data_dir / "store", error));
  if (plan.only_store) {
    const Error missing = store::store_is_missing(plan.values.data_dir);
    if (!has_store) return missing.code == "no-store" ? done() : Status(missing);
    return permanent_error("exists",
                           "this node has a store in " + plan.values.data_dir.string() +
                               " (`culvert check` tells whether it can be used); if it is "
                               "of no use any more, move the data directory away first");
  }
  if (const auto config = node::read_config(plan.config_file).config) {
    const bool is_lost = !fs::exists(fs::symlink_status(config->node.data_dir / "store", error));
    if (is_lost) return store_is_missing(plan);
  }
  for (const fs::path& path : {plan.config_file, plan.key_file, plan.values.data_dir / "store"}) {
    if (fs::exists(fs::symlink_status(path, error))) return in_the_way(path);
  }
  return done();
}

Error not_made(const fs::path& path, const std::error_code& error) {
  if (error == std::errc::no_space_on_device) {
    return temporary_error("disk-full", "no space left for '" + path.string() + "'");
  }
  return permanent_error("no-directory", path.string() + " cannot be made: " + error.message() +
                                             " (run init as root, or name another place)");
}

Status make_directory(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  return error ? Status(not_made(path, error)) : done();
}

// If two `init` run at once, only one makes the directory, and only that one may remove it.
Status claim_store(const fs::path& data_dir) {
  const fs::path store = data_dir / "store";
  for (const fs::path& path : {data_dir, store}) {
    if (::mkdir(path.c_str(), 0700) == 0) continue;
    if (errno == EEXIST) {
      if (path == store) return in_the_way(store);
      continue;
    }
    return not_made(path, {errno, std::generic_category()});
  }
  return done();
}

// Does not overwrite a file, even one that appeared meanwhile.
Status write_file(const fs::path& file, const std::string& text, store::Readers readers) {
  const auto folder = store::Folder::open(file.parent_path());
  if (!folder) return folder.error();
  return folder->add(file.filename().string(), as_bytes(text), {readers});
}

// Beside the configuration; the digits tell those of several identities apart.
fs::path revocation_file(const Plan& plan, const Fingerprint& fingerprint) {
  return plan.config_file.parent_path() / ("revocation-" + fingerprint.hex().substr(0, 8) + ".pem");
}

// Makes the store with the node's keys, then the configuration that leads to it.
Result<MadeNode> fill_store(const Plan& plan, const crypto::NodeKey& key, Time now) {
  store::StoreOptions options;
  options.data_dir = plan.values.data_dir;
  options.mode = store::StoreOptions::Mode::create;
  options.writer = store::StoreOptions::Writer::command;
  options.now = now;
  options.command = plan.command;
  auto store = store::Store::open(options, key);
  if (!store) return store.error();
  auto made = make_node_keys(**store, plan.values.name, now);
  if (!made) return made;
  const std::string revocation = crypto::to_pem(made->revocation, "CMS");
  const Status kept =
      write_file(revocation_file(plan, made->fingerprint), revocation, store::Readers::owner);
  if (!kept) return kept.error();
  if (plan.only_store) return made;
  const Status written =
      write_file(plan.config_file, node::config_template(plan.values), store::Readers::group);
  if (!written) return written.error();
  return made;
}

// Removes the store if it cannot be completed: nothing depends on it yet, and half an installation
// would only block the next try.
Result<MadeNode> make_store(const Plan& plan, const crypto::NodeKey& key, Time now) {
  if (const Status claimed = claim_store(plan.values.data_dir); !claimed) return claimed.error();
  auto fingerprint = fill_store(plan, key, now);
  std::error_code ignored;
  if (!fingerprint) fs::remove_all(plan.values.data_dir / "store", ignored);
  return fingerprint;
}

// The key of a store that is lost opens nothing else, so it serves the new one.
Result<MadeNode> make_new_store(const Plan& plan, Time now) {
  if (const Status made = make_directory(plan.values.data_dir.parent_path()); !made) {
    return made.error();
  }
  std::error_code error;
  auto key = fs::exists(plan.key_file, error) ? store::load_node_key(plan.key_file)
                                              : store::create_node_key(plan.key_file);
  if (!key) return key.error();
  return make_store(plan, *key, now);
}

// The configuration comes last: if it exists, everything else does.
Result<MadeNode> make_all(const Plan& plan, Time now) {
  if (const Status made = make_directory(plan.config_file.parent_path()); !made) {
    return made.error();
  }
  if (const Status made = make_directory(plan.values.data_dir.parent_path()); !made) {
    return made.error();
  }
  auto key = store::create_node_key(plan.key_file);
  if (!key) return key.error();
  auto fingerprint = make_store(plan, *key, now);
  std::error_code ignored;
  if (!fingerprint) fs::remove(plan.key_file, ignored);
  return fingerprint;
}

Report report_of(const Plan& plan, const Fingerprint& fingerprint) {
  const std::string revocation = revocation_file(plan, fingerprint).string();
  const std::string config = plan.config_file.string();
  Report report;
  report.text = fmt::format(
      "Made the node {0}.\n"
      "  configuration  {1}\n"
      "  node key       {2}   (keep a copy off this machine: without it the data is lost)\n"
      "  data           {3}\n"
      "  fingerprint    {4}\n"
      "  revocation     {5}   (keep it off this machine: if the node is lost or stolen,\n"
      "                 partners end the pairing with it: culvert peer import FILE)\n"
      "\n"
      "Next:\n"
      "  1. Set [smtp.inside], [smtp.outside] and [delivery] in the configuration.\n"
      "  2. culvert check --config {1}\n"
      "  3. culvert serve --config {1}\n"
      "  4. culvert peer invite PARTNER.DOMAIN --config {1}\n"
      "     and give the code to the partner's administrator, who runs `culvert peer accept "
      "CODE`.\n",
      plan.values.name.text(), config, plan.key_file.string(), plan.values.data_dir.string(),
      peering::fingerprint_digits(fingerprint), revocation);
  report.json = json_text({{"fingerprint", fingerprint.hex()},
                           {"node", plan.values.name.text()},
                           {"revocation", revocation},
                           {"config", config},
                           {"key_file", plan.key_file.string()},
                           {"data_dir", plan.values.data_dir.string()}});
  return report;
}

// The new identity knows nobody.
Report report_of_new_store(const Plan& plan, const Fingerprint& fingerprint) {
  const std::string domain = plan.values.domains.front().text();
  Report report;
  report.text = fmt::format(
      "Made a new store in {} for the node {}, with a new identity:\n"
      "  {}\n"
      "\n"
      "It knows no partner, so mail to them goes by policy until they are paired again, perhaps "
      "in\n"
      "clear. Before you start it, for each of them:\n"
      "  culvert policy set domain:PARTNER.DOMAIN encrypt=mandatory\n"
      "Then start it, and ask each partner's administrator for a new code; there:\n"
      "  culvert peer invite {} --replace\n"
      "Mail that partners sealed for the lost store waits at their nodes, and comes then.\n",
      plan.values.data_dir.string(), plan.values.name.text(),
      peering::fingerprint_digits(fingerprint), domain);
  report.json = json_text({{"fingerprint", fingerprint.hex()},
                           {"node", plan.values.name.text()},
                           {"config", plan.config_file.string()},
                           {"key_file", plan.key_file.string()},
                           {"data_dir", plan.values.data_dir.string()}});
  return report;
}

Result<Report> init(const Arguments& arguments) {
  const auto plan =
      arguments.has("--new-store") ? plan_of_new_store(arguments) : plan_of(arguments);
  if (!plan) return plan.error();
  if (const Status free = check_free(*plan); !free) return free.error();
  const Time now = SystemClock().now();
  const auto made = plan->only_store ? make_new_store(*plan, now) : make_all(*plan, now);
  if (!made) return made.error();
  return plan->only_store ? report_of_new_store(*plan, made->fingerprint)
                          : report_of(*plan, made->fingerprint);
}

}  // namespace

Command init_command() {
  return {.name = "init",
          .summary = "makes a node: configuration, node key, store, identity and certificates",
          .operands = {},
          .options = {{"--domain", "DOMAIN…", "the mail domains that the node serves"},
                      {"--name", "HOST", "host name; default: `gate.` and the first domain"},
                      {"--data-dir", "DIR", "default: /var/lib/culvert"},
                      {"--new-store", "",
                       "a new store and identity for the configuration that is there"}},
          .detail =
              "Writes the file that --config names, and `node.key` beside it. Never overwrites.\n"
              "--new-store is for a node whose data directory is lost, with every copy: its "
              "partners pair again.",
          .example = "culvert init --domain a.example --name gate.a.example",
          .run = init};
}

}  // namespace culvert::cli
