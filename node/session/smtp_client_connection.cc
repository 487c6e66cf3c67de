#include "node/session/smtp_client_connection.h"

#include <fmt/format.h>

#include "crypto/base/log.h"
#include "crypto/base/log_limit.h"
#include "node/smtp/limits.h"

namespace culvert::node {
namespace {

using std::chrono::milliseconds;

// When all workers are busy, a piece is asked for again after this time.
constexpr milliseconds kPullAgain{20};
// Of the text about a connection that failed; a verification's names certificates and advice.
constexpr std::size_t kMaxReason = 380;

// Pulls until there is a piece worth sending, so that a small message costs one job.
Result<Bytes> gather(PieceSource& source, bool& last) {
  Bytes gathered;
  while (gathered.size() < kStreamChunkBytes) {
    auto piece = source.next();
    if (!piece) return piece;
    last = piece->empty();
    if (last) break;
    if (gathered.empty()) {
      gathered = *std::move(piece);
    } else {
      append(gathered, *piece);
    }
  }
  return gathered;
}

}  // namespace

// One transport, and whether its events still matter: an abandoned one says nothing more.
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

// What a worker works with. The source is touched by one job at a time; the rest by the loop.
struct SmtpClientConnection::Pull {
  std::unique_ptr<PieceSource> source;
  bool begun = false;
  bool pulling = false;
  std::optional<Result<Bytes>> piece;
  bool last = false;

  void begin(const std::vector<bool>& accepted) {
    source->begin(accepted);
    begun = true;
  }
};

SmtpClientConnection::SmtpClientConnection(EventLoop& loop, Workers& workers,
                                           SmtpClientOptions options,
                                           Callback<SmtpClientConnection&> on_gone)
    : loop_(loop),
      workers_(workers),
      options_(std::move(options)),
      on_gone_(std::move(on_gone)),
      tls_use_(options_.rules.tls) {}

SmtpClientConnection::~SmtpClientConnection() = default;

bool SmtpClientConnection::ready() const {
  if (gone_ || ending_ || delivery_) return false;
  return !dialog_ || dialog_->waits_for() == ClientWait::message;
}

void SmtpClientConnection::deliver(SmtpDelivery delivery) {
  pull_ = std::make_shared<Pull>();
  pull_->source = std::move(delivery.message);
  delivery_.emplace(std::move(delivery));
  begun_ = false;
  name_ = Name::not_asked;
  if (dialog_) return settle();
  connect();
}

void SmtpClientConnection::end() {
  ending_ = true;
  if (!link_) {
    loop_.post(life_.guard([this] { closed({CloseReason::Kind::by_owner, "never connected"}); }));
  } else if (delivery_) {
    lost(temporary_error("ended", "this node is shutting down"));
  } else {
    settle();
  }
}

void SmtpClientConnection::connect() {
  ClientRules rules = options_.rules;
  rules.tls = tls_use_;
  rules.host = next_hop();
  dialog_ = std::make_unique<ClientDialog>(std::move(rules));
  timed_state_.reset();
  tls_.clear();
  link_ = std::make_unique<Link>(*this);
  link_->transport =
      Transport::connect(loop_, options_.addresses[address_], dialog_->patience(), *link_);
}

void SmtpClientConnection::connected() {
  if (tls_use_ != TlsUse::established) {
    dialog_->start();
    return settle();
  }
  link_->transport->set_deadline(options_.rules.patience.tls);
  link_->transport->start_tls(*options_.tls, options_.host, options_.proof);
}

void SmtpClientConnection::begin_tls() {
  if (timed_state_ == ClientState::handshake) return;
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
  ending_ = true;  // Idle for long enough.
  settle();
}

// The connection is of no more use, and the transport may still be there.
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
  gone_ = true;
  on_gone_(*this);
}

// Where TLS is demanded, mail waits for what fails here, so a person has to know where and why.
Error SmtpClientConnection::why_closed(const CloseReason& reason) const {
  using Kind = CloseReason::Kind;
  const bool from_start = tls_use_ == TlsUse::established;
  const bool demanded = from_start || tls_use_ == TlsUse::required;
  // A reset in the middle of a handshake as well.
  const bool handshake = tls_.empty() && (from_start || dialog_->waits_for() == ClientWait::tls);
  const bool tls_failed =
      reason.kind == Kind::tls_failed || (reason.kind == Kind::io_failed && handshake);
  if (!tls_failed || !demanded) return temporary_error("lost", printable(reason.text));
  return temporary_error("tls-failed", fmt::format("{}: {}; its URL in [delivery] demands TLS, so "
                                                   "nothing was sent",
                                                   next_hop(), printable(reason.text, kMaxReason)));
}

// Connects once more, if that may do better: without TLS, if the handshake failed and TLS is not
// required (encryption that anybody may strip is worth no bounce); at the next address, as long as
// no message was begun here; at the same, if a kept connection turns out to be dead before the next
// message's body has begun.
bool SmtpClientConnection::try_again(const Error& why) {
  if (!delivery_ || ending_) return false;
  const bool handshake_failed =
      dialog_->waits_for() == ClientWait::tls && tls_use_ == TlsUse::opportunistic;
  const bool was_kept = messages_ > 0 && (!begun_ || dialog_->state() == ClientState::envelope ||
                                          dialog_->state() == ClientState::xclient);
  const bool next_address = messages_ == 0 && !begun_ && address_ + 1 < options_.addresses.size();
  if (!handshake_failed && !was_kept && !next_address) return false;
  log_info("smtp: {}: {}; trying again{}", next_hop(), printable(why.text),
           handshake_failed ? " without TLS" : "");
  tls_use_ = handshake_failed ? TlsUse::never : options_.rules.tls;
  if (!handshake_failed && !was_kept) ++address_;
  messages_ = 0;
  begun_ = false;
  link_->owner = nullptr;
  loop_.defer_destroy(std::move(link_));
  connect();
  return true;
}

// Does what the dialog waits for, as far as it can be done now, and sends what it says.
void SmtpClientConnection::settle() {
  if (gone_ || !link_->transport->is_open()) return;
  if (dialog_->waits_for() == ClientWait::message && !begun_ && delivery_) {
    begin_delivery();
    if (!begun_) return;
  }
  if (dialog_->waits_for() == ClientWait::body) send_body();
  if (dialog_->waits_for() == ClientWait::message && !delivery_ &&
      (ending_ || messages_ >= kMaxMessagesPerConnection)) {
    dialog_->quit();
  }
  if (Bytes output = dialog_->take_output(); !output.empty()) {
    link_->transport->send(std::move(output));
  }
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

void SmtpClientConnection::at_message() {
  keep_time();
  if (!begun_) return;
  ++messages_;
  report(dialog_->outcomes());
  if (delivery_ || gone_ || dialog_->waits_for() != ClientWait::message) return;
  if (messages_ >= kMaxMessagesPerConnection) settle();
}

void SmtpClientConnection::begin_delivery() {
  const auto& client = delivery_->envelope.client;
  if (!dialog_->may_speak_for(client)) return connect_anew();
  if (name_ != Name::known && dialog_->tells_name_of(client)) return find_client_name();
  begun_ = true;
  dialog_->deliver(delivery_->envelope);
  // With one recipient the first piece is made while the envelope is under way: if it is refused,
  // there is no body at all.
  if (!dialog_->delivering() || !pull_->source || delivery_->envelope.recipients.size() != 1)
    return;
  if (!pull_->begun) pull_->begin({true});
  pull();
}

void SmtpClientConnection::find_client_name() {
  if (name_ == Name::asked) return;
  name_ = Name::asked;
  auto found = life_.guard([this](const std::shared_ptr<Pull>& of, ClientName name) {
    client_name_found(of, std::move(name));
  });
  const std::string& client = delivery_->envelope.client->address;
  milliseconds patience = options_.rules.patience.client_name;
  if (const auto address = IpAddress::parse(client); address && options_.name_waits) {
    name_wait_.emplace(options_.name_waits->begin(*address, std::chrono::steady_clock::now()));
    patience = name_wait_->at_most(patience);
  }
  name_late_ = loop_.call_after(patience, [this, of = pull_] { client_name_late(of); });
  options_.find_client_name(client, [of = pull_, found, &loop = loop_](ClientName name) {
    loop.post([of, found, name = std::move(name)]() mutable { found(of, std::move(name)); });
  });
}

void SmtpClientConnection::client_name_late(const std::shared_ptr<Pull>& of) {
  if (name_wait_) name_wait_->was_late(std::chrono::steady_clock::now());
  client_name_found(of, {ClientName::Known::not_now});
}

void SmtpClientConnection::client_name_found(const std::shared_ptr<Pull>& of, ClientName name) {
  if (of != pull_ || name_ != Name::asked) return;  // Too late, or of another delivery.
  name_late_.cancel();
  name_wait_.reset();
  name_ = Name::known;
  delivery_->envelope.client_name = std::move(name);
  settle();
}

// Who has told the server of one client may usually not tell it of another (XCLIENT_README, note
// 1), and what the first one was must not be taken for the next.
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
  if (!pull_->begun) pull_->begin(dialog_->accepted());
  while (dialog_->waits_for() == ClientWait::body &&
         link_->transport->queued_octets() <= kMaxQueuedBodyBytes && send_piece()) {
  }
}

// Sends the piece that was pulled and asks for the next; false if there is none yet.
bool SmtpClientConnection::send_piece() {
  if (!pull_->piece) {
    pull();
    return false;
  }
  const Result<Bytes> piece = *std::exchange(pull_->piece, std::nullopt);
  if (!piece) {
    log_warning("smtp: a message for {} could not be made: {} ({})", next_hop(), piece.error().text,
                piece.error().detail);
    dialog_->connection_failed(piece.error());
    return false;
  }
  if (!piece->empty()) dialog_->body(*piece);
  if (dialog_->waits_for() != ClientWait::body) return false;
  if (pull_->last) {
    dialog_->body_end();
  } else {
    pull();
  }
  if (Bytes output = dialog_->take_output(); !output.empty()) {
    link_->transport->send(std::move(output));
  }
  return true;
}

void SmtpClientConnection::pull() {
  if (pull_->pulling || pull_->piece || pull_->last) return;
  auto hand_over = life_.guard([this](const std::shared_ptr<Pull>& from, Result<Bytes> piece,
                                      bool last) { pulled(from, std::move(piece), last); });
  const Status submitted = workers_.submit([from = pull_, hand_over, &loop = loop_] {
    bool last = false;
    auto piece = gather(*from->source, last);
    loop.post([from, hand_over, piece = std::move(piece), last]() mutable {
      hand_over(from, std::move(piece), last);
    });
  });
  pull_->pulling = submitted.ok();
  if (!submitted) pull_later_ = loop_.call_after(kPullAgain, [this] { pull(); });
}

void SmtpClientConnection::pulled(const std::shared_ptr<Pull>& from, Result<Bytes> piece,
                                  bool last) {
  if (from != pull_) return;  // Of a delivery that ended meanwhile.
  pull_->pulling = false;
  pull_->piece.emplace(std::move(piece));
  pull_->last = last;
  if (dialog_->waits_for() == ClientWait::body) settle();
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
  if (!delivery_) return;
  const auto& failure = dialog_->failure();
  const Error why = failure ? *failure : temporary_error("ended", "the session ended");
  const std::size_t recipients = delivery_->envelope.recipients.size();
  std::vector<RecipientOutcome> outcomes = dialog_->outcomes();
  if (!begun_ || outcomes.size() != recipients) {
    outcomes.assign(recipients, RecipientOutcome{reply_for(why), false});
  }
  report(std::move(outcomes));
}

void SmtpClientConnection::report(std::vector<RecipientOutcome> outcomes) {
  tell_of_refusal();
  DeliveryReport report{std::move(outcomes), next_hop(), tls_, dialog_->offers_dsn()};
  auto on_done = std::move(delivery_->on_done);
  delivery_.reset();
  pull_.reset();
  pull_later_.cancel();
  name_late_.cancel();
  name_wait_.reset();
  begun_ = false;
  on_done(report);
}

// A reply must be complete within its time, however slowly its octets come; a body must move.
void SmtpClientConnection::keep_time() {
  if (timed_state_ == dialog_->state() && timed_progress_ == dialog_->progress()) return;
  timed_state_ = dialog_->state();
  timed_progress_ = dialog_->progress();
  const bool body = dialog_->state() == ClientState::body;
  link_->transport->set_deadline(body ? milliseconds(0) : dialog_->patience());
  link_->transport->set_idle_timeout(body ? dialog_->patience() : milliseconds(0));
}

std::string SmtpClientConnection::next_hop() const {
  const SocketAddress& address = options_.addresses[address_];
  if (options_.host.empty()) return address.text();
  return fmt::format("{} [{}]:{}", printable(options_.host), address.ip.text(), address.port);
}

}  // namespace culvert::node
