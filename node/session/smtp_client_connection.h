// A connection to a next hop: transport and dialog (node/smtp) joined. It connects to the first
// address that answers, begins TLS as asked, delivers one message after another, and stays open for
// the next one until it was idle for kKeptConnectionIdle or has carried kMaxMessagesPerConnection.
// A message is pulled piece by piece in a worker, never more ahead than the socket takes, so memory
// does not grow with its size. Lives on one loop.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "node/net/callback.h"
#include "node/net/name_waits.h"
#include "node/net/network.h"
#include "node/net/transport.h"
#include "node/net/workers.h"
#include "node/smtp/client_dialog.h"

namespace culvert::node {

// Octets of a message that wait for the socket; beyond, no further piece is pulled.
inline constexpr std::size_t kMaxQueuedBodyBytes = 256 * 1024;

// Where a message comes from: content with CRLF line ends.
class PieceSource {
 public:
  virtual ~PieceSource() = default;
  // Called once before the first `next`: which recipients of the envelope the next hop accepted.
  virtual void begin(const std::vector<bool>& accepted) { static_cast<void>(accepted); }
  // The next piece, of any size; empty at the end. Runs in a worker, one call at a time; may block.
  // An error ends the delivery before the message is complete: nothing of it counts.
  virtual Result<Bytes> next() = 0;
};

struct DeliveryReport {
  std::vector<RecipientOutcome> outcomes;  // in the order of the envelope
  std::string next_hop;                    // `mx.b.example [192.0.2.1]:25`; printable
  std::string tls;             // `TLSv1.3 TLS_AES_128_GCM_SHA256 verified`; empty without TLS
  bool dsn_passed_on = false;  // the next hop is responsible for the reports asked for
};

struct SmtpDelivery {
  ClientEnvelope envelope;
  std::unique_ptr<PieceSource> message;     // empty for Purpose::verify
  Callback<const DeliveryReport&> on_done;  // once, on the loop; may call `deliver` again
};

struct SmtpClientOptions {
  std::vector<SocketAddress> addresses;  // tried in order; not empty
  std::string host;                      // who it should be: for SNI, `proof` and texts
  ClientRules rules;                     // tls = established: TLS before the first octet (smtps)
  TlsClientContext* tls = nullptr;       // needed unless rules.tls is never; must outlive it
  ServerProof proof{};                   // what the server proves; `tls` is then `verifying`
  // Finds the name of a client's address; calls back once, from any thread. Only asked where the
  // server wants to know it. Needed for envelopes that name a client.
  std::function<void(const std::string& address, Callback<ClientName>)> find_client_name{};
  NameWaits* name_waits = nullptr;  // must outlive it; null: each may wait for rules.patience
};

class SmtpClientConnection {
 public:
  // Connects at the first `deliver`. `on_gone` is called once, on the loop, after the report of a
  // delivery under way, when the connection ended for whatever reason; the owner then gives the
  // object to `loop.defer_destroy`. `loop` and `workers` must outlive it.
  SmtpClientConnection(EventLoop& loop, Workers& workers, SmtpClientOptions options,
                       Callback<SmtpClientConnection&> on_gone);
  ~SmtpClientConnection();
  SmtpClientConnection(const SmtpClientConnection&) = delete;
  SmtpClientConnection& operator=(const SmtpClientConnection&) = delete;

  // True if `deliver` may be called: fresh, or between two messages.
  bool ready() const;
  void deliver(SmtpDelivery delivery);
  // Says QUIT between two messages, or ends a delivery under way with temporary outcomes.
  void end();

 private:
  struct Link;  // one attempt's transport
  struct Pull;  // the source of one delivery

  void connect();
  void connected();
  void received(ByteView octets);
  void tls_ready(const TlsInfo& info);
  void timed_out();
  void closed(const CloseReason& reason);
  Error why_closed(const CloseReason& reason) const;
  void lost(const Error& why);
  bool try_again(const Error& why);

  void settle();
  void begin_tls();
  void at_message();
  void begin_delivery();
  void find_client_name();
  void client_name_late(const std::shared_ptr<Pull>& of);
  void client_name_found(const std::shared_ptr<Pull>& of, ClientName name);
  void connect_anew();
  void tell_of_refusal() const;
  void send_body();
  bool send_piece();
  void pull();
  void pulled(const std::shared_ptr<Pull>& from, Result<Bytes> piece, bool last);
  void end_session();
  void report_failure();
  void report(std::vector<RecipientOutcome> outcomes);
  void keep_time();
  std::string next_hop() const;

  EventLoop& loop_;
  Workers& workers_;
  SmtpClientOptions options_;
  Callback<SmtpClientConnection&> on_gone_;
  std::size_t address_ = 0;  // index of the one in use
  TlsUse tls_use_;           // never, once an opportunistic handshake has failed at this address
  std::unique_ptr<ClientDialog> dialog_;
  std::unique_ptr<Link> link_;
  std::unique_ptr<Link> retired_;  // says QUIT
  std::string tls_;

  std::optional<SmtpDelivery> delivery_;
  bool begun_ = false;  // the dialog has the delivery's envelope
  enum class Name { not_asked, asked, known } name_ = Name::not_asked;  // of its client
  std::shared_ptr<Pull> pull_;  // shared: a worker may still pull when the connection is gone
  std::size_t messages_ = 0;    // that this connection has carried
  bool ending_ = false;
  bool gone_ = false;
  std::optional<ClientState> timed_state_;
  std::uint64_t timed_progress_ = 0;
  Timer pull_later_;
  std::optional<NameWaits::Wait> name_wait_;
  Timer name_late_;
  LifeToken life_;
};

}  // namespace culvert::node
