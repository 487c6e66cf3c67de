// An eavesdropper on the wire between two nodes. It passes everything on and keeps a copy. To see
// more than TLS records, it hides STARTTLS from the node that connects, as a real attacker would.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "tools/cli/demo/server.h"

namespace culvert::cli {

class Eavesdropper {
 public:
  Eavesdropper();

  std::string address() const { return server_.address(); }
  // Sets the port to which connections are passed on. Until this call they are closed at once.
  void lead_to(std::uint16_t port) { target_ = port; }
  // Breaks all connections, and closes new ones at once until `lead_to` is called again.
  void cut();
  // All octets of both directions so far, connection after connection.
  std::string heard() const;

 private:
  void serve(DemoSocket& from);
  void pass_replies(DemoSocket& from, DemoSocket& to);
  void note(std::string_view octets);

  std::atomic<std::uint16_t> target_{0};
  mutable std::mutex mutex_;
  std::string heard_;
  DemoServer server_;  // last: its threads use the others
};

}  // namespace culvert::cli
