#include <fmt/format.h>

#include "node/smtp/replies.h"
#include "node/smtp/server_session.h"

namespace culvert::node {
namespace {

Reply ok() { return make_reply(250, "2.0.0", "ok"); }
Reply bad_sequence(std::string_view what) { return make_reply(503, "5.5.1", what); }
Reply no_argument() { return make_reply(501, "5.5.4", "this command takes no argument"); }
Reply not_here(std::string_view what) { return make_reply(502, "5.5.1", what); }

}  // namespace

std::size_t ServerDialog::Session::take_line(ByteView octets) {
  const LineStep step = lines.take(octets);
  if (step.event != LineEvent::more) ++progress;
  switch (step.event) {
    case LineEvent::more:
      break;
    case LineEvent::line:
      run(parse_command(step.text));
      break;
    case LineEvent::too_long:
      say_and_close(replies::command_too_long(kMaxCommandLineBytes));
      break;
    case LineEvent::bare_end:
      say_and_close(replies::bad_line_end());
      break;
  }
  return step.consumed_bytes;
}

void ServerDialog::Session::run(const Command& command) {
  switch (command.verb) {
    case Verb::ehlo:
    case Verb::helo:
      return greet(command);
    case Verb::starttls:
      return begin_tls(command);
    case Verb::mail:
      return begin_mail(command);
    case Verb::rcpt:
      return add_recipient(command);
    case Verb::data:
      return begin_data(command);
    case Verb::rset:
      return reset(command);
    case Verb::noop:
      if (idle_command()) say(ok());
      return;
    case Verb::vrfy:
      // RFC 5321, 3.5.3: neither confirms nor denies, so that addresses cannot be harvested.
      if (idle_command()) say(make_reply(252, "2.5.0", "send mail to find out"));
      return;
    case Verb::help:
      if (idle_command()) {
        say(make_reply(214, "2.0.0", "EHLO STARTTLS MAIL RCPT DATA RSET NOOP VRFY HELP QUIT"));
      }
      return;
    case Verb::quit:
      return end_transaction(
          {make_reply(221, "2.0.0", "goodbye"), ServerState::closing, ServerWait::close});
    case Verb::foreign:
      return say_and_close(make_reply(521, "5.5.1", "this is an SMTP server; closing"));
    case Verb::auth:
      return refuse(not_here("authentication is not offered here"));
    case Verb::bdat:
      return refuse(not_here("CHUNKING is not offered here; use DATA"));
    case Verb::expn:
    case Verb::etrn:
      return refuse(not_here("this command is not offered here"));
    case Verb::unknown:
      return refuse(make_reply(500, "5.5.2", "no such command"));
  }
}

Reply ServerDialog::Session::hello_reply() const {
  Reply reply{250, "", {rules.hostname}};
  if (!extended) return reply;
  for (const char* keyword : {"PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN"}) {
    reply.lines.emplace_back(keyword);
  }
  reply.lines.push_back(fmt::format("SIZE {}", rules.max_message_bytes));
  if (rules.starttls == ServerRules::StartTls::offered && !encrypted) {
    reply.lines.emplace_back("STARTTLS");
  }
  return reply;
}

void ServerDialog::Session::greet(const Command& command) {
  const auto name = parse_hello(command.argument);
  if (!name) return refuse(make_reply(501, "5.5.4", "EHLO needs your host name or [address]"));
  if (!idle_command()) return;
  hello = *name;
  extended = command.verb == Verb::ehlo;
  end_transaction({hello_reply(), ServerState::ready, ServerWait::peer});
}

void ServerDialog::Session::begin_tls(const Command& command) {
  if (rules.starttls == ServerRules::StartTls::absent) {
    return refuse(not_here("STARTTLS is not offered here"));
  }
  if (encrypted) return refuse(bad_sequence("TLS has begun already"));
  if (!extended) return refuse(bad_sequence("send EHLO first"));
  if (transaction) return refuse(bad_sequence("a message is under way; send RSET first"));
  if (!command.argument.empty()) return refuse(no_argument());
  say(make_reply(220, "2.0.0", "begin the TLS handshake"));
  enter(ServerState::tls, ServerWait::tls);
}

void ServerDialog::Session::begin_mail(const Command& command) {
  if (state == ServerState::hello) return refuse(bad_sequence("send EHLO first"));
  if (transaction) return refuse(bad_sequence("a message is under way; send RSET first"));
  auto parsed = parse_mail(command.argument);
  if (const auto* refusal = std::get_if<Reply>(&parsed)) return refuse(*refusal);
  auto& mail = std::get<MailCommand>(parsed);
  if (mail.parameters.size_bytes.value_or(0) > rules.max_message_bytes) {
    return refuse(replies::message_too_big(rules.max_message_bytes));
  }
  transaction.emplace(Transaction{std::move(mail), std::nullopt, 0});
  enter(ServerState::mail, ServerWait::sender_decision);
}

void ServerDialog::Session::add_recipient(const Command& command) {
  if (!transaction) return refuse(bad_sequence("send MAIL first"));
  if (transaction->accepted_recipients >= rules.max_recipients) {
    return say(replies::too_many_recipients(rules.max_recipients));
  }
  const RcptContext context{transaction->mail.parameters.smtputf8, rules.postmaster_domain};
  auto parsed = parse_rcpt(command.argument, context);
  if (const auto* refusal = std::get_if<Reply>(&parsed)) return refuse(*refusal);
  transaction->asked = std::get<Recipient>(std::move(parsed));
  enter(ServerState::mail, ServerWait::recipient_decision);
}

void ServerDialog::Session::begin_data(const Command& command) {
  if (!transaction) return refuse(bad_sequence("send MAIL first"));
  if (!command.argument.empty()) return refuse(no_argument());
  if (transaction->accepted_recipients == 0) {
    return refuse(make_reply(554, "5.5.1", "no recipient was accepted"));
  }
  enter(ServerState::mail, ServerWait::body_decision);
}

void ServerDialog::Session::reset(const Command& command) {
  if (!command.argument.empty()) return refuse(no_argument());
  if (!idle_command()) return;
  const auto next = state == ServerState::hello ? ServerState::hello : ServerState::ready;
  end_transaction({ok(), next, ServerWait::peer});
}

}  // namespace culvert::node
