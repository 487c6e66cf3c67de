// What an object is that a command cannot take, and which command takes it.
#pragma once

#include "crypto/base/result.h"
#include "crypto/base/stream.h"

namespace culvert::cli {

// `error` as it is, or if it is `not-cms` because `input` is a CMS object of another kind, with a
// text that says of which.
Error say_what_it_is(Error error, RewindableSource& input);

}  // namespace culvert::cli
