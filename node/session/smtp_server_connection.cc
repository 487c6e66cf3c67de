#include "node/session/smtp_server_connection.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "crypto/base/log_limit.h"
#include "node/smtp/limits.h"
#include "node/smtp/replies.h"

namespace culvert::node {
namespace {

ServerRules with_tls(ServerRules rules, const TlsServerContext* tls) {
  if (!tls) rules.starttls = ServerRules::StartTls::absent;
  return rules;
}

}  // namespace

SmtpServerConnection::SmtpServerConnection(EventLoop& loop, Accepted accepted,
                                           const SmtpServerSettings& settings,
                                           Callback<SmtpServerConnection&> on_gone)
    : loop_(loop),
      settings_(settings),
      on_gone_(std::move(on_gone)),
      seat_(std::move(accepted.seat)),
      dialog_(with_tls(settings.rules, settings.tls)),
      receiver_(settings.receivers()),
      clock_(settings.rules.patience) {
  session_.client_address = accepted.peer.ip.text();
  session_.client_port = accepted.peer.port;
  transport_ = Transport::accepted(loop, std::move(accepted.socket), *this);
  dialog_.start(receiver_->on_connect(session_));
  settle();
}

SmtpServerConnection::~SmtpServerConnection() = default;

void SmtpServerConnection::drain() {
  if (end_ == End::open) end_ = End::draining;
  work();
}

std::optional<SteadyTime> SmtpServerConnection::waits_since() const {
  using Pause = ServerClock::Pause;
  if (!seat_) return std::nullopt;
  const Pause pause = dialog_.between_messages() ? Pause::between_messages : Pause::within_one;
  return clock_.gives_way_since(pause, times(), loop_.now());
}

void SmtpServerConnection::give_back_place() {
  const ConnectionLimit::Seat seat = std::move(seat_);
}

void SmtpServerConnection::give_way() {
  give_back_place();
  dialog_.stop(replies::too_busy());
  settle();
  transport_->set_deadline(kGivingWayTime);
}

void SmtpServerConnection::on_octets(ByteView octets) {
  if (!input_.empty()) {
    append(input_, octets);
    return work();
  }
  append(input_, run(octets));
  settle();
}

void SmtpServerConnection::on_drained() { work(); }

void SmtpServerConnection::work() {
  if (working_ || end_ == End::gone) return;
  const std::size_t left = run(input_).size();
  input_.erase(input_.begin(), input_.end() - static_cast<std::ptrdiff_t>(left));
  settle();
}

// Gives octets to the dialog until it waits for something else; returns what it did not take.
ByteView SmtpServerConnection::run(ByteView octets) {
  working_ = true;
  while (step(octets)) {
  }
  working_ = false;
  return octets;
}

bool SmtpServerConnection::blocked() const {
  return transport_->queued_octets() > kMaxQueuedReplyBytes;
}

// Handles one thing that the dialog waits for; false if there is nothing to do but wait.
bool SmtpServerConnection::step(ByteView& octets) {
  switch (dialog_.waits_for()) {
    case ServerWait::peer:
      if (octets.empty() || blocked()) return false;
      octets = octets.subspan(dialog_.receive(octets));
      return true;
    case ServerWait::sender_decision:
      ask_sender();
      return true;
    case ServerWait::recipient_decision:
      return ask_recipient();
    case ServerWait::body_decision:
      dialog_.body_decided(receiver_->on_body_begin());
      return true;
    case ServerWait::body_taken:
      hand_on_body();
      return true;
    case ServerWait::commit:
      return ask_commit();
    case ServerWait::reset:
      reset_receiver();
      dialog_.reset_done();
      return true;
    case ServerWait::tls:
    case ServerWait::start:
    case ServerWait::close:
      break;
  }
  octets = {};  // What came in clear after STARTTLS, or after the end, is forgotten.
  return false;
}

void SmtpServerConnection::ask_sender() {
  session_.hello = dialog_.hello();
  session_.extended = dialog_.extended();
  const Decision decision = receiver_->on_mail(session_, dialog_.mail());
  held_ = decision ? Held::nothing : Held::transaction;
  dialog_.sender_decided(decision);
}

bool SmtpServerConnection::ask_recipient() {
  if (answer_.is_idle()) receiver_->on_recipient(dialog_.rcpt(), ask());
  auto decision = answer_.take();
  if (!decision) return false;
  dialog_.recipient_decided(*std::move(decision));
  return true;
}

void SmtpServerConnection::hand_on_body() {
  const Status taken = receiver_->on_body(dialog_.body_piece());
  if (!taken) {
    static LogLimit log_limit;
    if (const auto line = log_limit.take(loop_.now())) {
      log_warning("smtp: a message of {} was not taken: {} ({}){}", session_.client_address,
                  taken.error().text, taken.error().detail, line->left_out_text());
    }
    return dialog_.body_refused(reply_for(taken.error()));
  }
  dialog_.body_taken();
}

bool SmtpServerConnection::ask_commit() {
  if (answer_.is_idle()) {
    held_ = Held::nothing;  // From here on it is the receiver's, whatever happens to the client.
    receiver_->on_body_end(
        [answer = ask()](Reply reply) mutable { answer(Decision(std::move(reply))); });
  }
  auto answer = answer_.take();
  if (!answer) return false;
  dialog_.committed(std::move(*answer).value_or(replies::local_error()));
  return true;
}

void SmtpServerConnection::reset_receiver() {
  if (held_ != Held::nothing) receiver_->on_reset();
  held_ = Held::nothing;
}

// A callback for one question. It may be called from any thread, even when the connection is gone.
DecisionCallback SmtpServerConnection::ask() {
  auto deliver = life_.guard([this, question = answer_.ask()](Decision decision) {
    if (answer_.answer(question, std::move(decision))) work();
  });
  return [&loop = loop_, deliver](Decision decision) mutable {
    if (loop.is_loop_thread()) return deliver(std::move(decision));
    loop.post(
        [deliver, decision = std::move(decision)]() mutable { deliver(std::move(decision)); });
  };
}

// Brings transport and clock in line with the dialog's output and what it waits for.
void SmtpServerConnection::settle() {
  if (end_ == End::gone || !transport_->is_open()) return;
  end_if_due();
  if (Bytes output = dialog_.take_output(); !output.empty()) transport_->send(std::move(output));
  const ServerWait wait = dialog_.waits_for();
  if (wait == ServerWait::close) {
    reset_receiver();
    return transport_->finish();
  }
  if (wait == ServerWait::tls) {
    begin_tls();
  } else if (wait == ServerWait::peer && !blocked()) {
    transport_->resume_reading();
  } else {
    transport_->pause_reading();
  }
  keep_time();
}

void SmtpServerConnection::end_if_due() {
  const bool idle = dialog_.waits_for() == ServerWait::peer && dialog_.between_messages();
  if (end_ == End::draining && idle) dialog_.stop(replies::shutting_down());
  if (end_ == End::client_ended && dialog_.waits_for() == ServerWait::peer && !blocked()) {
    reset_receiver();
    transport_->finish();
  }
}

void SmtpServerConnection::begin_tls() {
  if (clock_.waits() == ServerClock::Waits::handshake) return;
  input_.clear();
  transport_->start_tls(*settings_.tls);
  transport_->resume_reading();
}

void SmtpServerConnection::on_tls_ready(const TlsInfo& info) {
  session_.encrypted = true;
  session_.tls = info.version + " " + info.cipher;
  session_.hello.clear();
  dialog_.tls_established();
  settle();
}

void SmtpServerConnection::on_end() {
  end_ = End::client_ended;
  work();
}

ServerClock::Session SmtpServerConnection::times() const {
  return {dialog_.progress(), dialog_.body_bytes(), dialog_.patience()};
}

void SmtpServerConnection::keep_time() {
  using Waits = ServerClock::Waits;
  Waits waits = dialog_.state() == ServerState::body ? Waits::body : Waits::command;
  if (dialog_.waits_for() != ServerWait::peer) waits = Waits::nothing;
  if (dialog_.waits_for() == ServerWait::tls) waits = Waits::handshake;
  const auto limits = clock_.wait_for(waits, times(), loop_.now());
  if (limits) set_limits(*transport_, *limits);
}

void SmtpServerConnection::on_timeout() {
  if (const auto limits = clock_.timed_out(times(), loop_.now())) {
    return set_limits(*transport_, *limits);
  }
  dialog_.stop(replies::timed_out());
  settle();
}

void SmtpServerConnection::on_closed(const CloseReason& reason) {
  log_debug("smtp: connection of {} ended: {}", session_.client_address, reason.text);
  end_ = End::gone;
  reset_receiver();
  on_gone_(*this);
}

}  // namespace culvert::node
