// Whether there is a store, and what to do if there is none.
#pragma once

#include <filesystem>

#include "crypto/base/result.h"

namespace culvert::store {

// permanent `no-store` if there is no store in `data_dir`; `store-altered` if there is none, but
// bodies of its mail are there. The texts say what to do.
Status check_store_is_there(const std::filesystem::path& data_dir);

// The error for a store that is not there.
Error store_is_missing(const std::filesystem::path& data_dir);

}  // namespace culvert::store
