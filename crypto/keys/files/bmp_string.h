// BMPString: the text of PKCS#12 (RFC 7292, appendix B.1), two octets a character, the higher one
// first. Characters beyond U+FFFF are written as surrogate pairs (UTF-16), as OpenSSL and Windows
// do.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"

namespace culvert::crypto {

// From UTF-8, without a final 00 00; nothing if `utf8` is not valid (crypto/base/utf8.h).
std::optional<SecretBytes> to_bmp_string(std::string_view utf8);

// The same with a final 00 00, which passwords have.
std::optional<SecretBytes> to_terminated_bmp_string(std::string_view utf8);

// To UTF-8. Unpaired surrogates become U+FFFD; an odd octet at the end is dropped.
std::string from_bmp_string(ByteView octets);

}  // namespace culvert::crypto
