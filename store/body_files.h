// Files of large bodies: their names, and removing those that nobody owns.
#pragma once

#include <filesystem>

#include "store/messages.h"
#include "store/store.h"

namespace culvert::store {

// `<bodies_dir>/<last two digits>/<32 digits>`: the last digits are random, the first are the time.
std::filesystem::path body_path(const std::filesystem::path& bodies_dir, const MessageId& id);

// A body file whose commit has not come yet is locked (flock, shared) by the process that wrote it;
// others without an owner in the database are removed.
Result<std::size_t> sweep_body_files(const Store& store);

// Whether there is any file below; also if that cannot be found out.
bool has_body_files(const std::filesystem::path& bodies_dir);

}  // namespace culvert::store
