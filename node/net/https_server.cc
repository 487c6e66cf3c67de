#include "node/net/https_server.h"

#include <unordered_map>

#include "crypto/base/log.h"
#include "node/net/transport.h"

namespace culvert::node {

HttpReply::~HttpReply() {
  if (send_) send_(HttpResponse{500, "", {}});
}

void HttpReply::send(HttpResponse response) {
  Callback<HttpResponse> once = std::move(send_);
  if (once) once(std::move(response));
}

namespace {

class HttpsConnection final : public TransportListener {
 public:
  struct Surroundings {
    EventLoop& loop;
    const HttpsServer::Handler& handler;
    std::function<void(HttpsConnection&)> on_gone;  // takes it out of its room
  };

  HttpsConnection(Surroundings around, Accepted accepted, TlsServerContext& tls)
      : around_(std::move(around)),
        seat_(std::move(accepted.seat)),
        transport_(Transport::accepted(around_.loop, std::move(accepted.socket), *this)) {
    transport_->set_idle_timeout(kHttpIdleTime);
    transport_->start_tls(tls);
  }

  void on_octets(ByteView octets) override {
    const bool was_in_request = dialog_.in_request();
    dialog_.receive(octets);
    // Slow octets keep a connection from being idle, so a request has a time as a whole.
    if (!was_in_request && dialog_.in_request()) transport_->set_deadline(kHttpRequestTime);
    go_on();
  }
  void on_end() override {
    // An answer under way still goes to whoever closed only its sending side.
    ended_ = true;
    if (dialog_.waits() != HttpDialog::Waits::answer) transport_->finish();
  }
  void on_timeout() override {
    if (dialog_.waits() == HttpDialog::Waits::answer) return;
    dialog_.time_out();
    go_on();
  }
  void on_closed(const CloseReason& reason) override {
    log_debug("HTTPS connection of {} ended: {}", transport_->peer().text(), reason.text);
    around_.on_gone(*this);
  }

 private:
  void go_on() {
    if (std::optional<HttpRequest> request = dialog_.take_request()) {
      transport_->set_deadline(std::chrono::milliseconds(0));
      transport_->pause_reading();
      around_.handler(transport_->peer(), std::move(*request), make_reply());
    }
    transport_->send(dialog_.take_output());
    if (dialog_.waits() == HttpDialog::Waits::close) transport_->finish();
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
    dialog_.answer(response);
    if (dialog_.in_request()) transport_->set_deadline(kHttpRequestTime);
    transport_->resume_reading();
    go_on();
    if (ended_) transport_->finish();
  }

  Surroundings around_;
  ConnectionLimit::Seat seat_;
  HttpDialog dialog_;
  std::unique_ptr<Transport> transport_;
  bool ended_ = false;
  LifeToken life_;
};

using Room = std::unordered_map<HttpsConnection*, std::unique_ptr<HttpsConnection>>;

}  // namespace

struct HttpsServer::Impl {
  Impl(LoopGroup& in_loops, TlsServerContext& in_tls, std::size_t max_connections,
       Handler in_handler)
      : loops(in_loops),
        tls(in_tls),
        handler(std::move(in_handler)),
        limit(max_connections),
        rooms(in_loops.size()) {}

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
        HttpsConnection::Surroundings{loop, handler, std::move(on_gone)}, std::move(accepted), tls);
    HttpsConnection* const key = connection.get();
    room.emplace(key, std::move(connection));
  }

  LoopGroup& loops;
  TlsServerContext& tls;
  const Handler handler;
  ConnectionLimit limit;
  std::vector<Room> rooms;  // one a loop, touched by that loop only
  std::unique_ptr<Listener> listener;
};

HttpsServer::HttpsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<HttpsServer>> HttpsServer::open(LoopGroup& loops, TlsServerContext& tls,
                                                       const HttpsServerOptions& options,
                                                       Handler handler) {
  auto impl = std::make_unique<Impl>(loops, tls, options.max_connections, std::move(handler));
  auto listener = Listener::open(loops, {options.address, &impl->limit, ""},
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
