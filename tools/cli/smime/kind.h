// Says what kind of object a command got that it cannot take, and which command takes it.
#pragma once

#include "crypto/base/result.h"
#include "crypto/base/stream.h"

namespace culvert::cli {

// Returns `error`. If it is `not-cms` because `input` is a CMS object of another kind, the text
// names that kind.
Error say_what_it_is(Error error, RewindableSource& input);

}  // namespace culvert::cli
