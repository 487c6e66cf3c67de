// How people name mail in quarantine.
#pragma once

#include <string>

#include "crypto/base/result.h"
#include "store/messages.h"

namespace culvert::cli {

// 32 hexadecimal digits; permanent `not-found` otherwise.
Result<store::MessageId> parse_quarantine_id(const std::string& text);

// permanent `not-found`: nothing with that id is in quarantine.
Error not_in_quarantine(const store::MessageId& id);

}  // namespace culvert::cli
