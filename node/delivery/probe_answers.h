// What an answer of the inside server to a question about a recipient means. Servers refuse for
// reasons of their own (no mail without a sender, no strangers, too many errors), which tell
// nothing of the recipient: what is no recipient's refusal must bounce nobody's mail.
#pragma once

#include <vector>

#include "node/smtp/client_dialog.h"

namespace culvert::node {

enum class ProbeMeaning {
  known,      // the server takes the recipient
  refused,    // it does not, and its reply may be told to the world
  later,      // nor does it now: the same
  untold,     // a refusal that need not be the recipient's
  not_asked,  // it could not be asked
};

// `outcomes` are of the recipient and, where it was asked besides, of one that servers have: the
// control. The recipient's is a permanent reply to RCPT with 5.1.1, 5.1.2, 5.1.3, 5.1.6, 5.1.10,
// 5.2.x or no enhanced code (RFC 3463, RFC 7505). One with 5.7.x is the recipient's if the control
// was not refused so in the same transaction: else it is the sender who is not wanted.
ProbeMeaning meaning_of(const std::vector<RecipientOutcome>& outcomes);

// True for 5.7.x: what a server's rules say, of whomever.
bool is_policy(const Reply& reply);

}  // namespace culvert::node
