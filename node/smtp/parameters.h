// ESMTP parameters of MAIL and RCPT: `KEY` or `KEY=value`, separated by single spaces (RFC 5321,
// 4.1.2), and xtext (RFC 3461, 4). Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "node/smtp/envelope.h"
#include "node/smtp/reply.h"

namespace culvert::node {

// `text` is what stands behind the path and its space; empty for none. Nothing, or the reply that
// refuses it: 501 5.5.4 for a bad value or a key given twice, 555 5.5.4 for an unknown key.
std::optional<Reply> parse_parameters(std::string_view text, MailParameters& into);
std::optional<Reply> parse_parameters(std::string_view text, RcptParameters& into);

// Each with a space before it; the empty string for none.
std::string parameters_text(const MailParameters& parameters);
std::string parameters_text(const RcptParameters& parameters);

// `FAILURE,DELAY`, `NEVER`; empty if not given. And back; nothing for any other text.
std::string notify_text(const Notify& notify);
std::optional<Notify> parse_notify(std::string_view text);

// xtext: `+` and two upper-case hexadecimal digits for `+`, `=`, and what is not printable ASCII.
std::string encode_xtext(std::string_view text);
std::optional<std::string> decode_xtext(std::string_view text);

}  // namespace culvert::node
