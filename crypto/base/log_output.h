// The link between log.cc, which knows where the log goes, and log_line.cc.
#pragma once

#include <string_view>

#include "crypto/base/log.h"

namespace culvert {

LogFormat log_format();
bool log_takes(LogLevel level);
// Writes `line` as it is: a line without controls. In the format json it is what follows `"text":`,
// a string and more members. Thread-safe.
void write_prepared(LogLevel level, std::string_view line);

}  // namespace culvert
