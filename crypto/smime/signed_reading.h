// Which octets a signature beside its content covers, if they can be read in two ways
// (MultipartSigned::has_two_readings): those under which the signature is right.
#pragma once

#include "crypto/base/result.h"
#include "crypto/smime/cms_input.h"

namespace culvert::crypto {

// Reads the content of `input` to find that out, and leaves both its sources at their beginning;
// for input with one reading it does nothing. Whether the signature counts is not judged here.
// Errors of reading, and the refusals of SignedDataReader.
Status choose_reading(CmsInput& input);

}  // namespace culvert::crypto
