// How the configuration wants names to be resolved.
#pragma once

#include "node/config/config.h"
#include "node/net/resolver.h"

namespace culvert::node {

ResolverOptions resolver_options(const Config& config);

}  // namespace culvert::node
