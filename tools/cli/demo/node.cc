#include "tools/cli/demo/node.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "crypto/base/log.h"
#include "tools/cli/running_node.h"

namespace culvert::cli {

DemoNode::DemoNode(std::filesystem::path folder, std::string domain)
    : folder_(std::move(folder)), domain_(std::move(domain)) {
  std::filesystem::create_directories(folder_);
}

Result<std::string> DemoNode::command(std::vector<std::string> words) const {
  words.insert(words.end(), {"--config", config().string()});
  const Finished finished = run_culvert(words);
  if (finished.exit_status == 0) return finished.output;
  std::string typed;
  for (const std::string& word : words)
    typed += " " + word;
  return permanent_error("command-failed",
                         fmt::format("`culvert{}` ended with {}: {}", printable(typed, 120),
                                     finished.exit_status, printable(finished.errors, 400)));
}

Result<std::string> DemoNode::command_member(std::vector<std::string> words,
                                             const char* member) const {
  words.emplace_back("--json");
  const auto output = command(std::move(words));
  if (!output) return output.error();
  const auto json = nlohmann::json::parse(*output, nullptr, /*allow_exceptions=*/false);
  if (json.is_object() && json.contains(member) && json[member].is_string()) {
    return json[member].get<std::string>();
  }
  return internal_error("command-failed", std::string("a command did not tell its ") + member);
}

Status DemoNode::init(const Ways& ways) {
  auto fingerprint = command_member(
      {"init", "--domain", domain_, "--name", name(), "--data-dir", (folder_ / "data").string()},
      "fingerprint");
  if (!fingerprint) return fingerprint.error();
  fingerprint_ = *std::move(fingerprint);
  return write_config(ways);
}

Status DemoNode::write_config(const Ways& ways) const {
  std::ofstream out(config());
  out << fmt::format(
      "# A node of `culvert demo`.\n"
      "[node]\nname = \"{}\"\ndomains = [\"{}\"]\ndata_dir = \"data\"\n"
      "[smtp.inside]\nlisten = [\"127.0.0.1:0\"]\n"
      "[smtp.outside]\nlisten = [\"127.0.0.1:0\"]\nverify_recipients = \"off\"\n"
      "[delivery]\ninside = \"smtp://{}\"\noutside = \"smtp://{}\"\n"
      "[delivery.hosts]\n\"{}\" = \"smtp://{}\"\n"
      "[peering]\nlisten = [\"127.0.0.1:0\"]\nprivate_addresses = true\n",
      name(), domain_, mail_server_.address(), ways.to_outside, ways.peer_domain, ways.to_peer);
  out.close();
  if (out) return done();
  return permanent_error("not-written", config().string() + " cannot be written");
}

Status DemoNode::start() {
  constexpr std::chrono::seconds kPatience{15};
  process_ = std::make_unique<ServeProcess>(config(), folder_ / "node.log");
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (process_->running() && std::chrono::steady_clock::now() < end) {
    if (read_ports()) return done();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return permanent_error("no-start", fmt::format("the node {} does not start; see {}", name(),
                                                 (folder_ / "node.log").string()));
}

Status DemoNode::read_ports() {
  const auto reading = node::read_config(config());
  if (!reading.config) return permanent_error("no-config", "the configuration is not right");
  const auto inside = bound_addresses(*reading.config, "smtp.inside");
  const auto outside = bound_addresses(*reading.config, "smtp.outside");
  if (inside.empty() || outside.empty()) return temporary_error("no-ports", "it does not run yet");
  inside_port_ = inside.front().port;
  outside_port_ = outside.front().port;
  return done();
}

}  // namespace culvert::cli
