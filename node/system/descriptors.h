// How many files and connections the system lets this process have open.
#pragma once

#include <cstddef>

namespace culvert::node {

// Raises the soft limit (often 1024, for programs that use select) to the hard one. Returns the
// limit that then holds. Call it before any thread exists.
std::size_t raise_descriptor_limit();

}  // namespace culvert::node
