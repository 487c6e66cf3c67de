// One SMTP listener and its connections on all loops.
#pragma once

#include <chrono>
#include <memory>

#include "node/net/listener.h"
#include "node/session/smtp_server_connection.h"

namespace culvert::node {

class SmtpServer {
 public:
  // Binds and begins to serve. permanent `listen-failed`. Not from a loop's thread. `loops` and
  // what `settings` points to must outlive it; several servers may share `limit`.
  static Result<std::unique_ptr<SmtpServer>> open(LoopGroup& loops, const SocketAddress& address,
                                                  ConnectionLimit& limit,
                                                  const SmtpServerSettings& settings);
  // Ends the remaining connections at once. Not from a loop's thread; the loops must still run or
  // be stopped.
  ~SmtpServer();
  SmtpServer(const SmtpServer&) = delete;
  SmtpServer& operator=(const SmtpServer&) = delete;

  // The address with the port that was bound.
  const SocketAddress& address() const;

  // For connections that come from now on. Not from a loop's thread.
  void set_rules(const ServerRules& rules);

  // Accepts nothing more. Says 421 to clients between two messages, and to the others after their
  // message. Returns when nobody is left or `longest` has passed. Not from a loop's thread.
  void drain(std::chrono::seconds longest);

 private:
  struct Impl;
  explicit SmtpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace culvert::node
