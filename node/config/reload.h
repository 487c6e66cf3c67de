// The settings that a running node does not take from a configuration that it reads again (SIGHUP),
// because its sockets, its resolver, its card and its peers' knowledge of it are built on them.
// Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "node/config/config.h"

namespace culvert::node {

// Gives `fresh` the values of `running` for everything that only a restart changes, so that no part
// of the node follows the file while another does not. Returns the keys (`node.name`) that
// differed, in the order of the file.
std::vector<std::string> keep_until_restart(Config& fresh, const Config& running);

}  // namespace culvert::node
