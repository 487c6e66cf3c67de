// Accepts connections for one listen address on every loop of a group. Each loop has its own copy
// of the socket (SO_REUSEPORT), so the kernel spreads connections over the cores and no connection
// changes threads.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "node/net/connection_limit.h"
#include "node/net/event_loop.h"
#include "node/net/network.h"
#include "node/net/socket.h"

namespace culvert::node {

// How long accepting rests, instead of spinning, when descriptors or memory are short.
inline constexpr std::chrono::milliseconds kAcceptRest{100};

// One accepted connection; non-blocking, TCP_NODELAY set. The seat lives as long as the connection.
struct Accepted {
  Socket socket;
  SocketAddress peer;
  SocketAddress local;
  ConnectionLimit::Seat seat;
};

struct ListenOptions {
  SocketAddress address;             // port 0: one free port for all copies
  ConnectionLimit* limit = nullptr;  // must outlive the listener and its connections; null: none
  std::string refusal;               // sent before closing a connection beyond the limit; may be
                                     // empty
  std::string share_refusal{};       // the same for one beyond its own or its network's share
};

class Listener {
 public:
  // Runs on the loop that the connection then belongs to. Called on several threads at once.
  using OnAccept = std::function<void(EventLoop&, Accepted)>;

  // Binds at once and begins to accept. permanent `listen-failed`. Not from a loop's thread.
  // `loops` must outlive it.
  static Result<std::unique_ptr<Listener>> open(LoopGroup& loops, ListenOptions options,
                                                OnAccept on_accept);
  // Stops accepting, closes the sockets on their loops, and waits for that. Not from a loop's
  // thread.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // The address with the port that was bound.
  const SocketAddress& address() const { return address_; }

 private:
  class Copy;
  Listener(LoopGroup& loops, ListenOptions options, OnAccept on_accept);
  LoopGroup& loops_;
  ListenOptions options_;
  OnAccept on_accept_;
  SocketAddress address_;
  std::vector<std::unique_ptr<Copy>> copies_;
};

}  // namespace culvert::node
