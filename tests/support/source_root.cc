#include "tests/support/source_root.h"

namespace culvert::tests {

std::filesystem::path source_root() { return CULVERT_SOURCE_ROOT; }

}  // namespace culvert::tests
