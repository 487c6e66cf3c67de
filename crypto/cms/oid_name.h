// What people call an OID that a message names, known to be computed with or not. Thread-safe.
#pragma once

#include <string>

#include "crypto/base/bytes.h"

namespace culvert::crypto {

// `SHA-1 (1.3.14.3.2.26)`, or the dotted form alone of one that has no name here; at most 200
// octets. `oid` are content octets.
std::string oid_name(ByteView oid);
// The same for a dotted form.
std::string oid_name(const std::string& dotted);

}  // namespace culvert::crypto
