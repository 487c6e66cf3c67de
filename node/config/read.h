// Turns the tree of a document into the typed configuration. Internal to node/config.
#pragma once

#include <filesystem>
#include <optional>

#include "node/config/config.h"
#include "node/config/section.h"

namespace culvert::node {

// Reads every section; `root` is the whole document. Nothing if node.name or node.domains is
// missing or wrong (a finding says so). Relative paths are taken from the directory of `file`.
std::optional<Config> read_sections(Section& root, const std::filesystem::path& file);

}  // namespace culvert::node
