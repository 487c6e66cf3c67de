// The refusals and answers that we give, in one place, so that their wording can be read together.
// Each tells the sender's administrator what to do. `wire_form` makes parameters from a peer safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "crypto/base/names.h"
#include "node/smtp/reply.h"

namespace culvert::node::replies {

// For the receiver (node/intake).
Reply accepted(std::string_view id);                // 250 2.0.0 kept, with the id
Reply connection_refused(std::string_view client);  // 554 5.7.1 not in `networks`
Reply too_busy();                                   // 421 4.3.2 too many connections
Reply too_many_of_network();                        // 421 4.7.0 its share is taken
Reply relaying_denied(const Mailbox& recipient);    // 550 5.7.1 not a domain of ours
Reply sender_not_allowed(std::string_view sender);  // 550 5.7.1 `senders = "domains"`
Reply secret_missing();                             // 550 5.7.1 `require = "header: ..."`
// 550 5.1.3 a recipient, or the sender whom a report would go to; `what`: from
// culvert::hidden_route
Reply hidden_route(const Mailbox& mailbox, std::string_view what);
Reply no_such_recipient(const Mailbox& recipient, std::string_view why);  // 550 5.1.1
// What the inside server said of the recipient, with its own codes (550 5.1.1 or 450 4.1.1 if it
// gave none).
Reply recipient_refused(const Mailbox& recipient, const Reply& from_inside);
Reply encryption_needed(const Mailbox& recipient);  // 550 5.7.10 mandatory, but no way
Reply peer_message_too_big(const Mailbox& recipient, std::uint64_t limit_bytes);  // 552 5.3.4
Reply no_room_for_recipient();                                                    // 452 4.5.3
Reply too_much_for_now();                                                         // 451 4.7.1
Reply sealed_for_others();                                                        // 451 4.7.5
Reply local_error();                                                              // 451 4.3.0
Reply mail_loop();                                                                // 554 5.4.6
Reply bad_header(std::string_view what);                                          // 554 5.6.0
Reply refused_by_policy(std::string_view why);                                    // 550 5.7.1

// For the dialogs themselves.
Reply bad_line_end();          // 521 5.5.2, in a command
Reply bad_line_end_in_body();  // 554 5.5.2; the session ends with it
Reply command_too_long(std::size_t limit_bytes);
Reply body_line_too_long(std::size_t limit_bytes);  // 554 5.5.2
Reply message_too_big(std::uint64_t limit_bytes);   // 552 5.3.4
Reply too_many_recipients(std::size_t limit);       // 452 4.5.3
Reply too_many_errors();                            // 421 4.7.0
Reply timed_out();                                  // 421 4.4.2
Reply shutting_down();                              // 421 4.3.2

}  // namespace culvert::node::replies
