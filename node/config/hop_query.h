// What stands behind `?` in the URL of a next hop. Inside node/config; pure.
#pragma once

#include <string_view>

#include "node/config/next_hop.h"

namespace culvert::node {

// Takes `query` (without `?`) into `hop`, whose scheme and host are known. What makes no sense is
// refused: an unknown item, one that stands there twice, two that contradict each other. Errors as
// `parse_next_hop`.
Status take_query(std::string_view query, NextHop& hop);

}  // namespace culvert::node
