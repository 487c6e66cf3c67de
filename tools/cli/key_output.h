// Where private keys go that leave the node: a file or a stream that nobody but its owner can read,
// from the first octet on.
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/result.h"

namespace culvert::cli {

// Writes `pem` into a new file of mode 0600 that takes the place of a file of that name (whatever
// mode that had), synced to the disk. permanent `not-regular` if a link, a pipe or a device has the
// name: the key would go to where that leads. Errors of store::Folder.
Status write_key_file(const std::string& name, std::string_view pem);

// Call before a private key is written to standard output. If that is a file, others lose the right
// to read it; if it is a terminal, a warning tells so. permanent `key-readable` if others can read
// the file and that cannot be changed.
Status guard_standard_output();

}  // namespace culvert::cli
