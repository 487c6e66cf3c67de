// `culvert check`: checks the configuration as `serve` would read it, and the files that it names.
#include <sys/stat.h>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "node/config/config.h"
#include "node/flow/tls_findings.h"
#include "store/key_file.h"
#include "store/set_aside.h"
#include "store/store.h"
#include "tools/cli/commands.h"
#include "tools/cli/hop_warnings.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

using node::Finding;

// Records that do not open, one line for each.
constexpr std::size_t kMostDamagedTold = 100;

// `serve` does not start without a file that the configuration names.
void need_file(const node::Config& config, std::string key, const std::filesystem::path& file,
               std::vector<Finding>& findings) {
  std::error_code error;
  if (file.empty() || std::filesystem::is_regular_file(file, error)) return;
  findings.push_back({Finding::Weight::error, config.file.string(), 0, std::move(key),
                      file.string() + " is not there, or is no file; correct the path"});
}

void check_node_key(const node::Config& config, std::vector<Finding>& findings) {
  const auto key = store::load_node_key(config.node.key_file);
  if (key) return;
  findings.push_back(
      {Finding::Weight::error, config.file.string(), 0, "node.key_file", key.error().text});
}

Finding about_store(const node::Config& config, Finding::Weight weight, std::string text) {
  return {weight, config.file.string(), 0, "node.data_dir", std::move(text)};
}

// Reports whether the store can be used, and what in it was altered or is damaged.
void check_store(const node::Config& config, std::vector<Finding>& findings) {
  const auto key = store::load_node_key(config.node.key_file);
  if (!key) return;  // check_node_key reports it
  store::StoreOptions options;
  options.data_dir = config.node.data_dir;
  const auto store = store::Store::open(options, *key);
  const auto add = [&](Finding::Weight weight, std::string text) {
    findings.push_back(about_store(config, weight, std::move(text)));
  };
  if (!store) return add(Finding::Weight::error, store.error().text);
  if ((*store)->is_altered()) add(Finding::Weight::error, (*store)->altered());
  const Status read = (*store)->read([&](const store::ReadTransaction& txn) -> Status {
    for (const auto& record : store::find_damaged(txn, kMostDamagedTold)) {
      add(Finding::Weight::warning, "the record " + record.name() +
                                        " was altered on disk or is damaged, and was set aside; " +
                                        record.advice());
    }
    return done();
  });
  if (!read) add(Finding::Weight::error, read.error().text);
}

// Nobody else may read a configuration that holds a secret.
void check_secrecy(const node::Config& config, std::vector<Finding>& findings) {
  struct stat facts {};
  if (!config.inside.required_header || stat(config.file.c_str(), &facts) != 0) return;
  if ((facts.st_mode & S_IROTH) == 0) return;
  findings.push_back({Finding::Weight::warning, config.file.string(), 0, "smtp.inside.require",
                      "everybody on this machine can read the secret; run `chmod o-r " +
                          config.file.string() + "`"});
}

std::vector<Finding> check_files(const node::Config& config) {
  std::vector<Finding> findings;
  check_node_key(config, findings);
  check_secrecy(config, findings);
  std::error_code error;
  if (!std::filesystem::is_directory(config.node.data_dir / "store", error)) {
    findings.push_back(
        {Finding::Weight::error, config.file.string(), 0, "node.data_dir",
         config.node.data_dir.string() +
             " holds no store: is the disk mounted, and the path right? If it is lost, put it back "
             "from a copy; only if there is none: `culvert init --new-store`"});
  } else {
    check_store(config, findings);
  }
  need_file(config, "smtp.tls_certificate", config.smtp.tls_certificate, findings);
  need_file(config, "smtp.tls_key", config.smtp.tls_key, findings);
  for (Finding& finding : node::tls_findings(config, SystemClock().now()))
    findings.push_back(std::move(finding));
  need_file(config, "dns.trust_anchor", config.dns.trust_anchor, findings);
  need_file(config, "delivery.inside.password_file", config.delivery.inside.password_file,
            findings);
  if (config.delivery.outside) {
    need_file(config, "delivery.outside.password_file", config.delivery.outside->password_file,
              findings);
  }
  for (const auto& [domain, hop] : config.delivery.hosts) {
    need_file(config, "delivery.hosts." + domain.text() + ".password_file", hop.password_file,
              findings);
  }
  return findings;
}

// If the store cannot be read, all unverified hops are named. The store has its own finding, or
// `status` tells of it.
void check_hops(const Arguments& arguments, const node::Config& config,
                std::vector<Finding>& findings) {
  std::vector<node::UnverifiedHop> hops = node::unverified_hops(config);
  if (const auto node = open_node(arguments)) {
    if (auto sealed_left_out = hops_to_warn_of(config, *node->store)) {
      hops = *std::move(sealed_left_out);
    }
  }
  for (node::UnverifiedHop& hop : hops) {
    findings.push_back({Finding::Weight::warning, config.file.string(), hop.line,
                        std::move(hop.key), std::move(hop.text)});
  }
}

Report report_of(const std::vector<Finding>& findings) {
  Report report;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  std::size_t errors = 0;
  for (const Finding& finding : findings) {
    const bool is_error = finding.weight == Finding::Weight::error;
    errors += is_error ? 1 : 0;
    report.text += fmt::format("{}: {}\n", is_error ? "error  " : "warning", finding.message());
    list.push_back({{"weight", is_error ? "error" : "warning"},
                    {"file", finding.file},
                    {"line", finding.line},
                    {"key", finding.key},
                    {"text", finding.text}});
  }
  const std::string summary =
      errors == 0 ? "the configuration is right"
                  : counted(errors, "mistake") + " in the configuration, or in what it names";
  report.text += summary + "\n";
  report.exit_status = errors == 0 ? kExitDone : kExitUsage;
  nlohmann::ordered_json json = {{"valid", errors == 0}, {"findings", std::move(list)}};
  if (errors > 0) json["error"] = {{"code", kConfigurationCode}, {"text", summary}};
  report.json = json_text(json);
  return report;
}

Result<Report> check(const Arguments& arguments) {
  node::ConfigReading reading = node::read_config(arguments.config_file);
  std::vector<Finding> findings = std::move(reading.findings);
  if (reading.config) {
    const auto more = check_files(*reading.config);
    findings.insert(findings.end(), more.begin(), more.end());
    check_hops(arguments, *reading.config, findings);
  }
  return report_of(findings);
}

}  // namespace

Command check_command() {
  return {
      .name = "check",
      .summary = "reads configuration and store as `serve` would and reports everything wrong",
      .operands = {},
      .options = {},
      .detail = "Each line names file, line and key. Warnings do not keep the node from starting.",
      .example = "culvert check --config /etc/culvert/culvert.toml",
      .run = check};
}

}  // namespace culvert::cli
