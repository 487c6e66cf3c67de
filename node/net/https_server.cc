#include "node/net/https_server.h"

#include <optional>
#include <unordered_map>

#include "crypto/base/log.h"
#include "node/net/giving_way.h"
#include "node/net/transport.h"

namespace culvert::node {

HttpReply::~HttpReply() {
  if (send_) send_(HttpResponse{503, "", {}});
}

void HttpReply::send(HttpResponse response) {
  Callback<HttpResponse> once = std::move(send_);
  if (once) once(std::move(response));
}

namespace {

class HttpsConnection final : public GivesWay, private TransportListener {
 public:
  struct Surroundings {
    EventLoop& loop;
    const HttpsServer::Handler& handler;
    ConnectionLimit& large_bodies;
    std::function<void(HttpsConnection&)> on_gone;  // removes the connection from its room
  };

  HttpsConnection(Surroundings around, Accepted accepted, TlsServerContext& tls)
      : around_(std::move(around)),
        seat_(std::move(accepted.seat)),
        transport_(Transport::accepted(around_.loop, std::move(accepted.socket), *this)) {
    transport_->set_idle_timeout(kHttpIdleTime);
    transport_->start_tls(tls);
    begin(Phase::head, kHttpHeaderTime);
  }

  void on_octets(ByteView octets) override {
    dialog_.receive(octets);
    go_on();
  }
  void on_drained() override {
    if (phase_ != Phase::answer) return;
    begin(Phase::idle, std::chrono::milliseconds(0));
    go_on();
  }
  void on_end() override {
    // An answer under way still goes to a client that closed only its sending side.
    ended_ = true;
    if (dialog_.waits() != HttpDialog::Waits::answer) finish();
  }
  void on_timeout() override {
    if (dialog_.waits() == HttpDialog::Waits::answer) return;
    // A client that does not take the answer to one request gets none to the next.
    if (phase_ == Phase::answer || !tls_ready_) return transport_->abort();
    dialog_.time_out();
    go_on();
  }
  void on_tls_ready(const TlsInfo&) override { tls_ready_ = true; }
  void on_closed(const CloseReason& reason) override {
    log_debug("HTTPS connection of {} ended: {}", transport_->peer().text(), reason.text);
    around_.on_gone(*this);
  }

  const ConnectionLimit::Seat& seat() const { return seat_; }
  // Since when it has been waiting for its client, if it may be closed for another's sake: the
  // client asks for nothing, or has been at its request for longer than an honest client takes.
  std::optional<SteadyTime> waits_since() const {
    if (!seat_) return std::nullopt;  // gave way in this turn
    const bool slow = around_.loop.now() - since_ > kHttpHeaderTime;
    const bool asks_nothing = dialog_.waits() == HttpDialog::Waits::peer && !dialog_.in_request() &&
                              phase_ != Phase::answer;
    if (dialog_.waits() == HttpDialog::Waits::answer || (!asks_nothing && !slow)) {
      return std::nullopt;
    }
    return since_;
  }
  // The connection goes at the end of the turn.
  void give_way() override {
    const ConnectionLimit::Seat seat = std::move(seat_);
    transport_->abort();
  }

 private:
  enum class Phase {
    head,  // a request's, or the first one's and the handshake
    body,
    work,    // the answer is being made
    answer,  // it is on its way
    idle,    // between requests
  };

  void begin(Phase phase, std::chrono::milliseconds time) {
    phase_ = phase;
    since_ = around_.loop.now();
    transport_->set_deadline(time);
  }
  // Follows what the client is in the middle of sending.
  void follow_request() {
    if (phase_ != Phase::idle && phase_ != Phase::head) return;
    if (dialog_.in_body()) {
      begin(Phase::body, kHttpRequestTime);
    } else if (dialog_.in_request() && phase_ == Phase::idle) {
      begin(Phase::head, kHttpHeaderTime);
    }
  }
  // Called in every phase: a client that takes no answer may still send its next request.
  void take_room() {
    if (large_body_ || dialog_.body_bytes() <= kSmallBodyBytes) return;
    large_body_ = around_.large_bodies.take(transport_->peer().ip);
    if (!large_body_) dialog_.refuse_body();
  }
  // Sending what is left has a time limit too: a client that takes an octet a minute keeps no
  // place.
  void finish() {
    transport_->finish();
    transport_->set_deadline(kHttpAnswerTime);
  }

  void go_on() {
    if (std::optional<HttpRequest> request = dialog_.take_request()) {
      begin(Phase::work, std::chrono::milliseconds(0));
      transport_->pause_reading();
      around_.handler(transport_->peer(), std::move(*request), make_reply());
    } else {
      take_room();
      follow_request();
    }
    transport_->send(dialog_.take_output());
    if (dialog_.waits() == HttpDialog::Waits::close) finish();
  }

  HttpReply make_reply() {
    return HttpReply([&loop = around_.loop, answer = life_.guard([this](HttpResponse response) {
      take_answer(response);
    })](HttpResponse response) mutable {
      loop.post([answer = std::move(answer), response = std::move(response)]() mutable {
        answer(std::move(response));
      });
    });
  }

  void take_answer(const HttpResponse& response) {
    begin(Phase::answer, kHttpAnswerTime);
    large_body_ = {};
    dialog_.answer(response);
    transport_->resume_reading();
    go_on();
    if (ended_) finish();
  }

  Surroundings around_;
  ConnectionLimit::Seat seat_;
  ConnectionLimit::Seat large_body_;
  HttpDialog dialog_;
  std::unique_ptr<Transport> transport_;
  Phase phase_ = Phase::head;
  SteadyTime since_{};  // of the phase
  bool tls_ready_ = false;
  bool ended_ = false;
  LifeToken life_;
};

using Room = std::unordered_map<HttpsConnection*, std::unique_ptr<HttpsConnection>>;

}  // namespace

struct HttpsServer::Impl final : PlaceHolders {
  Impl(LoopGroup& in_loops, TlsServerContext& in_tls, ConnectionLimit& in_limit, Handler in_handler)
      : loops(in_loops),
        tls(in_tls),
        limit(in_limit),
        handler(std::move(in_handler)),
        rooms(in_loops.size()) {
    limit.add(*this);
  }
  ~Impl() override { limit.remove(*this); }

  Room& room_of(EventLoop& loop) {
    std::size_t index = 0;
    while (&loops.at(index) != &loop)
      ++index;
    return rooms[index];
  }

  void take(EventLoop& loop, Accepted accepted) {
    Room& room = room_of(loop);
    auto on_gone = [&loop, &room](HttpsConnection& gone) {
      auto node = room.extract(&gone);
      loop.defer_destroy(std::move(node.mapped()));
    };
    auto connection = std::make_unique<HttpsConnection>(
        HttpsConnection::Surroundings{loop, handler, large_bodies, std::move(on_gone)},
        std::move(accepted), tls);
    HttpsConnection* const key = connection.get();
    room.emplace(key, std::move(connection));
  }

  void offer(EventLoop& loop, GivingWay& choice) override {
    for (const auto& [connection, owner] : room_of(loop)) {
      if (const auto since = connection->waits_since())
        choice.consider(connection->seat(), *since, *connection);
    }
  }

  LoopGroup& loops;
  TlsServerContext& tls;
  ConnectionLimit& limit;
  const Handler handler;
  ConnectionLimit large_bodies{
      kMaxLargeBodies,
      {.most = kLargeBodiesOfAddress,
       .is_exempt = [](const IpAddress& client) { return client.is_loopback(); }},
      nullptr,
      {.count = kLargeBodiesKept,
       .standing = [this](const IpAddress& client) { return limit.standing_of(client); }}};
  std::vector<Room> rooms;  // one a loop, touched by that loop only
  std::unique_ptr<Listener> listener;
};

HttpsServer::HttpsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<HttpsServer>> HttpsServer::open(LoopGroup& loops, TlsServerContext& tls,
                                                       const HttpsServerOptions& options,
                                                       Handler handler) {
  auto impl = std::make_unique<Impl>(loops, tls, *options.limit, std::move(handler));
  ListenOptions listen{.address = options.address, .limit = options.limit, .refusal = {}};
  auto listener = Listener::open(loops, std::move(listen),
                                 [self = impl.get()](EventLoop& loop, Accepted accepted) {
                                   self->take(loop, std::move(accepted));
                                 });
  if (!listener) return std::move(listener).error();
  impl->listener = std::move(listener).value();
  return std::unique_ptr<HttpsServer>(new HttpsServer(std::move(impl)));
}

HttpsServer::~HttpsServer() {
  impl_->listener.reset();
  impl_->loops.run_on_all([this](EventLoop& loop) { impl_->room_of(loop).clear(); });
}

const SocketAddress& HttpsServer::address() const { return impl_->listener->address(); }

}  // namespace culvert::node
