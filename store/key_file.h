// The file that holds the node key (crypto/keys/sealing.h). It stands outside the data directory,
// so that a copy of the data alone opens nothing.
#pragma once

#include <filesystem>

#include "crypto/base/result.h"
#include "crypto/keys/sealing.h"

namespace culvert::store {

// Makes a new key file, mode 0600, on stable storage before it returns. Never overwrites: permanent
// `key-file-exists`. permanent `key-file` if it cannot be written.
Result<crypto::NodeKey> create_node_key(const std::filesystem::path& file);

// Reads a key file. permanent `no-key-file` if it is not there, `key-file-mode` if group or others
// may read or write it or it is not a regular file, `bad-node-key` for other content.
Result<crypto::NodeKey> load_node_key(const std::filesystem::path& file);

// Replaces the key file by `key`, a newer form of the same key: whole or not at all, with the owner
// and group of the old file, on stable storage before it returns. Follows a link to where the file
// is. permanent `key-file`.
Status replace_node_key(const std::filesystem::path& file, const crypto::NodeKey& key);

}  // namespace culvert::store
