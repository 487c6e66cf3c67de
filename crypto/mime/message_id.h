// The Message-ID of a message (RFC 5322, 3.6.4), by which people look for it. The writer of the
// message chose it: two messages may have the same, and it proves nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/mime/header.h"

namespace culvert::crypto {

// Longer ones are cut, where they are kept and where they are looked for.
inline constexpr std::size_t kMaxMessageIdOctets = 250;

// The text between the angle brackets of a field's body, or all of it if there are none, without
// comments and folding, with `?` for what is not shown (`printable`). A person may give it with or
// without brackets: both give the same. May be empty.
std::string message_id_in(std::string_view body);

// The id in the first Message-ID field; empty if there is none.
std::string message_id_of(const std::vector<HeaderField>& fields);

}  // namespace culvert::crypto
