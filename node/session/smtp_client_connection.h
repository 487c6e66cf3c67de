// A connection to a next hop: transport and dialog (node/smtp) joined. It connects to the first
// address that answers, begins TLS as asked, and delivers one message after another. It stays open
// for the next message until it was idle for kKeptConnectionIdle or has carried
// kMaxMessagesPerConnection. A message is pulled piece by piece in a worker, never further ahead
// than the socket takes, so memory does not grow with its size. Lives on one loop.
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
#include "node/session/body_pull.h"
#include "node/session/client_clock.h"
#include "node/session/hop_attempts.h"
#include "node/session/name_question.h"
#include "node/smtp/client_dialog.h"

namespace culvert::node {

// Octets of a message that may wait for the socket; beyond this, no further piece is pulled.
inline constexpr std::size_t kMaxQueuedBodyBytes = 256 * 1024;

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
  std::string host;                      // who the server should be: for SNI, `proof` and texts
  ClientRules rules;                     // tls = established: TLS before the first octet (smtps)
  TlsClientContext* tls = nullptr;       // needed unless rules.tls is never; must outlive it
  ServerProof proof{};                   // what the server proves; `tls` is then `verifying`
  // Asked only if the server wants to know the name of a message's client. Needed for envelopes
  // that name a client.
  FindClientName find_client_name{};
  NameWaits* name_waits = nullptr;  // must outlive it; null: each may wait for rules.patience
};

class SmtpClientConnection {
 public:
  // Connects at the first `deliver`. `on_gone` is called once, on the loop, when the connection has
  // ended for whatever reason, after the report of a delivery under way. The owner then gives the
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
  // The delivery under way.
  struct Current {
    Current(SmtpDelivery given, SmtpClientConnection& of);
    SmtpDelivery delivery;  // without its message
    BodyPull body;
    std::optional<NameQuestion> client_name;
    // Whether the dialog has the envelope; a new connection gets it again.
    enum class Envelope { here, given } envelope = Envelope::here;
  };

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
  bool has_begun() const;
  void connect_anew();
  void tell_of_refusal() const;
  void send_body();
  bool send_piece();
  void flush();
  void end_session();
  void report_failure();
  void report(std::vector<RecipientOutcome> outcomes);
  void keep_time();
  std::string next_hop() const;

  EventLoop& loop_;
  Workers& workers_;
  SmtpClientOptions options_;
  Callback<SmtpClientConnection&> on_gone_;
  HopAttempts attempts_;
  std::unique_ptr<ClientDialog> dialog_;
  std::unique_ptr<Link> link_;
  std::unique_ptr<Link> retired_;  // the old one, saying QUIT
  std::string tls_;
  ClientClock clock_;

  std::optional<Current> current_;
  std::size_t messages_ = 0;  // that this connection has carried
  enum class Stage { open, ending, gone } stage_ = Stage::open;
  LifeToken life_;
};

}  // namespace culvert::node
