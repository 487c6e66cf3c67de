// The output for private keys that leave the node: a file or a stream that only its owner can read,
// from the first octet on.
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/result.h"

namespace culvert::cli {

// Writes `pem` into a new file of mode 0600, synced to the disk. It replaces a file of that name,
// whatever its mode. permanent `not-regular` if the name is a link, a pipe or a device: the key
// would go to where that leads. Errors of store::Folder.
Status write_key_file(const std::string& name, std::string_view pem);

// Call before a private key is written to standard output. If that is a file, others lose the right
// to read it. If it is a terminal, people are warned. permanent `key-readable` if others can read
// the file and its mode cannot be changed.
Status guard_standard_output();

}  // namespace culvert::cli
