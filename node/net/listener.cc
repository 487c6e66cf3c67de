#include "node/net/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "crypto/base/log.h"
#include "crypto/base/log_limit.h"
#include "node/net/socket_address.h"

namespace culvert::node {
namespace {

// Connections accepted in one turn, so that those already open get their turn too.
constexpr int kAcceptsPerTurn = 32;

// The peer may have given up while it waited, or its network may report trouble. accept(2) passes
// such errors on, and the next connection may be a good one.
bool concerns_one_connection(int error) {
  switch (error) {
    case ECONNABORTED:
    case EINTR:
    case EPERM:
    case EPROTO:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case ETIMEDOUT:
      return true;
    default:
      return false;
  }
}

}  // namespace

// The listening socket of one loop. Lives and dies on that loop.
class Listener::Copy final : public FdListener {
 public:
  Copy(Listener& of, EventLoop& loop, Socket socket)
      : of_(of), loop_(loop), socket_(std::move(socket)), watch_(loop.watch(socket_.fd(), *this)) {
    watch_->set_interest(Interest::read);
  }

  void on_readable() override {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      if (!accept_one()) return;
    }
  }
  void on_writable() override {}

 private:
  // False if there is nothing to accept for now.
  bool accept_one() {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    Socket socket(::accept4(socket_.fd(), reinterpret_cast<sockaddr*>(&from), &size,
                            SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket) {
      if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
      if (concerns_one_connection(errno)) return true;
      rest(errno);
      return false;
    }
    take(std::move(socket), from_system(from));
    return true;
  }

  void take(Socket socket, const SocketAddress& peer) {
    const int on = 1;
    setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    Accepted accepted{std::move(socket), peer, {}, {}};
    if (of_.options_.limit != nullptr) {
      accepted.seat = of_.options_.limit->take_or_make_room(loop_, peer.ip);
      if (!accepted.seat) return refuse(accepted);
    }
    accepted.local = local_address(accepted.socket);
    of_.on_accept_(loop_, std::move(accepted));
  }

  // One line that fits into an empty socket buffer. A client that does not get it still sees the
  // end.
  void refuse(const Accepted& accepted) const {
    const bool by_share = accepted.seat.refusal() == ConnectionLimit::Refusal::share;
    const std::string& text = by_share ? of_.options_.share_refusal : of_.options_.refusal;
    if (text.empty()) return;
    ::send(accepted.socket.fd(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }

  // Out of descriptors or memory: the connection stays in the backlog and the socket readable, so
  // looking again at once would spin.
  void rest(int error) {
    static LogLimit log_limit;
    if (const auto line = log_limit.take(loop_.now())) {
      log_warning("cannot accept on {}: {}; trying again every {} ms (systemd: LimitNOFILE){}",
                  of_.address_.text(), std::strerror(error), kAcceptRest.count(),
                  line->left_out_text());
    }
    watch_->set_interest(Interest::none);
    again_ = loop_.call_after(kAcceptRest, [this] { watch_->set_interest(Interest::read); });
  }

  Listener& of_;
  EventLoop& loop_;
  Socket socket_;
  std::unique_ptr<FdWatch> watch_;
  Timer again_;
};

Listener::Listener(LoopGroup& loops, ListenOptions options, OnAccept on_accept)
    : loops_(loops),
      options_(std::move(options)),
      on_accept_(std::move(on_accept)),
      address_(options_.address) {}

Result<std::unique_ptr<Listener>> Listener::open(LoopGroup& loops, ListenOptions options,
                                                 OnAccept on_accept) {
  std::unique_ptr<Listener> listener(new Listener(loops, std::move(options), std::move(on_accept)));
  std::vector<Socket> sockets;
  for (std::size_t i = 0; i < loops.size(); ++i) {
    // The first socket decides the port; the others share it.
    auto socket = listen_on(listener->address_, PortSharing::shared);
    if (!socket) return std::move(socket).error();
    if (i == 0) listener->address_ = local_address(*socket);
    sockets.push_back(std::move(socket).value());
  }
  for (std::size_t i = 0; i < loops.size(); ++i)
    listener->copies_.emplace_back();
  loops.run_on_all([&](EventLoop& loop) {
    for (std::size_t i = 0; i < loops.size(); ++i) {
      if (&loops.at(i) != &loop) continue;
      listener->copies_[i] = std::make_unique<Copy>(*listener, loop, std::move(sockets[i]));
    }
  });
  return listener;
}

Listener::~Listener() {
  loops_.run_on_all([this](EventLoop& loop) {
    for (std::size_t i = 0; i < copies_.size(); ++i) {
      if (&loops_.at(i) == &loop) copies_[i].reset();
    }
  });
}

}  // namespace culvert::node
