#include "node/smtp/client_dialog.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "crypto/base/require.h"
#include "node/smtp/client_session.h"
#include "node/smtp/command.h"

namespace culvert::node {
namespace {

RecipientOutcome outcome_for(const Error& error) {
  switch (error.fault) {
    case Fault::temporary:
      return {make_reply(451, "4.4.2", error.text), false};
    case Fault::permanent:
      return {make_reply(554, "5.6.0", error.text), false};
    case Fault::internal:
      break;
  }
  return {reply_for(error), false};
}

bool needs_smtputf8(const ClientEnvelope& envelope) {
  return envelope.mail.parameters.smtputf8 ||
         (envelope.mail.sender && envelope.mail.sender->needs_utf8()) ||
         std::any_of(envelope.recipients.begin(), envelope.recipients.end(),
                     [](const Recipient& rcpt) { return rcpt.mailbox.needs_utf8(); });
}

// Only what the server has offered may be sent (RFC 5321, 2.2.1).
MailCommand offered_part(MailCommand mail, const ServerFeatures& features) {
  if (!features.size) mail.parameters.size_bytes.reset();
  if (!features.eight_bit_mime) mail.parameters.body = BodyKind::seven_bit;
  if (!features.dsn) {
    mail.parameters.ret = Ret::unset;
    mail.parameters.envid.clear();
  }
  return mail;
}

}  // namespace

void ClientDialog::Session::enter(ClientState next, ClientWait next_wait) {
  state = next;
  wait = next_wait;
}

void ClientDialog::Session::send_line(std::string_view line) {
  append(output, line);
  append(output, "\r\n");
}

void ClientDialog::Session::fail(Error why) {
  if (delivery) {
    RecipientOutcome outcome = outcome_for(why);
    outcome.perhaps_taken = state == ClientState::final_reply;
    decide_rest(outcome);
    finish_delivery();
  }
  introduced.reset();
  failure = std::move(why);
  output.clear();
  enter(ClientState::closed, ClientWait::close);
}

void ClientDialog::Session::fail_with_reply(std::string_view code, std::string_view when,
                                            const Reply& reply) {
  if (delivery) {
    decide_rest({reply, true});
    finish_delivery();
  }
  fail(temporary_error(code, fmt::format("{}: {}", when, reply.summary())));
}

void ClientDialog::Session::decide(std::size_t recipient, const Reply& reply) {
  delivery->decided[recipient] = RecipientOutcome{reply, true};
}

void ClientDialog::Session::decide_rest(const RecipientOutcome& outcome) {
  for (auto& decided : delivery->decided) {
    if (!decided) decided = outcome;
  }
}

void ClientDialog::Session::finish_delivery() {
  for (auto& decided : delivery->decided)
    outcomes.push_back(*std::move(decided));
  delivery.reset();
}

std::optional<Reply> ClientDialog::Session::obstacle(const ClientEnvelope& envelope) const {
  if (needs_smtputf8(envelope) && !features.smtputf8) {
    return make_reply(550, "5.6.7",
                      "the message needs SMTPUTF8, which " + features.name + " does not offer");
  }
  const auto size = envelope.mail.parameters.size_bytes;
  if (size && features.size_limit_bytes && *size > *features.size_limit_bytes) {
    return make_reply(552, "5.3.4",
                      fmt::format("the message has {} octets; {} takes at most {}", *size,
                                  features.name, *features.size_limit_bytes));
  }
  return std::nullopt;
}

// True if the server must be told of that client before its message.
bool ClientDialog::Session::tells_of(const std::optional<ShownClient>& client) const {
  return client && shown != client && !features.xclient.empty();
}

void ClientDialog::Session::begin(const ClientEnvelope& envelope) {
  delivery.emplace(envelope);
  client_refusal.reset();
  told_plainly = false;
  if (!tells_of(envelope.client)) return begin_envelope(envelope);
  introduced = envelope;
  send_line(xclient_command(*envelope.client, envelope.client_name, features.xclient));
  enter(ClientState::xclient, ClientWait::peer);
}

void ClientDialog::Session::begin_envelope(const ClientEnvelope& envelope) {
  // The server forgets XFORWARD with each message (XFORWARD_README).
  if (envelope.client && !shown && !features.xforward.empty()) {
    delivery->unsent.push_back(
        {Command::Kind::xforward, 0, xforward_command(*envelope.client, features.xforward)});
  }
  MailCommand mail = offered_part(envelope.mail, features);
  mail.parameters.smtputf8 = needs_smtputf8(envelope);
  delivery->unsent.push_back({Command::Kind::mail, 0, "MAIL " + mail_argument(mail)});
  for (std::size_t i = 0; i < envelope.recipients.size(); ++i) {
    Recipient rcpt = envelope.recipients[i];
    if (!features.dsn) rcpt = {rcpt.mailbox, {}, {}};
    delivery->unsent.push_back({Command::Kind::rcpt, i, "RCPT " + rcpt_argument(rcpt)});
  }
  if (envelope.purpose == ClientEnvelope::Purpose::deliver) {
    delivery->unsent.push_back({Command::Kind::data, 0, "DATA"});
  }
  enter(ClientState::envelope, ClientWait::peer);
  send_commands();
}

void ClientDialog::Session::send_commands() {
  while (!delivery->unsent.empty() && (features.pipelining || delivery->unanswered.empty())) {
    send_line(delivery->unsent.front().line);
    delivery->unanswered.push_back(std::move(delivery->unsent.front()));
    delivery->unsent.pop_front();
  }
}

ClientDialog::ClientDialog(ClientRules rules)
    : session_(std::make_unique<Session>(std::move(rules))) {}
ClientDialog::~ClientDialog() = default;

ClientState ClientDialog::state() const { return session_->state; }
ClientWait ClientDialog::waits_for() const { return session_->wait; }

std::chrono::milliseconds ClientDialog::patience() const {
  const ClientPatience& patience = session_->rules.patience;
  switch (session_->state) {
    case ClientState::connecting:
      return patience.connect;
    case ClientState::handshake:
      return patience.tls;
    case ClientState::ready:
      return patience.idle;
    case ClientState::body:
      return patience.body_piece;
    case ClientState::final_reply:
      return patience.final_reply;
    case ClientState::quit:
    case ClientState::closed:
      return patience.quit;
    case ClientState::banner:
    case ClientState::ehlo:
    case ClientState::helo:
    case ClientState::starttls:
    case ClientState::xclient:
    case ClientState::envelope:
    case ClientState::rset:
      break;
  }
  return patience.reply;
}

std::uint64_t ClientDialog::progress() const { return session_->progress; }

Bytes ClientDialog::take_output() { return std::exchange(session_->output, {}); }

void ClientDialog::start() {
  require(session_->state == ClientState::connecting, "a connection that was just made");
  session_->encrypted = session_->rules.tls == TlsUse::established;
  session_->enter(ClientState::banner, ClientWait::peer);
}

std::size_t ClientDialog::receive(ByteView octets) {
  const auto reading = [&] {
    return session_->wait != ClientWait::tls && session_->wait != ClientWait::close;
  };
  std::size_t used = 0;
  while (used < octets.size() && reading()) {
    auto step = session_->replies.take(octets.subspan(used));
    if (!step) {
      session_->fail(std::move(step).error());
      break;
    }
    used += step->consumed_bytes;
    if (step->reply) session_->on_reply(*step->reply);
  }
  if (reading()) return used;
  // RFC 3207, 6: what came in clear after the answer to STARTTLS may be an attacker's.
  session_->replies.clear();
  return octets.size();
}

void ClientDialog::tls_established() {
  require(session_->wait == ClientWait::tls, "a handshake that is waited for");
  session_->replies.clear();
  session_->encrypted = true;
  session_->say_hello();
}

void ClientDialog::deliver(ClientEnvelope envelope) {
  require(session_->wait == ClientWait::message, "a session between two messages");
  require(!envelope.recipients.empty(), "a recipient");
  require(may_speak_for(envelope.client), "a session that may show this client");
  session_->outcomes.clear();
  if (const auto reply = session_->obstacle(envelope)) {
    session_->outcomes.assign(envelope.recipients.size(), RecipientOutcome{*reply, false});
    return;
  }
  session_->begin(envelope);
}

void ClientDialog::body(ByteView piece) {
  require(session_->wait == ClientWait::body, "a body that is waited for");
  auto written = session_->delivery->writer.write(piece, session_->output);
  if (!written) session_->fail(std::move(written).error());
}

void ClientDialog::body_end() {
  require(session_->wait == ClientWait::body, "a body that is waited for");
  auto finished = session_->delivery->writer.finish(session_->output);
  if (!finished) return session_->fail(std::move(finished).error());
  session_->enter(ClientState::final_reply, ClientWait::peer);
}

void ClientDialog::quit() {
  require(session_->wait == ClientWait::message, "a session between two messages");
  session_->send_line("QUIT");
  session_->enter(ClientState::quit, ClientWait::peer);
}

void ClientDialog::connection_failed(const Error& why) {
  if (session_->state == ClientState::closed) return;
  if (session_->state == ClientState::quit) {
    return session_->enter(ClientState::closed, ClientWait::close);
  }
  session_->fail(why);
}

bool ClientDialog::delivering() const { return session_->delivery.has_value(); }
std::vector<bool> ClientDialog::accepted() const {
  if (!session_->delivery) return {};
  std::vector<bool> accepted(session_->delivery->decided.size(), false);
  for (const std::size_t recipient : session_->delivery->accepted)
    accepted[recipient] = true;
  return accepted;
}

const std::vector<RecipientOutcome>& ClientDialog::outcomes() const { return session_->outcomes; }
const std::optional<Error>& ClientDialog::failure() const { return session_->failure; }

bool ClientDialog::may_speak_for(const std::optional<ShownClient>& client) const {
  return !session_->shown || session_->shown == client || session_->tells_of(client);
}
bool ClientDialog::tells_name_of(const std::optional<ShownClient>& client) const {
  const auto& offered = session_->features.xclient;
  return session_->tells_of(client) &&
         std::find(offered.begin(), offered.end(), "NAME") != offered.end();
}
const std::optional<Reply>& ClientDialog::client_refusal() const {
  return session_->client_refusal;
}

bool ClientDialog::encrypted() const { return session_->encrypted; }
bool ClientDialog::offers_dsn() const { return session_->features.dsn; }
std::optional<std::uint64_t> ClientDialog::size_limit_bytes() const {
  return session_->features.size_limit_bytes;
}

}  // namespace culvert::node
