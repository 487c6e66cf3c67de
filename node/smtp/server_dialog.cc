#include "node/smtp/server_dialog.h"

#include <fmt/format.h>

#include "crypto/base/require.h"
#include "node/smtp/replies.h"
#include "node/smtp/server_session.h"

namespace culvert::node {

void ServerDialog::Session::enter(ServerState next, ServerWait next_wait) {
  state = next;
  wait = next_wait;
}

void ServerDialog::Session::say(const Reply& reply) { append(output, wire_form(reply)); }

void ServerDialog::Session::say_and_close(const Reply& reply) {
  say(reply);
  enter(ServerState::closing, ServerWait::close);
}

void ServerDialog::Session::refuse(const Reply& reply) {
  say(reply);
  if (++errors < kMaxErrors) return;
  say_and_close(replies::too_many_errors());
}

void ServerDialog::Session::refuse_recipient(const Reply& reply) {
  say(reply);
  if (++refused_recipients < kMaxRefusedRecipients) return;
  say_and_close(replies::too_many_errors());
}

bool ServerDialog::Session::idle_command() {
  if (++idle_commands <= kMaxIdleCommands) return true;
  say_and_close(replies::too_many_errors());
  return false;
}

void ServerDialog::Session::end_transaction(AfterReset after) {
  if (transaction) {
    after_reset = std::move(after);
    return enter(state, ServerWait::reset);
  }
  if (after.reply) say(*after.reply);
  enter(after.state, after.wait);
}

std::size_t ServerDialog::Session::take_body(ByteView octets) {
  const DataReader::Step step = body->reader.take(octets);
  body->whole = step.ended;
  if (body->reader.fault() && !body->refusal) {
    switch (*body->reader.fault()) {
      case DataFault::bare_line_end:
        spoil_body(replies::bad_line_end_in_body());
        break;
      case DataFault::line_too_long:
        spoil_body(replies::body_line_too_long(kMaxBodyLineBytes));
        break;
      case DataFault::message_too_big:
        spoil_body(replies::message_too_big(rules.max_message_bytes));
        break;
    }
    return step.consumed_bytes;
  }
  if (body->refusal) {
    if (step.ended) {
      end_body();
    } else if (body->reader.discarded_bytes() > kMaxDiscardedBytes) {
      say_and_close(replies::message_too_big(rules.max_message_bytes));
    }
    return step.consumed_bytes;
  }
  body->piece = step.content;
  if (!step.content.empty()) {
    enter(ServerState::body, ServerWait::body_taken);
  } else if (step.ended) {
    end_body();
  }
  return step.consumed_bytes;
}

// The outside forgets the message at once; the peer is told at the end of its data.
void ServerDialog::Session::spoil_body(const Reply& refusal) {
  body->refusal = refusal;
  body->piece = {};
  after_reset = AfterReset{std::nullopt, ServerState::body, ServerWait::peer};
  enter(ServerState::body, ServerWait::reset);
}

void ServerDialog::Session::end_body() {
  if (!body->refusal) return enter(ServerState::body, ServerWait::commit);
  const Reply refusal = *std::move(body->refusal);
  // Attack: Smuggling. Nobody can say where that message ended, so what follows is not run.
  if (body->reader.has_bare_line_end()) return say_and_close(refusal);
  body.reset();
  enter(ServerState::ready, ServerWait::peer);
  refuse(refusal);
}

ServerDialog::ServerDialog(ServerRules rules)
    : session_(std::make_unique<Session>(std::move(rules))) {}
ServerDialog::~ServerDialog() = default;

ServerState ServerDialog::state() const { return session_->state; }
ServerWait ServerDialog::waits_for() const { return session_->wait; }

std::chrono::milliseconds ServerDialog::patience() const {
  const ServerPatience& patience = session_->rules.patience;
  if (session_->wait == ServerWait::tls) return patience.tls;
  return session_->state == ServerState::body ? patience.body_piece : patience.command;
}

std::uint64_t ServerDialog::progress() const { return session_->progress; }

bool ServerDialog::between_messages() const { return !session_->transaction && !session_->body; }

Bytes ServerDialog::take_output() { return std::exchange(session_->output, {}); }

void ServerDialog::start(const std::optional<Reply>& refusal) {
  require(session_->wait == ServerWait::start, "a session that has not begun");
  if (refusal) return session_->say_and_close(*refusal);
  session_->say({220, "", {fmt::format("{} ESMTP Culvert", session_->rules.hostname)}});
  session_->enter(ServerState::hello, ServerWait::peer);
}

std::size_t ServerDialog::receive(ByteView octets) {
  require(session_->wait == ServerWait::peer, "a session that waits for its client");
  std::size_t used = 0;
  while (used < octets.size() && session_->wait == ServerWait::peer) {
    const ByteView rest = octets.subspan(used);
    used += session_->state == ServerState::body ? session_->take_body(rest)
                                                 : session_->take_line(rest);
  }
  if (session_->wait != ServerWait::tls && session_->wait != ServerWait::close) return used;
  // RFC 3207, 4.2: what came in clear after STARTTLS may be an attacker's, so it is forgotten.
  session_->lines.clear();
  return octets.size();
}

void ServerDialog::sender_decided(const std::optional<Reply>& refusal) {
  require(session_->wait == ServerWait::sender_decision, "a sender to decide about");
  if (refusal) {
    session_->transaction.reset();
    session_->enter(ServerState::ready, ServerWait::peer);
    return session_->refuse(*refusal);
  }
  session_->say(make_reply(250, "2.1.0", "sender ok"));
  session_->enter(ServerState::mail, ServerWait::peer);
}

void ServerDialog::recipient_decided(const std::optional<Reply>& refusal) {
  require(session_->wait == ServerWait::recipient_decision, "a recipient to decide about");
  session_->transaction->asked.reset();
  session_->enter(ServerState::mail, ServerWait::peer);
  if (refusal) return session_->refuse_recipient(*refusal);
  ++session_->transaction->accepted_recipients;
  session_->say(make_reply(250, "2.1.5", "recipient ok"));
}

void ServerDialog::body_decided(const std::optional<Reply>& refusal) {
  require(session_->wait == ServerWait::body_decision, "a body to decide about");
  if (refusal) {
    return session_->end_transaction({*refusal, ServerState::ready, ServerWait::peer});
  }
  session_->body.emplace(DataLimits{.message_bytes = session_->rules.max_message_bytes});
  session_->say({354, "", {"send the message; end with CR LF . CR LF"}});
  session_->enter(ServerState::body, ServerWait::peer);
}

void ServerDialog::body_taken() {
  require(session_->wait == ServerWait::body_taken, "a piece of a body to take");
  session_->body->piece = {};
  session_->enter(ServerState::body, ServerWait::peer);
  if (session_->body->whole) session_->end_body();
}

void ServerDialog::body_refused(const Reply& refusal) {
  require(session_->wait == ServerWait::body_taken, "a piece of a body to take");
  session_->spoil_body(refusal);
}

void ServerDialog::committed(const Reply& answer) {
  require(session_->wait == ServerWait::commit, "a message to commit");
  session_->transaction.reset();
  session_->body.reset();
  session_->enter(ServerState::ready, ServerWait::peer);
  if (!answer.positive()) return session_->refuse(answer);
  session_->errors = 0;
  session_->idle_commands = 0;
  session_->refused_recipients = 0;
  session_->say(answer);
}

void ServerDialog::reset_done() {
  require(session_->wait == ServerWait::reset, "a transaction to forget");
  const Session::AfterReset after = *std::exchange(session_->after_reset, std::nullopt);
  session_->transaction.reset();
  if (after.reply) session_->say(*after.reply);
  session_->enter(after.state, after.wait);
  if (session_->body && session_->body->whole) session_->end_body();
}

void ServerDialog::tls_established() {
  require(session_->wait == ServerWait::tls, "a handshake that is waited for");
  session_->lines.clear();
  session_->hello.clear();
  session_->extended = false;
  session_->encrypted = true;
  session_->enter(ServerState::hello, ServerWait::peer);
}

void ServerDialog::stop(const Reply& reason) {
  if (session_->state == ServerState::closing) return;
  session_->say_and_close(reason);
}

const std::string& ServerDialog::hello() const { return session_->hello; }
bool ServerDialog::extended() const { return session_->extended; }
bool ServerDialog::encrypted() const { return session_->encrypted; }
const MailCommand& ServerDialog::mail() const { return session_->transaction->mail; }
const Recipient& ServerDialog::rcpt() const { return *session_->transaction->asked; }
ByteView ServerDialog::body_piece() const { return session_->body->piece; }
std::uint64_t ServerDialog::body_bytes() const {
  return session_->body ? session_->body->reader.content_bytes() : 0;
}

}  // namespace culvert::node
