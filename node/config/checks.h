// Checks that need more than one key: values that contradict each other. Internal to node/config.
#pragma once

#include "node/config/config.h"
#include "node/config/section.h"

namespace culvert::node {

// Checks a whole configuration. `root`, the document that it was read from, gives the lines.
void check_together(const Config& config, const TreeTable& root, Findings& findings);

}  // namespace culvert::node
