// What a sender may say about the reports that it wants (RFC 3461, 4), as it stands in the sealed
// envelope. Pure functions, any thread.
#pragma once

#include <string_view>

namespace culvert::peering {

// ENVID: xtext of 1 to 100 octets.
bool is_envid(std::string_view text);
// ORCPT: `addr-type;address`, at most 500 octets, no blank and no control (RFC 6533, 3 as well).
bool is_orcpt(std::string_view text);
// NOTIFY: NEVER alone, or SUCCESS, FAILURE and DELAY, each at most once, between commas.
bool is_notify(std::string_view text);

}  // namespace culvert::peering
