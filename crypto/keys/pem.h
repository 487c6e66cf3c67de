// Octets as text with a label (RFC 7468). Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace culvert::crypto {

std::string to_pem(ByteView octets, std::string_view label);

// The octets of the first block. permanent `bad-pem` if there is none, it has another label, or is
// damaged.
Result<Bytes> from_pem(std::string_view text, std::string_view label);

}  // namespace culvert::crypto
