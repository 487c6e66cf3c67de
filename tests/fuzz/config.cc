// A configuration from anywhere: nothing crashes, there is a configuration exactly if no finding is
// an error, findings are single lines, and what was read is read the same when it is written back.
#include <algorithm>
#include <cstdlib>

#include "node/config/config.h"

namespace {

using culvert::node::Config;
using culvert::node::ConfigReading;
using culvert::node::Finding;

void require(bool holds) {
  if (!holds) std::abort();
}

template <typename T>
std::string list_of(const std::vector<T>& values) {
  std::string text = "[";
  for (const T& value : values)
    text += "'" + value.text() + "',";
  return text + "]\n";
}

std::string write(const Config& config) {
  std::string text =
      "[node]\nname='" + config.node.name.text() + "'\ndomains=" + list_of(config.node.domains) +
      "[smtp]\nmax_message_size='" + std::to_string(config.smtp.max_message_bytes) +
      "B'\nmax_connections=" + std::to_string(config.smtp.max_connections) +
      "\n[smtp.inside]\nlisten=" + list_of(config.inside.listen) +
      "networks=" + list_of(config.inside.networks) +
      "[smtp.outside]\nlisten=" + list_of(config.outside.listen) +
      "networks=" + list_of(config.outside.networks) + "[delivery]\ninside='" +
      config.delivery.inside.text() + "'\n[peering]\nlisten=" + list_of(config.peering.listen) +
      "[dns]\nresolvers=" + list_of(config.dns.resolvers);
  // A secret stands before the networks that need it, in a form that TOML takes as it is.
  if (config.inside.required_header) {
    const auto& header = *config.inside.required_header;
    if ((header.name + header.value).find('\'') != std::string::npos) return {};
    const std::string field = "require='header: " + header.name + ": " + header.value + "'\n";
    text.insert(text.find("networks="), field);
  }
  return text;
}

void check_round_trip(const Config& config) {
  const std::string text = write(config);
  if (text.empty()) return;
  const ConfigReading again = culvert::node::parse_config(text, config.file);
  require(again.config.has_value());
  require(write(*again.config) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(octets), size);
  const ConfigReading reading = culvert::node::parse_config(text, "/etc/culvert/culvert.toml");
  const bool has_error =
      std::any_of(reading.findings.begin(), reading.findings.end(),
                  [](const Finding& f) { return f.weight == Finding::Weight::error; });
  require(reading.config.has_value() != has_error);
  for (const Finding& finding : reading.findings) {
    require(finding.message().find_first_of("\r\n") == std::string::npos);
  }
  if (reading.config) check_round_trip(*reading.config);
  return 0;
}
