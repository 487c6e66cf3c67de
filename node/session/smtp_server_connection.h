// One SMTP client's connection: transport, dialog (node/smtp) and receiver (node/intake) joined. It
// moves octets to the dialog, asks the receiver what the dialog wants to know, sends the answers,
// and keeps the time. It stops reading while the receiver or the client is behind, so a connection
// costs a bounded amount of memory. Lives on one loop; dies through `on_gone`.
#pragma once

#include <memory>

#include "node/net/callback.h"
#include "node/net/giving_way.h"
#include "node/net/listener.h"
#include "node/net/transport.h"
#include "node/session/pending_answer.h"
#include "node/session/server_clock.h"
#include "node/smtp/mail_receiver.h"
#include "node/smtp/server_dialog.h"

namespace culvert::node {

// Replies that a client has not taken yet; beyond this, its commands wait.
inline constexpr std::size_t kMaxQueuedReplyBytes = 64 * 1024;
// How long a client whose connection gives way has to take what was still to be said.
inline constexpr std::chrono::seconds kGivingWayTime{5};

// What the connections of one listener on one loop share; must outlive them.
struct SmtpServerSettings {
  ServerRules rules;                // starttls: offered only if `tls` is set
  TlsServerContext* tls = nullptr;  // must outlive the connections
  MailReceiverFactory receivers;    // called on several loops at once
};

class SmtpServerConnection final : public GivesWay, private TransportListener {
 public:
  // Sends the banner or the refusal. `on_gone` is called once, on the loop, when the connection is
  // gone; the owner then gives the object to `loop.defer_destroy`.
  SmtpServerConnection(EventLoop& loop, Accepted accepted, const SmtpServerSettings& settings,
                       Callback<SmtpServerConnection&> on_gone);
  ~SmtpServerConnection() override;
  SmtpServerConnection(const SmtpServerConnection&) = delete;
  SmtpServerConnection& operator=(const SmtpServerConnection&) = delete;

  // The node ends: says 421 as soon as no message is under way.
  void drain();

  const ConnectionLimit::Seat& seat() const { return seat_; }
  // Since when it has been waiting for its client, if it may be closed for another's sake: longer
  // than an honest client pauses. A body counts only if it is slower than the minimum rate.
  std::optional<SteadyTime> waits_since() const;
  // Says 421.
  void give_way() override;
  // The connection has ended and dies soon.
  void give_back_place();

 private:
  void on_octets(ByteView octets) override;
  void on_drained() override;
  void on_tls_ready(const TlsInfo& info) override;
  void on_end() override;
  void on_timeout() override;
  void on_closed(const CloseReason& reason) override;

  void work();
  ByteView run(ByteView octets);
  bool step(ByteView& octets);
  bool blocked() const;
  void ask_sender();
  bool ask_recipient();
  void hand_on_body();
  bool ask_commit();
  void reset_receiver();
  DecisionCallback ask();

  void settle();
  void end_if_due();
  void begin_tls();
  void keep_time();
  ServerClock::Session times() const;

  EventLoop& loop_;
  const SmtpServerSettings& settings_;
  Callback<SmtpServerConnection&> on_gone_;
  ConnectionLimit::Seat seat_;
  SmtpSession session_;
  ServerDialog dialog_;
  std::unique_ptr<MailReceiver> receiver_;
  std::unique_ptr<Transport> transport_;

  Bytes input_;           // has arrived, but the dialog does not take it yet
  bool working_ = false;  // inside run: an immediate answer waits until run ends
  PendingAnswer<Decision> answer_;
  ServerClock clock_;

  // What the receiver has that on_reset must drop.
  enum class Held {
    nothing,
    transaction,
  } held_ = Held::nothing;
  enum class End {
    open,
    draining,      // between two messages
    client_ended,  // ends with the last answer; the client sends nothing more
    gone,
  } end_ = End::open;
  LifeToken life_;
};

}  // namespace culvert::node
