// `culvert route wait`.
#pragma once

#include <optional>

#include "crypto/base/clock.h"
#include "store/routes.h"
#include "tools/cli/command.h"

namespace culvert::cli {

Command route_wait_command();

// When the next step for the route's proof is due: a retry of the challenge under way, otherwise a
// new challenge.
std::optional<Time> next_proof_step(const store::Route& route, Time now);

}  // namespace culvert::cli
