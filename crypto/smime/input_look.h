// For people: what an input is, if it is no S/MIME object and names no type.
#pragma once

#include <string>

#include "crypto/base/bytes.h"

namespace culvert::crypto {

// `front` holds its first octets, at least 64 if there are so many. Returns, with what to do, `it
// looks like PKCS#12, …`; empty if nothing is known.
std::string input_look(ByteView front);

}  // namespace culvert::crypto
