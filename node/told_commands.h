// Logs what administrators changed by commands (store/admin_commands.h): at once while the node
// runs, otherwise at its next start.
#pragma once

#include "store/store.h"

namespace culvert::node {

// One line for each command that is not logged yet: `command by="…" words="…" at="…"`. Blocks; for
// a worker.
void tell_commands(store::Store& store);

}  // namespace culvert::node
