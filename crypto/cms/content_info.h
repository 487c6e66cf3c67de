// ContentInfo (RFC 5652, section 3): the two elements around every CMS object.
#pragma once

#include "crypto/base/result.h"
#include "crypto/cms/ber_reader.h"

namespace culvert::crypto {

// Enters ContentInfo and its [0], up to the content itself; returns the content type. `not-cms` if
// there is no ContentInfo.
Result<Bytes> enter_content_info(BerReader& from);

// Leaves both and demands the end of the input.
Status leave_content_info(BerReader& from);

// The version of a CMS structure: one INTEGER of 0 to 5.
Result<int> read_version(BerReader& from);

}  // namespace culvert::crypto
