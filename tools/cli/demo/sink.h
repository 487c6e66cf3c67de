// A mail server that keeps what it receives: the inside server of a node, or the outsider's. It
// knows as much SMTP as a node's delivery needs (RFC 5321, 8BITMIME, SMTPUTF8; no TLS).
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "tools/cli/demo/server.h"

namespace culvert::cli {

struct SunkMail {
  std::string sender;                   // as given with MAIL, without brackets
  std::vector<std::string> recipients;  // as given with RCPT, without brackets
  std::string octets;                   // without dot-stuffing and the final dot
};

class DemoSink {
 public:
  DemoSink();

  std::string address() const { return server_.address(); }
  std::vector<SunkMail> mails() const;
  // Waits until there are `count` mails; false if they do not come in time.
  bool wait_for(std::size_t count, std::chrono::seconds patience) const;

 private:
  void serve(DemoSocket& socket);
  void keep(SunkMail mail);

  mutable std::mutex mutex_;
  mutable std::condition_variable arrived_;
  std::vector<SunkMail> mails_;
  DemoServer server_;  // last: its threads use the others
};

}  // namespace culvert::cli
