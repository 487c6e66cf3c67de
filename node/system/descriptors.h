// How many files and connections the system lets this process have open.
#pragma once

#include <cstddef>

namespace culvert::node {

// Raises the soft limit (often 1024, for programs that use select) to the hard one. Returns what
// holds then. Call it before threads exist.
std::size_t raise_descriptor_limit();

}  // namespace culvert::node
