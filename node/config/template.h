// The configuration file that `culvert init` writes: every key with its meaning, in the order in
// which an administrator needs it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "crypto/base/names.h"

namespace culvert::node {

struct TemplateValues {
  Domain name;
  std::vector<Domain> domains;
  std::filesystem::path data_dir;  // absolute
};

// TOML that `parse_config` reads without a finding.
std::string config_template(const TemplateValues& values);

}  // namespace culvert::node
