// One side of one TLS connection without a socket: octets from the wire go in; octets for the wire
// and plain octets come out. Inside node/net; Transport is its only user.
#pragma once

#include <memory>
#include <string>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "node/net/server_proof.h"
#include "node/net/tls_context.h"

namespace culvert::node {

// Called from inside the engine's functions, so an implementation only takes notes.
class TlsEvents {
 public:
  virtual ~TlsEvents() = default;
  virtual void on_tls_wire(ByteView octets) = 0;
  virtual void on_tls_plain(ByteView octets) = 0;
  virtual void on_tls_established(TlsInfo info) = 0;
  virtual void on_tls_end() = 0;  // the peer's close_notify
};

// The server that a client expects at the other end.
struct ExpectedServer {
  std::string host;  // a domain name in A-labels, a numeric address, or empty
  std::uint16_t port = 0;
  ServerProof proof{};  // `nothing` except in a `verifying` context
};

class TlsEngine {
 public:
  // `context` and `events` must outlive the engine. A client writes its hello at once. Null if TLS
  // cannot even begin.
  static std::unique_ptr<TlsEngine> server(TlsServerContext& context, TlsEvents& events);
  static std::unique_ptr<TlsEngine> client(TlsClientContext& context, const ExpectedServer& server,
                                           TlsEvents& events);
  ~TlsEngine();

  // temporary `tls-failed`, or why the server was not verified (authorities.h). An alert for the
  // peer may have been written. After an error, only closing is possible.
  Status receive(ByteView octets);
  // Only while active. Errors as `receive`.
  Status send(ByteView octets);
  // Writes close_notify, once.
  void close();
  // The handshake is done and octets may be sent.
  bool active() const;

  struct Impl;

 private:
  explicit TlsEngine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace culvert::node
