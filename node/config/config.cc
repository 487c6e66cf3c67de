#include "node/config/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "node/config/checks.h"
#include "node/config/read.h"

namespace culvert::node {
namespace {

constexpr std::size_t kMaxFileBytes = 1024 * 1024;
// What sealing adds: base64 and the rest.
constexpr double kSealedGrowth = 1.4;
constexpr std::uint64_t kSealedOverheadBytes = 1024 * 1024;

bool has_error(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.weight == Finding::Weight::error;
  });
}

ConfigReading unreadable(const std::filesystem::path& file, std::string text) {
  Findings findings(file.string());
  findings.error(0, {}, std::move(text));
  return {std::nullopt, findings.take_sorted()};
}

}  // namespace

bool Config::serves(const Domain& domain) const {
  return std::find(node.domains.begin(), node.domains.end(), domain) != node.domains.end();
}

std::uint64_t Config::largest_outside_bytes() const {
  return static_cast<std::uint64_t>(static_cast<double>(smtp.max_message_bytes) * kSealedGrowth) +
         kSealedOverheadBytes;
}

std::string Finding::message() const {
  std::string place = file;
  if (line > 0) place += fmt::format(":{}", line);
  return place + ": " + (key.empty() ? "" : key + ": ") + text;
}

ConfigReading parse_config(std::string_view toml, const std::filesystem::path& file) {
  Findings findings(file.string());
  const auto tree = parse_tree(toml);
  if (const auto* wrong = std::get_if<TreeSyntaxError>(&tree)) {
    findings.error(wrong->line, {}, "not TOML: " + printable(wrong->text));
    return {std::nullopt, findings.take_sorted()};
  }
  const auto& table = std::get<TreeTable>(tree);
  std::optional<Config> config;
  {
    Section root(&table, {}, 0, findings);
    config = read_sections(root, std::filesystem::absolute(file).lexically_normal());
  }
  if (config) check_together(*config, table, findings);
  ConfigReading reading{std::move(config), findings.take_sorted()};
  if (has_error(reading.findings)) reading.config.reset();
  return reading;
}

ConfigReading read_config(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    return unreadable(file,
                      "there is no such file; name one with --config, or make one with "
                      "`culvert init --domain YOUR.DOMAIN`");
  }
  std::ifstream in(file, std::ios::binary);
  if (std::filesystem::is_directory(file, error) || !in) {
    return unreadable(file, "cannot be read; check its owner and mode");
  }
  std::string text(kMaxFileBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad()) return unreadable(file, "cannot be read; check the disk");
  if (text.size() > kMaxFileBytes) return unreadable(file, "is longer than 1 MiB");
  return parse_config(text, file);
}

std::vector<NamedHop> named_hops(const DeliverySettings& delivery) {
  std::vector<NamedHop> hops{{"delivery.inside", std::nullopt, &delivery.inside}};
  if (delivery.outside) hops.push_back({"delivery.outside", std::nullopt, &*delivery.outside});
  for (const auto& [domain, hop] : delivery.hosts)
    hops.push_back({"delivery.hosts." + domain.text(), domain, &hop});
  return hops;
}

}  // namespace culvert::node
