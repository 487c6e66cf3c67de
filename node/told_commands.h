// What administrators changed by commands (store/admin_commands.h), told in the log of the node: at
// once while it runs, and at its next start if it did not.
#pragma once

#include "store/store.h"

namespace culvert::node {

// One line for each command that no log has told: `command by="…" words="…" at="…"`. Blocks; for a
// worker.
void tell_commands(store::Store& store);

}  // namespace culvert::node
