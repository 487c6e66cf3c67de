// The name that people use for an OID in a message, whether or not it is supported. Thread-safe.
#pragma once

#include <string>

#include "crypto/base/bytes.h"

namespace culvert::crypto {

// `SHA-1 (1.3.14.3.2.26)`, or only the dotted form if it has no name here; at most 200 octets.
// `oid` holds content octets.
std::string oid_name(ByteView oid);
// The same for a dotted form.
std::string oid_name(const std::string& dotted);

}  // namespace culvert::crypto
