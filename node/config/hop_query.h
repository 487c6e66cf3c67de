// What follows `?` in the URL of a next hop. Inside node/config; pure.
#pragma once

#include <string_view>

#include "node/config/next_hop.h"

namespace culvert::node {

// Reads `query` (without `?`) into `hop`, whose scheme and host are known. Refuses an unknown item,
// an item given twice, and two items that contradict each other. Errors as `parse_next_hop`.
Status take_query(std::string_view query, NextHop& hop);

}  // namespace culvert::node
