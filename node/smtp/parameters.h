// ESMTP parameters of MAIL and RCPT: `KEY` or `KEY=value`, separated by single spaces (RFC 5321,
// 4.1.2). Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "node/smtp/envelope.h"
#include "node/smtp/reply.h"

namespace culvert::node {

// `text` is what follows the path and its space; empty if there is none. Returns nothing, or the
// reply that refuses it: 501 5.5.4 for a bad value or a key given twice, 555 5.5.4 for an unknown
// key.
std::optional<Reply> parse_parameters(std::string_view text, MailParameters& into);
std::optional<Reply> parse_parameters(std::string_view text, Recipient& into);

// Each parameter with a space before it; the empty string if there is none.
std::string parameters_text(const MailParameters& parameters);
std::string parameters_text(const Recipient& recipient);

}  // namespace culvert::node
