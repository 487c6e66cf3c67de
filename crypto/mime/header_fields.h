// Which header fields belong to whom, and what is a field at all. Internal to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/mime/entity.h"
#include "crypto/mime/header.h"

namespace culvert::crypto {

inline constexpr std::string_view kHpOuter = "HP-Outer";

// Fields that a mail server adds on the way (RFC 5321, 4.4; 8601; 6376; 8617), and `Culvert-*`: the
// author's message does not hold them, and nobody may set them from inside.
bool is_transport_field(std::string_view name);

// Fields that people see as the message's own (RFC 9787, 1.1.2), or that tell a mail program which
// other message this one belongs to, or what to do with it. Beside protected fields, such a field
// from outside may be forged.
bool is_user_facing_field(std::string_view name);

// Bcc and Resent-Bcc.
bool is_blind_field(std::string_view name);

// The refusal (bad_header) of a header for a line that is not a field; its text names the line.
Error no_field(const HeaderField& line);

// True if it holds a control other than a tab: for some readers a NUL ends the text, and a bare CR
// or LF ends the field.
bool has_control(std::string_view text);

// True if the header holds a NUL, or a CR or LF alone: some program after us would take it for the
// end of a field.
bool has_stray_octets(std::string_view header);

// The body on one line, each run of white space as one blank, for comparing.
std::string comparable(std::string_view body);

}  // namespace culvert::crypto
