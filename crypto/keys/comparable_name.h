// Names of certificates in the form in which they are compared (RFC 5280, 7.1): the kind of string,
// the case of ASCII letters, and how much white space there is make no difference. For the sources
// of crypto/keys alone.
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

// True if `name` is `base` or below it.
bool is_within(const ComparableName& name, const ComparableName& base);

}  // namespace culvert::crypto
