// A connected socket on one loop, with or without TLS over it. It moves octets and knows no
// protocol. Everything is called on the loop's thread. The listener is never called from inside a
// call that its owner makes, only later, by the loop.
//
//   auto transport = Transport::accepted(loop, std::move(socket), *this);
//   transport->set_idle_timeout(5min);
//   transport->send("220 ready\r\n");            // leaves at the end of this turn, in one call
//   … on_octets(view) … on_closed(reason): loop.defer_destroy(std::move(connection));
//
// STARTTLS: a server sends its 220 and calls `start_tls` in the same turn; a client calls it when
// it has read the 220. The transport forgets what arrived before TLS began; the caller must forget
// what it holds itself. What was queued before `start_tls` leaves in clear.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "node/net/event_loop.h"
#include "node/net/server_proof.h"
#include "node/net/socket.h"
#include "node/net/tls_context.h"

namespace culvert::node {

// A longer handshake is ended (octets sent slowly on purpose, or a client without TLS).
inline constexpr std::chrono::seconds kTlsHandshakeTime{60};
// After `finish` the peer has this long to close its side; what it still sends is thrown away.
inline constexpr std::chrono::seconds kLingerTime{2};

struct CloseReason {
  enum class Kind {
    by_owner,  // `finish` or `abort`
    connect_failed,
    timed_out,  // in `finish`, or while connecting
    tls_failed,
    io_failed,  // reset by peer and the like
  };
  Kind kind = Kind::by_owner;
  std::string text;  // one printable line: `connection reset by peer`
};

class TransportListener {
 public:
  virtual ~TransportListener() = default;
  // An outgoing connection is established. Never called for accepted ones.
  virtual void on_connected() {}
  // What has arrived; never empty; valid during the call. The listener takes all of it. After
  // `pause_reading` no further call comes.
  virtual void on_octets(ByteView octets) = 0;
  // The kernel has taken all that was given to `send`: there is room for more.
  virtual void on_drained() {}
  // The handshake is done; octets are sealed from now on.
  virtual void on_tls_ready(const TlsInfo&) {}
  // The peer sends nothing more (it may still read). The listener calls `finish` or `abort`, now or
  // when it has answered.
  virtual void on_end() = 0;
  // The idle time or the deadline has passed. The listener calls `finish` or `abort`, or sets a new
  // time.
  virtual void on_timeout() = 0;
  // The connection is gone. The last call, exactly once; a destroyed transport makes none.
  virtual void on_closed(const CloseReason& reason) = 0;
};

class Transport {
 public:
  // `loop` and `listener` must outlive it.
  static std::unique_ptr<Transport> accepted(EventLoop& loop, Socket socket,
                                             TransportListener& listener);
  // Begins to connect; `on_connected` or `on_closed` (connect_failed, timed_out) follows.
  static std::unique_ptr<Transport> connect(EventLoop& loop, const SocketAddress& to,
                                            std::chrono::milliseconds timeout,
                                            TransportListener& listener);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  // Queues octets in order; ignored after `finish`, `abort` and the end. The queue has no limit of
  // its own: a caller that sends much watches `queued_octets` and waits for `on_drained`.
  void send(ByteView octets);
  void send(Bytes&& octets);
  void send(std::string_view text) { send(as_bytes(text)); }
  std::size_t queued_octets() const;

  // Back-pressure towards the peer.
  void pause_reading();
  void resume_reading();

  // Calls `on_timeout` if no octet moves in either direction for this long; 0: never (the default).
  void set_idle_timeout(std::chrono::milliseconds time);
  // Calls `on_timeout` this long from now, whatever moves; 0: never (the default).
  void set_deadline(std::chrono::milliseconds time);

  // Starts TLS, as server or as client. `host` is the server's name (A-labels) or numeric address,
  // or empty; `proof` is what it has to prove, in a context that is `verifying`.
  void start_tls(TlsServerContext& context);
  void start_tls(TlsClientContext& context, const std::string& host, const ServerProof& proof = {});
  bool tls_active() const;

  // Sends what is queued, signals that nothing more comes, waits up to kLingerTime for the peer's
  // end, and closes. What the peer still sends is thrown away.
  void finish();
  // Closes at once; queued octets are lost.
  void abort();
  // True until `finish`, `abort` or the end.
  bool is_open() const;

  const SocketAddress& local() const;
  const SocketAddress& peer() const;

 private:
  class Impl;
  explicit Transport(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace culvert::node
