// Where this checkout lies, for tests that read files of it.
#pragma once

#include <filesystem>

namespace culvert::tests {

// Absolute. The one file that is compiled anew for each checkout holds it, so that checkouts share
// what else was compiled.
std::filesystem::path source_root();

}  // namespace culvert::tests
