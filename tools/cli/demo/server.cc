#include "tools/cli/demo/server.h"

namespace culvert::cli {

DemoServer::DemoServer(Serve serve)
    : serve_(std::move(serve)), acceptor_([this] { accept_all(); }) {}

DemoServer::~DemoServer() {
  listener_.shut();
  acceptor_.join();
  break_off();
  for (std::thread& thread : threads_)
    thread.join();
}

void DemoServer::break_off() {
  const std::lock_guard lock(mutex_);
  for (DemoSocket& socket : sockets_)
    socket.shut();
}

void DemoServer::accept_all() {
  while (DemoSocket accepted = listener_.accept()) {
    const std::lock_guard lock(mutex_);
    DemoSocket& socket = sockets_.emplace_back(std::move(accepted));
    threads_.emplace_back([this, &socket] {
      serve_(socket);
      // The other side learns of the end now. The descriptor is closed with the server.
      socket.shut();
    });
  }
}

}  // namespace culvert::cli
