// HTTPS for the peering port: listener, transport with TLS and HTTP dialog put together. Before a
// POST's body, a stranger's connection costs at most a TLS handshake, one request line and 8 KiB of
// header. The body is limited too. Slow and idle connections are closed.
//
// Named attack: One address, Slow requests. Every phase has a time that octets do not prolong: the
// handshake and the first head together, each further head, the body, the taking of the answer.
// When there is no place for a client, a connection without a request gives way
// (node/net/giving_way.h).
#pragma once

#include <functional>
#include <memory>

#include "node/net/http_dialog.h"
#include "node/net/listener.h"
#include "node/net/tls_context.h"

namespace culvert::node {

inline constexpr std::chrono::seconds kHttpIdleTime{30};  // between requests, and without progress
// From the connection to the first complete head, and from a later head's first octet to its end. A
// distant peer needs two seconds for the handshake and sends its head at once.
inline constexpr std::chrono::seconds kHttpHeaderTime{10};
inline constexpr std::chrono::seconds kHttpRequestTime{
    60};  // from a complete head to its body's end
inline constexpr std::chrono::seconds kHttpAnswerTime{60};  // until the client has taken our answer

// Bodies with more octets than a stranger's message may have (peering/handshake_documents.h) count
// as large. Few large bodies may come at once, over all connections of a server and from one
// address: 200 slow posts of a megabyte each would hold 200 MB.
inline constexpr std::size_t kSmallBodyBytes = 128 * 1024;
inline constexpr std::size_t kMaxLargeBodies = 32;
inline constexpr std::size_t kLargeBodiesOfAddress = 4;
inline constexpr std::size_t kLargeBodiesKept = 8;  // for those whom the server's limit knows

// The way to answer one request: once, from any thread, at any time, even after the connection is
// gone. If it is destroyed unused, it answers 503: whoever should have answered was too busy to
// take the request.
class HttpReply {
 public:
  explicit HttpReply(Callback<HttpResponse> send) : send_(std::move(send)) {}
  HttpReply(HttpReply&&) = default;
  HttpReply& operator=(HttpReply&&) = default;
  ~HttpReply();
  void send(HttpResponse response);

 private:
  Callback<HttpResponse> send_;
};

struct HttpsServerOptions {
  SocketAddress address;
  // Shared by the servers of all listen addresses; never null; must outlive them.
  ConnectionLimit* limit = nullptr;
};

class HttpsServer {
 public:
  // Runs on a loop and must not block: if the answer takes work, give the reply to a worker. `peer`
  // is the client's address. Called on several threads at once.
  using Handler = std::function<void(const SocketAddress& peer, HttpRequest, HttpReply)>;

  // permanent `listen-failed`. `loops` and `tls` must outlive it. Not from a loop's thread.
  static Result<std::unique_ptr<HttpsServer>> open(LoopGroup& loops, TlsServerContext& tls,
                                                   const HttpsServerOptions& options,
                                                   Handler handler);
  // Stops listening, closes the connections and waits until they are gone. Not from a loop's
  // thread. Replies that come later go nowhere; the loops must still exist then.
  ~HttpsServer();
  HttpsServer(const HttpsServer&) = delete;
  HttpsServer& operator=(const HttpsServer&) = delete;

  // The address with the port that was bound.
  const SocketAddress& address() const;

 private:
  struct Impl;
  explicit HttpsServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace culvert::node
