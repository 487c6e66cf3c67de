#include "node/session/smtp_server_connection.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "crypto/base/log_limit.h"
#include "node/smtp/limits.h"
#include "node/smtp/replies.h"

namespace culvert::node {
namespace {

using std::chrono::milliseconds;

// How often the rate of a long body is looked at, at most.
constexpr milliseconds kBodyRateCheck{60'000};
// The loop's time may be this much behind that of its timers.
constexpr milliseconds kClockGrain{20};

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
      receiver_(settings.receivers()) {
  session_.client_address = accepted.peer.ip.text();
  session_.client_port = accepted.peer.port;
  transport_ = Transport::accepted(loop, std::move(accepted.socket), *this);
  dialog_.start(receiver_->on_connect(session_));
  settle();
}

SmtpServerConnection::~SmtpServerConnection() = default;

void SmtpServerConnection::drain() {
  draining_ = true;
  work();
}

std::optional<SteadyTime> SmtpServerConnection::waits_since() const {
  if (!seat_ || timed_ == Timed::nothing) return std::nullopt;
  const ServerPatience& patience = settings_.rules.patience;
  const bool idle = timed_ == Timed::command && dialog_.between_messages();
  const SteadyTime since = timed_ == Timed::body ? body_began_ : timed_since_;
  if (loop_.now() - since < (idle ? patience.idle_pause : patience.pause)) return std::nullopt;
  if (timed_ == Timed::body && !body_is_too_slow()) return std::nullopt;
  return since;
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
  if (working_ || gone_) return;
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
  return behind_ || transport_->queued_octets() > kMaxQueuedReplyBytes;
}

// One thing that the dialog waits for; false if it must be waited for in earnest.
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
      ask_body();
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
  octets = {};  // What came in clear behind STARTTLS, or behind the end, is forgotten.
  return false;
}

void SmtpServerConnection::ask_sender() {
  session_.hello = dialog_.hello();
  session_.extended = dialog_.extended();
  const Decision decision = receiver_->on_mail(session_, dialog_.mail());
  in_transaction_ = !decision;
  dialog_.sender_decided(decision);
}

bool SmtpServerConnection::ask_recipient() {
  if (!asked_ && !answer_) receiver_->on_recipient(dialog_.rcpt(), ask());
  if (!answer_) return false;
  dialog_.recipient_decided(*std::exchange(answer_, std::nullopt));
  return true;
}

void SmtpServerConnection::ask_body() {
  auto resume = life_.guard([this] {
    behind_ = false;
    work();
  });
  dialog_.body_decided(receiver_->on_body_begin([&loop = loop_, resume]() mutable {
    if (loop.is_loop_thread()) return resume();
    loop.post(resume);
  }));
}

void SmtpServerConnection::hand_on_body() {
  const auto flow = receiver_->on_body(dialog_.body_piece());
  if (!flow) {
    static LogLimit log_limit;
    if (const auto line = log_limit.take(loop_.now())) {
      log_warning("smtp: a message of {} was not taken: {} ({}){}", session_.client_address,
                  flow.error().text, flow.error().detail, line->left_out_text());
    }
    return dialog_.body_refused(reply_for(flow.error()));
  }
  behind_ = *flow == BodyFlow::behind;
  dialog_.body_taken();
}

bool SmtpServerConnection::ask_commit() {
  if (behind_) return false;
  if (!asked_ && !answer_) {
    in_transaction_ = false;  // It is the receiver's from here on, whatever becomes of the client.
    receiver_->on_body_end(
        [answer = ask()](Reply reply) mutable { answer(Decision(std::move(reply))); });
  }
  if (!answer_) return false;
  dialog_.committed(std::exchange(answer_, std::nullopt)->value_or(replies::local_error()));
  return true;
}

void SmtpServerConnection::reset_receiver() {
  if (in_transaction_) receiver_->on_reset();
  in_transaction_ = false;
  behind_ = false;
}

// A callback for one question. It may be called from any thread and when the connection is gone.
DecisionCallback SmtpServerConnection::ask() {
  asked_ = true;
  auto deliver = life_.guard([this, question = ++question_](Decision decision) {
    answered(question, std::move(decision));
  });
  return [&loop = loop_, deliver](Decision decision) mutable {
    if (loop.is_loop_thread()) return deliver(std::move(decision));
    loop.post(
        [deliver, decision = std::move(decision)]() mutable { deliver(std::move(decision)); });
  };
}

void SmtpServerConnection::answered(std::uint64_t question, Decision decision) {
  if (question != question_ || !asked_) return;
  asked_ = false;
  answer_.emplace(std::move(decision));
  work();
}

// Brings transport and clock in line with what the dialog says and what it waits for.
void SmtpServerConnection::settle() {
  if (gone_ || !transport_->is_open()) return;
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
  if (draining_ && idle) dialog_.stop(replies::shutting_down());
  if (ended_ && dialog_.waits_for() == ServerWait::peer && !blocked()) {
    reset_receiver();
    transport_->finish();
  }
}

void SmtpServerConnection::begin_tls() {
  if (tls_begun_) return;
  tls_begun_ = true;
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
  ended_ = true;
  work();
}

// A command must be complete within its time, however slowly its octets come; a body must move, and
// at a least rate in the long run; our own decisions cost the client nothing.
void SmtpServerConnection::keep_time() {
  const bool ours = dialog_.waits_for() != ServerWait::peer || behind_;
  if (dialog_.waits_for() == ServerWait::tls) return restart_time(Timed::handshake);
  if (ours) return restart_time(Timed::nothing);
  if (dialog_.state() == ServerState::body) return restart_time(Timed::body);
  if (timed_ == Timed::command && timed_progress_ == dialog_.progress()) return;
  timed_ = Timed::nothing;
  timed_progress_ = dialog_.progress();
  restart_time(Timed::command);
}

void SmtpServerConnection::restart_time(Timed timed) {
  if (timed_ == timed) return;
  timed_ = timed;
  milliseconds time = dialog_.patience();
  if (timed == Timed::nothing) time = milliseconds(0);
  if (timed == Timed::body) {
    if (timed_progress_ != dialog_.progress()) body_began_ = loop_.now();
    timed_progress_ = dialog_.progress();
    const milliseconds grace = settings_.rules.patience.body_grace;
    const auto left = std::chrono::duration_cast<milliseconds>(body_began_ + grace - loop_.now());
    time = std::max(std::min(kBodyRateCheck, grace), left);
  }
  transport_->set_idle_timeout(timed == Timed::body ? dialog_.patience() : milliseconds(0));
  transport_->set_deadline(time);
  timed_since_ = loop_.now();
  deadline_ = timed_since_ + time;
}

bool SmtpServerConnection::body_is_too_slow() const {
  const std::chrono::duration<double> taken = loop_.now() - body_began_;
  return static_cast<double>(dialog_.body_bytes()) <
         static_cast<double>(settings_.rules.patience.least_body_bytes_per_second) * taken.count();
}

void SmtpServerConnection::on_timeout() {
  if (timed_ == Timed::body && loop_.now() + kClockGrain >= deadline_ && !body_is_too_slow()) {
    timed_ = Timed::nothing;
    return restart_time(Timed::body);
  }
  dialog_.stop(replies::timed_out());
  settle();
}

void SmtpServerConnection::on_closed(const CloseReason& reason) {
  log_debug("smtp: connection of {} ended: {}", session_.client_address, reason.text);
  gone_ = true;
  reset_receiver();
  on_gone_(*this);
}

}  // namespace culvert::node
