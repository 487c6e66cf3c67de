// Names of certificates in the form in which they are compared (RFC 5280, 7.1; RFC 4518, 2): the
// kind of string, the case of letters, how a letter is composed, and how much white space there is
// make no difference. For the sources of crypto/keys alone.
#pragma once

#include <string>
#include <vector>

#include "crypto/base/bytes.h"

namespace culvert::crypto {

// A text for each RelativeDistinguishedName, from the root of the directory down. Two are equal if
// their sets of attributes are.
using ComparableName = std::vector<std::string>;

// `der` is a Name. Throws if it is none.
ComparableName comparable_name(ByteView der);

// True if the Name `der` is `name`. One that is none, or longer than kMaxComparedNameBytes, is no
// other: strangers ask for the work. Real names have up to 500 octets.
inline constexpr std::size_t kMaxComparedNameBytes = 1024;
bool is_same_name(ByteView der, const ComparableName& name);

// True if `name` is `base` or below it.
bool is_within(const ComparableName& name, const ComparableName& base);

}  // namespace culvert::crypto
