// A listener with a thread for each connection. The sink and the eavesdropper of the demo are built
// on it. All connections end with it.
#pragma once

#include <functional>
#include <list>
#include <mutex>
#include <thread>

#include "tools/cli/demo/socket.h"

namespace culvert::cli {

class DemoServer {
 public:
  // `serve` runs once for each connection, in its own thread, and returns when the connection ends.
  using Serve = std::function<void(DemoSocket&)>;
  explicit DemoServer(Serve serve);
  ~DemoServer();
  DemoServer(const DemoServer&) = delete;
  DemoServer& operator=(const DemoServer&) = delete;

  std::uint16_t port() const { return listener_.port(); }
  std::string address() const { return listener_.address(); }
  // Breaks all connections; new ones are accepted as before.
  void break_off();

 private:
  void accept_all();

  Serve serve_;
  DemoListener listener_;
  std::mutex mutex_;
  std::list<DemoSocket> sockets_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace culvert::cli
