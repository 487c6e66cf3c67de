// The Message-ID of a message (RFC 5322, 3.6.4), as a name under which people look for it. Whoever
// wrote the message chose it: two may have the same, and it proves nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/mime/header.h"

namespace culvert::crypto {

// What is kept of it; longer ones are cut, here and in what is looked for.
inline constexpr std::size_t kMaxMessageIdOctets = 250;

// What stands between the angle brackets of a field's body, or all of it if there are none;
// comments and folding aside, with `?` for what is not shown (`printable`). A person may give it
// with brackets or without: both give the same. May be empty.
std::string message_id_in(std::string_view body);

// Of the first field of that name; empty if there is none.
std::string message_id_of(const std::vector<HeaderField>& fields);

}  // namespace culvert::crypto
