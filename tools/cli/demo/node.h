// One of the two nodes of the demo, with its folder, configuration, process and mail server.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "crypto/base/result.h"
#include "tools/cli/demo/process.h"
#include "tools/cli/demo/sink.h"

namespace culvert::cli {

class DemoNode {
 public:
  // Makes `folder`. The node serves `domain`.
  DemoNode(std::filesystem::path folder, std::string domain);

  struct Ways {
    std::string peer_domain;
    std::string to_peer;     // address of the eavesdropper on that way
    std::string to_outside;  // address of the outsider's server
  };
  // Runs `culvert init`, then writes a configuration with free ports on loopback.
  Status init(const Ways& ways);
  // Starts `culvert serve`; returns when it listens.
  Status start();
  int stop() { return process_ ? process_->stop() : 0; }

  // Runs `culvert WORDS… --config FILE` and returns its standard output. permanent `command-failed`
  // with its standard error.
  Result<std::string> command(std::vector<std::string> words) const;
  // The same with --json; returns one text member of the result.
  Result<std::string> command_member(std::vector<std::string> words, const char* member) const;

  const std::string& domain() const { return domain_; }
  std::string name() const { return "gate." + domain_; }
  const std::string& fingerprint() const { return fingerprint_; }
  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path config() const { return folder_ / "culvert.toml"; }
  // Ports of 127.0.0.1, known once it runs.
  std::uint16_t inside_port() const { return inside_port_; }
  std::uint16_t outside_port() const { return outside_port_; }
  // The organisation's mail server.
  const DemoSink& mail_server() const { return mail_server_; }

 private:
  Status write_config(const Ways& ways) const;
  Status read_ports();

  std::filesystem::path folder_;
  std::string domain_;
  std::string fingerprint_;
  std::uint16_t inside_port_ = 0, outside_port_ = 0;
  DemoSink mail_server_;
  std::unique_ptr<ServeProcess> process_;
};

}  // namespace culvert::cli
