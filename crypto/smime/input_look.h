// What an input is that is no S/MIME object and tells no type, for people.
#pragma once

#include <string>

#include "crypto/base/bytes.h"

namespace culvert::crypto {

// `front` are its first octets, 64 or more if there are so many. `it looks like PKCS#12, …`, with
// what to do; empty if nothing is known of it.
std::string input_look(ByteView front);

}  // namespace culvert::crypto
