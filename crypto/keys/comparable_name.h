// Certificate names in the form in which they are compared (RFC 5280, 7.1; RFC 4518, 2). These make
// no difference: the kind of string, the case of letters, how a letter is composed, and the amount
// of white space. For the sources of crypto/keys only.
#pragma once

#include <string>
#include <vector>

#include "crypto/base/bytes.h"

namespace culvert::crypto {

// One text for each RelativeDistinguishedName, from the root of the directory down. Two texts are
// equal if their sets of attributes are.
using ComparableName = std::vector<std::string>;

// `der` is a Name. Throws if it is not.
ComparableName comparable_name(ByteView der);

// True if the Name `der` equals `name`. False if `der` is not a Name or is longer than
// kMaxComparedNameBytes: strangers cause this work. Real names have up to 500 octets.
inline constexpr std::size_t kMaxComparedNameBytes = 1024;
bool is_same_name(ByteView der, const ComparableName& name);

// True if `name` is `base` or below it.
bool is_within(const ComparableName& name, const ComparableName& base);

}  // namespace culvert::crypto
