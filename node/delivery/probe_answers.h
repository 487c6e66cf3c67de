// What the inside server's answer about a recipient means. Servers refuse for reasons of their own
// (no mail without a sender, no strangers, too many errors), which say nothing about the recipient.
// Only a refusal of the recipient may bounce mail.
#pragma once

#include <vector>

#include "node/smtp/client_dialog.h"

namespace culvert::node {

enum class ProbeMeaning {
  known,      // the server takes the recipient
  refused,    // it does not, and the world may be told its reply
  later,      // it does not take it now; the same
  untold,     // a refusal that may have another cause than the recipient
  not_asked,  // it could not be asked
};

// `outcomes` are of the recipient and, if it was asked about too, of a recipient that every server
// has: the control. A refusal is the recipient's if it is a permanent reply to RCPT with 5.1.1,
// 5.1.2, 5.1.3, 5.1.6, 5.1.10, 5.2.x or no enhanced code (RFC 3463, RFC 7505). One with 5.7.x is
// the recipient's if the control was not refused with 5.7.x in the same transaction; otherwise it
// is the sender that is not wanted.
ProbeMeaning meaning_of(const std::vector<RecipientOutcome>& outcomes);

// True for 5.7.x: the server's rules refuse, whoever it is about.
bool is_policy(const Reply& reply);

}  // namespace culvert::node
