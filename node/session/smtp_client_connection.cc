#include "node/session/smtp_client_connection.h"

#include <fmt/format.h>

#include "crypto/base/log.h"
#include "crypto/base/log_limit.h"
#include "crypto/base/require.h"
#include "node/smtp/limits.h"

namespace culvert::node {
namespace {

using std::chrono::milliseconds;

// For the text about a failed connection; that of a verification names certificates and gives
// advice.
constexpr std::size_t kMaxReason = 380;

}  // namespace

// One transport, and whether its events still matter: an abandoned one reports nothing more.
struct SmtpClientConnection::Link final : TransportListener {
  explicit Link(SmtpClientConnection& of) : owner(&of) {}
  void on_connected() override {
    if (owner) owner->connected();
  }
  void on_octets(ByteView octets) override {
    if (owner) owner->received(octets);
  }
  void on_drained() override {
    if (owner) owner->settle();
  }
  void on_tls_ready(const TlsInfo& info) override {
    if (owner) owner->tls_ready(info);
  }
  void on_end() override {
    if (owner) owner->lost(temporary_error("lost", "the server ended the connection"));
  }
  void on_timeout() override {
    if (owner) owner->timed_out();
  }
  void on_closed(const CloseReason& reason) override {
    if (owner) owner->closed(reason);
  }

  SmtpClientConnection* owner;
  std::unique_ptr<Transport> transport;
};

SmtpClientConnection::Current::Current(SmtpDelivery given, SmtpClientConnection& of)
    : delivery(std::move(given)), body(of.loop_, of.workers_, std::move(delivery.message), [&of] {
        if (of.dialog_->waits_for() == ClientWait::body) of.settle();
      }) {}

SmtpClientConnection::SmtpClientConnection(EventLoop& loop, Workers& workers,
                                           SmtpClientOptions options,
                                           Callback<SmtpClientConnection&> on_gone)
    : loop_(loop),
      workers_(workers),
      options_(std::move(options)),
      on_gone_(std::move(on_gone)),
      attempts_(options_.addresses.size(), options_.rules.tls) {}

SmtpClientConnection::~SmtpClientConnection() = default;

bool SmtpClientConnection::ready() const {
  if (stage_ != Stage::open || current_) return false;
  return !dialog_ || dialog_->waits_for() == ClientWait::message;
}

void SmtpClientConnection::deliver(SmtpDelivery delivery) {
  require(ready(), "a connection that is ready for a delivery");
  current_.emplace(std::move(delivery), *this);
  if (dialog_) return settle();
  connect();
}

bool SmtpClientConnection::has_begun() const {
  return current_ && current_->envelope == Current::Envelope::given;
}

void SmtpClientConnection::end() {
  stage_ = Stage::ending;
  if (!link_) {
    loop_.post(life_.guard([this] { closed({CloseReason::Kind::by_owner, "never connected"}); }));
  } else if (current_) {
    lost(temporary_error("ended", "this node is shutting down"));
  } else {
    settle();
  }
}

void SmtpClientConnection::connect() {
  ClientRules rules = options_.rules;
  rules.tls = attempts_.tls();
  rules.host = next_hop();
  dialog_ = std::make_unique<ClientDialog>(std::move(rules));
  clock_ = {};
  tls_.clear();
  link_ = std::make_unique<Link>(*this);
  link_->transport = Transport::connect(loop_, options_.addresses[attempts_.address()],
                                        dialog_->patience(), *link_);
}

void SmtpClientConnection::connected() {
  if (attempts_.tls() != TlsUse::established) {
    dialog_->start();
    return settle();
  }
  link_->transport->set_deadline(options_.rules.patience.tls);
  link_->transport->start_tls(*options_.tls, options_.host, options_.proof);
}

void SmtpClientConnection::begin_tls() {
  if (clock_.state() == ClientState::handshake) return;
  link_->transport->start_tls(*options_.tls, options_.host, options_.proof);
}

void SmtpClientConnection::tls_ready(const TlsInfo& info) {
  tls_ = info.version + " " + info.cipher;
  if (options_.proof.by != ServerProof::By::nothing) tls_ += " verified";
  if (dialog_->waits_for() == ClientWait::tls) {
    dialog_->tls_established();
  } else {
    dialog_->start();
  }
  settle();
}

void SmtpClientConnection::received(ByteView octets) {
  dialog_->receive(octets);
  settle();
}

void SmtpClientConnection::timed_out() {
  if (dialog_->waits_for() != ClientWait::message) {
    return lost(temporary_error("timed-out", "the server did not answer in time"));
  }
  stage_ = Stage::ending;  // It was idle for long enough.
  settle();
}

// The connection is of no more use; its transport may still exist.
void SmtpClientConnection::lost(const Error& why) {
  if (dialog_->waits_for() == ClientWait::close || try_again(why)) return;
  dialog_->connection_failed(why);
  settle();
}

void SmtpClientConnection::closed(const CloseReason& reason) {
  if (dialog_ && dialog_->waits_for() != ClientWait::close) {
    const Error why = why_closed(reason);
    if (try_again(why)) return;
    dialog_->connection_failed(why);
    report_failure();
  }
  stage_ = Stage::gone;
  on_gone_(*this);
}

// Where TLS is demanded, a failure here makes mail wait, so a person has to know where and why.
Error SmtpClientConnection::why_closed(const CloseReason& reason) const {
  using Kind = CloseReason::Kind;
  const bool from_start = attempts_.tls() == TlsUse::established;
  const bool demanded = from_start || attempts_.tls() == TlsUse::required;
  // A reset in the middle of a handshake counts as a TLS failure too.
  const bool handshake = tls_.empty() && (from_start || dialog_->waits_for() == ClientWait::tls);
  const bool tls_failed =
      reason.kind == Kind::tls_failed || (reason.kind == Kind::io_failed && handshake);
  if (!tls_failed || !demanded) return temporary_error("lost", printable(reason.text));
  return temporary_error("tls-failed", fmt::format("{}: {}; its URL in [delivery] demands TLS, so "
                                                   "nothing was sent",
                                                   next_hop(), printable(reason.text, kMaxReason)));
}

// Connects once more, if that may do better (hop_attempts.h).
bool SmtpClientConnection::try_again(const Error& why) {
  using Again = HopAttempts::Again;
  if (!current_ || stage_ != Stage::open) return false;
  const ClientState state = dialog_->state();
  const std::string failed = next_hop();
  const Again again = attempts_.after(
      {.in_handshake = dialog_->waits_for() == ClientWait::tls,
       .messages = messages_,
       .has_envelope = has_begun(),
       .is_before_body = state == ClientState::envelope || state == ClientState::xclient});
  if (again == Again::no) return false;
  log_info("smtp: {}: {}; trying again{}", failed, printable(why.text),
           again == Again::without_tls ? " without TLS" : "");
  messages_ = 0;
  current_->envelope = Current::Envelope::here;
  link_->owner = nullptr;
  loop_.defer_destroy(std::move(link_));
  connect();
  return true;
}

// Does what the dialog waits for, as far as possible now, and sends its output.
void SmtpClientConnection::settle() {
  if (stage_ == Stage::gone || !link_->transport->is_open()) return;
  if (dialog_->waits_for() == ClientWait::message && current_ && !has_begun()) {
    begin_delivery();
    if (!has_begun()) return;
  }
  if (dialog_->waits_for() == ClientWait::body) send_body();
  if (dialog_->waits_for() == ClientWait::message && !current_ &&
      (stage_ == Stage::ending || messages_ >= kMaxMessagesPerConnection)) {
    dialog_->quit();
  }
  flush();
  switch (dialog_->waits_for()) {
    case ClientWait::tls:
      begin_tls();
      break;
    case ClientWait::message:
      at_message();
      return;
    case ClientWait::close:
      end_session();
      return;
    case ClientWait::peer:
    case ClientWait::body:
      break;
  }
  keep_time();
}

void SmtpClientConnection::flush() {
  if (Bytes output = dialog_->take_output(); !output.empty()) {
    link_->transport->send(std::move(output));
  }
}

void SmtpClientConnection::at_message() {
  keep_time();
  if (!has_begun()) return;
  ++messages_;
  report(dialog_->outcomes());
  if (current_ || stage_ == Stage::gone || dialog_->waits_for() != ClientWait::message) return;
  if (messages_ >= kMaxMessagesPerConnection) settle();
}

void SmtpClientConnection::begin_delivery() {
  const ClientEnvelope& envelope = current_->delivery.envelope;
  if (!dialog_->may_speak_for(envelope.client)) return connect_anew();
  if (dialog_->tells_name_of(envelope.client)) {
    if (!current_->client_name) return find_client_name();
    if (current_->client_name->is_open()) return;
  }
  current_->envelope = Current::Envelope::given;
  dialog_->deliver(envelope);
  // With one recipient, the first piece is made while the envelope is under way: if the recipient
  // is refused, there is no body at all.
  BodyPull& body = current_->body;
  if (!dialog_->delivering() || !body.has_source() || envelope.recipients.size() != 1) return;
  if (!body.has_begun()) body.begin({true});
  body.pull();
}

void SmtpClientConnection::find_client_name() {
  current_->client_name.emplace(loop_, options_.name_waits, options_.find_client_name,
                                current_->delivery.envelope.client->address,
                                options_.rules.patience.client_name, [this](ClientName name) {
                                  current_->delivery.envelope.client_name = std::move(name);
                                  settle();
                                });
}

// A session that has told the server of one client may usually not tell it of another
// (XCLIENT_README, note 1). The server must not take the next client for the first one.
void SmtpClientConnection::connect_anew() {
  if (retired_) loop_.defer_destroy(std::move(retired_));
  link_->owner = nullptr;
  link_->transport->send("QUIT\r\n");
  link_->transport->finish();
  retired_ = std::move(link_);
  messages_ = 0;
  connect();
}

void SmtpClientConnection::tell_of_refusal() const {
  static LogLimit log_limit;
  if (!dialog_ || !dialog_->client_refusal()) return;
  const auto line = log_limit.take(std::chrono::steady_clock::now());
  if (!line) return;
  log_warning(
      "smtp: {} does not take the client's address in XCLIENT: {}; its mail was handed on as this "
      "node's own (in Postfix, IPv6 needs inet_protocols = all){}",
      next_hop(), dialog_->client_refusal()->summary(), line->left_out_text());
}

void SmtpClientConnection::send_body() {
  if (!current_->body.has_begun()) current_->body.begin(dialog_->accepted());
  while (dialog_->waits_for() == ClientWait::body &&
         link_->transport->queued_octets() <= kMaxQueuedBodyBytes && send_piece()) {
  }
}

// Sends the piece that was pulled and asks for the next; false if there is none yet.
bool SmtpClientConnection::send_piece() {
  BodyPull& body = current_->body;
  const auto piece = body.take();
  if (!piece) {
    body.pull();
    return false;
  }
  if (const auto& octets = piece->octets; !octets) {
    log_warning("smtp: a message for {} could not be made: {} ({})", next_hop(),
                octets.error().text, octets.error().detail);
    dialog_->connection_failed(octets.error());
    return false;
  }
  if (!piece->octets->empty()) dialog_->body(*piece->octets);
  if (dialog_->waits_for() != ClientWait::body) return false;
  if (piece->is_last) {
    dialog_->body_end();
  } else {
    body.pull();
  }
  flush();
  return true;
}

// The dialog is over: the recipients get their outcomes, unless another attempt may do better.
void SmtpClientConnection::end_session() {
  const auto& failure = dialog_->failure();
  if (failure && try_again(*failure)) return;
  if (failure) {
    link_->transport->abort();
  } else {
    link_->transport->finish();
  }
  report_failure();
}

void SmtpClientConnection::report_failure() {
  if (!current_) return;
  const auto& failure = dialog_->failure();
  const Error why = failure ? *failure : temporary_error("ended", "the session ended");
  const std::size_t recipients = current_->delivery.envelope.recipients.size();
  std::vector<RecipientOutcome> outcomes = dialog_->outcomes();
  if (!has_begun() || outcomes.size() != recipients) {
    outcomes.assign(recipients, RecipientOutcome{reply_for(why), false});
  }
  report(std::move(outcomes));
}

void SmtpClientConnection::report(std::vector<RecipientOutcome> outcomes) {
  tell_of_refusal();
  DeliveryReport report{std::move(outcomes), next_hop(), tls_, dialog_->offers_dsn()};
  auto on_done = std::move(current_->delivery.on_done);
  current_.reset();
  on_done(report);
}

void SmtpClientConnection::keep_time() {
  const auto limits = clock_.wait_in(dialog_->state(), dialog_->progress(), dialog_->patience());
  if (limits) set_limits(*link_->transport, *limits);
}

std::string SmtpClientConnection::next_hop() const {
  const SocketAddress& address = options_.addresses[attempts_.address()];
  if (options_.host.empty()) return address.text();
  return fmt::format("{} [{}]:{}", printable(options_.host), address.ip.text(), address.port);
}

}  // namespace culvert::node
