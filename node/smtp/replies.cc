#include "node/smtp/replies.h"

#include <fmt/format.h>

namespace culvert::node::replies {

Reply accepted(std::string_view id) {
  return make_reply(250, "2.0.0", fmt::format("kept on stable storage as {}", id));
}

Reply connection_refused(std::string_view client) {
  return make_reply(554, "5.7.1",
                    fmt::format("{} may not use this listener; if it should, its administrator "
                                "adds it to `networks`",
                                client));
}

Reply too_busy() {
  return make_reply(421, "4.3.2", "too many connections; please try again later");
}

Reply too_many_of_network() {
  return make_reply(421, "4.7.0",
                    "too many connections from your network; close some, or try again later");
}

Reply too_much_for_now() {
  return make_reply(451, "4.7.1",
                    "your network asks too much of this node for now; please try again later");
}

Reply relaying_denied(const Mailbox& recipient) {
  return make_reply(550, "5.7.1",
                    fmt::format("relaying denied: {} is no domain of this node; mail for it goes "
                                "to its own mail exchanger",
                                recipient.domain().text()));
}

Reply sender_not_allowed(std::string_view sender) {
  return make_reply(550, "5.7.1",
                    fmt::format("sender {} refused: this listener takes only senders of the "
                                "domains of this node (`senders = \"domains\"`)",
                                sender));
}

Reply secret_missing() {
  return make_reply(550, "5.7.1",
                    "this listener takes only mail with the header field that `require` names; "
                    "the sending mail server must add it");
}

Reply hidden_route(const Mailbox& mailbox, std::string_view what) {
  return make_reply(
      550, "5.1.3",
      fmt::format("{}: {} before the last @ may be taken for a way to somewhere else, and this "
                  "node relays for nobody; use the plain address of the mailbox",
                  mailbox.text(), what));
}

Reply no_such_recipient(const Mailbox& recipient, std::string_view why) {
  return make_reply(550, "5.1.1", fmt::format("{}: {}", recipient.text(), why));
}

Reply recipient_refused(const Mailbox& recipient, const Reply& from_inside) {
  const std::string_view enhanced = !from_inside.enhanced.empty()
                                        ? std::string_view(from_inside.enhanced)
                                    : from_inside.permanent() ? "5.1.1"
                                                              : "4.1.1";
  return make_reply(from_inside.code, enhanced,
                    fmt::format("{}: {}", recipient.text(), from_inside.text()));
}

Reply encryption_needed(const Mailbox& recipient) {
  return make_reply(550, "5.7.10",
                    fmt::format("{}: encryption is mandatory here, and there is no way to encrypt "
                                "for {}; pair with a node of that domain, or change the policy",
                                recipient.text(), recipient.domain().text()));
}

Reply peer_message_too_big(const Mailbox& recipient, std::uint64_t limit_bytes) {
  return make_reply(552, "5.3.4",
                    fmt::format("{}: its node takes messages of at most {} octets",
                                recipient.text(), limit_bytes));
}

Reply sealed_for_others() {
  return make_reply(451, "4.7.5",
                    "sealed for certificates that this node never had; the nodes may have to pair "
                    "again");
}

Reply local_error() {
  return make_reply(451, "4.3.0", "the message could not be stored; please try again later");
}

Reply mail_loop() {
  return make_reply(554, "5.4.6",
                    "mail loop: too many Received fields, or this message passed here before; "
                    "check where the next hops send mail for these domains");
}

Reply bad_header(std::string_view what) {
  return make_reply(554, "5.6.0", fmt::format("the message's header is not acceptable: {}", what));
}

Reply refused_by_policy(std::string_view why) {
  return make_reply(550, "5.7.1", fmt::format("refused by the policy of this node: {}", why));
}

Reply bad_line_end() {
  return make_reply(521, "5.5.2",
                    "bare CR or LF in a command: lines end with CR LF and nothing else");
}

Reply bad_line_end_in_body() {
  return make_reply(554, "5.5.2",
                    "bare CR or LF in the message: lines end with CR LF and nothing else; the "
                    "sending server must repair its line ends; closing");
}

Reply command_too_long(std::size_t limit_bytes) {
  return make_reply(521, "5.5.2", fmt::format("a command has at most {} octets", limit_bytes));
}

Reply body_line_too_long(std::size_t limit_bytes) {
  return make_reply(554, "5.5.2",
                    fmt::format("a line of the message has more than {} octets; the sending "
                                "server must encode it",
                                limit_bytes));
}

Reply message_too_big(std::uint64_t limit_bytes) {
  return make_reply(552, "5.3.4",
                    fmt::format("messages of at most {} octets are accepted", limit_bytes));
}

Reply too_many_recipients(std::size_t limit) {
  return make_reply(452, "4.5.3",
                    fmt::format("at most {} recipients at once; send the message again for the "
                                "others",
                                limit));
}

Reply no_room_for_recipient() {
  return make_reply(452, "4.5.3",
                    "too many recipients at once over all connections; send the message again for "
                    "the others");
}

Reply too_many_errors() { return make_reply(421, "4.7.0", "too many errors; closing"); }

Reply timed_out() { return make_reply(421, "4.4.2", "waited too long; closing"); }

Reply shutting_down() {
  return make_reply(421, "4.3.2", "this node is shutting down; please try again later");
}

}  // namespace culvert::node::replies
