// Reads another system's delivery status notification (RFC 3462 and 3464; RFC 6533 for addresses in
// UTF-8): whose mail failed, and with which status code. Nothing else is taken from it, and none of
// its text goes any further. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/names.h"
#include "crypto/base/result.h"

namespace culvert::node {

// The status part must end within this many octets of the message: a thousand recipients with a
// kilobyte each. The returned message after it may be of any size and is not looked at.
inline constexpr std::size_t kMaxDsnBytes = 1024 * 1024;

struct ReportedRecipient {
  std::optional<Mailbox> final_recipient;     // nothing: no readable mailbox
  std::optional<Mailbox> original_recipient;  // nothing: absent, or the same as the final one
  bool failed = false;                        // Action: failed; any other is no failure yet
  // `4.x.x` or `5.x.x`; 5.0.0 if the report has no such code.
  std::string status;

  bool operator==(const ReportedRecipient&) const = default;
};

// `message` is header and body with CRLF line ends, or its first kMaxDsnBytes. One result for each
// recipient of the report, at least one and at most kMaxRecipients. permanent `not-a-report` unless
// the top-level entity is multipart/report of the type delivery-status. Its second part must be
// complete, a message/delivery-status and not encoded, and each recipient in it must have one
// Final-Recipient and one Action.
Result<std::vector<ReportedRecipient>> read_dsn(std::string_view message);

}  // namespace culvert::node
