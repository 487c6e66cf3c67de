// Files of large bodies: their names, and the removal of files that nothing owns.
#pragma once

#include <filesystem>

#include "store/messages.h"
#include "store/store.h"

namespace culvert::store {

// `<bodies_dir>/<last two digits>/<32 digits>`: the last digits are random, the first are the time.
std::filesystem::path body_path(const std::filesystem::path& bodies_dir, const MessageId& id);

// Removes body files without an owner in the database; returns how many. A file that awaits its
// commit stays: the process that wrote it holds a lock on it (flock, shared).
Result<std::size_t> sweep_body_files(const Store& store);

// True if there is any file below, or if that cannot be found out.
bool has_body_files(const std::filesystem::path& bodies_dir);

}  // namespace culvert::store
