// The client's side of an SMTP session, without I/O: one session, any number of messages one after
// another. It uses what the server offers: PIPELINING, SIZE, 8BITMIME, SMTPUTF8, DSN, STARTTLS, and
// XCLIENT or XFORWARD to tell whom a message came from.
//
//   dialog.start();                      // then octets in by receive, out by take_output
//   on ClientWait::message: dialog.deliver(envelope) or dialog.quit()
//   on ClientWait::body:    dialog.body(piece) ... dialog.body_end()
//   back on ClientWait::message: outcomes() tells each recipient's reply
//   on ClientWait::close:   failure() tells why, outcomes() of a delivery under way
//
// A message that is declared 8BITMIME goes to a server that does not offer 8BITMIME unchanged and
// without the parameter, as with most servers in the world: converting it would break its
// signatures. The dialog owns no timer: `patience` says how long to wait. One object per
// connection, used by one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"
#include "node/smtp/envelope.h"
#include "node/smtp/limits.h"
#include "node/smtp/reply.h"
#include "node/smtp/shown_client.h"

namespace culvert::node {

enum class TlsUse {
  never,
  opportunistic,  // STARTTLS if it is offered and accepted
  required,       // STARTTLS or no mail
  established,    // the transport is already encrypted (smtps)
};

// How long the client waits; other values are for tests.
struct ClientPatience {
  std::chrono::milliseconds connect = kConnectPatience;
  std::chrono::milliseconds tls = kTlsPatience;
  std::chrono::milliseconds reply = kReplyPatience;  // for a whole reply
  std::chrono::milliseconds body_piece = kBodyPiecePatience;
  std::chrono::milliseconds final_reply = kFinalReplyPatience;
  std::chrono::milliseconds idle = kKeptConnectionIdle;
  std::chrono::milliseconds quit = kQuitPatience;
  std::chrono::milliseconds client_name = kClientNamePatience;
};

struct ClientRules {
  std::string hello_name;  // node.name
  TlsUse tls = TlsUse::opportunistic;
  ClientPatience patience = {};
  std::string host = {};  // who the server is, for texts; printable
};

// What one transaction sends.
struct ClientEnvelope {
  enum class Purpose {
    deliver,
    verify,  // MAIL and RCPT only, then RSET: asks whether recipients exist
  };
  MailCommand mail;                   // size_bytes: exact or an upper estimate, if known
  std::vector<Recipient> recipients;  // not empty
  Purpose purpose = Purpose::deliver;
  // Whom this node has the message from, if the server may know; nothing: it is this node's own.
  std::optional<ShownClient> client = {};
  ClientName client_name = {};  // where `tells_name_of` is true
};

// What became of one recipient, in the order of the envelope.
struct RecipientOutcome {
  Reply reply;              // the one that decided; 250 means taken over (or exists, for verify)
  bool from_server = true;  // false: this node made it (no SMTPUTF8 there, lost connection)
  // The whole message was sent and no answer came: the server may have taken it anyway.
  bool perhaps_taken = false;
  // True: `reply` is the server's to this recipient's RCPT, not to an earlier command.
  bool at_rcpt = false;
};

enum class ClientState {
  connecting,
  banner,
  ehlo,
  helo,
  starttls,
  handshake,
  ready,
  xclient,
  envelope,
  body,
  final_reply,
  rset,
  quit,
  closed,
};

enum class ClientWait {
  peer,     // receive
  tls,      // flush the output, shake hands, then tls_established; or connection_failed
  message,  // deliver or quit
  body,     // body or body_end
  close,    // flush the output and close
};

class ClientDialog {
 public:
  explicit ClientDialog(ClientRules rules);
  ~ClientDialog();
  ClientDialog(const ClientDialog&) = delete;
  ClientDialog& operator=(const ClientDialog&) = delete;

  ClientState state() const;
  ClientWait waits_for() const;
  // How long the dialog may wait for what waits_for() names.
  std::chrono::milliseconds patience() const;
  // Number of replies so far. While it does not grow, the server has not answered, however many
  // octets come.
  std::uint64_t progress() const;
  // Returns what must be sent now, and empties it.
  Bytes take_output();

  // --- events; each only while waits_for() names it (receive also while it names body or message,
  // because a server may give up at any time) ---

  // The connection is established.
  void start();
  // Consumes octets until the dialog waits for something other than the peer. What a server sends
  // after its answer to STARTTLS is consumed and forgotten.
  std::size_t receive(ByteView octets);
  void tls_established();
  void deliver(ClientEnvelope envelope);
  // The next piece of the message, with CRLF line ends. A bare CR or LF ends the session before the
  // message is complete, with permanent outcomes.
  void body(ByteView piece);
  void body_end();
  void quit();

  // --- at any time ---

  // The connection ended, was never made or timed out, or the message's source failed. A delivery
  // under way gets temporary or permanent outcomes, by the error's fault.
  void connection_failed(const Error& why);

  // --- results ---

  // True from the start of a delivery until its outcomes are complete.
  bool delivering() const;
  // Which recipients of the envelope the server accepted; final once waits_for() is body.
  std::vector<bool> accepted() const;
  // Complete when waits_for() is message or close again; empty before any delivery.
  const std::vector<RecipientOutcome>& outcomes() const;
  // Why the session ended early: set when waits_for() is close, except after quit.
  const std::optional<Error>& failure() const;

  // --- for whom it speaks ---

  // False: the server takes the session for another client's and does not let that be changed, so a
  // message of `client` needs a new connection. Only while waits_for() is message.
  bool may_speak_for(const std::optional<ShownClient>& client) const;
  // True if `deliver` will tell the server the name of this client.
  bool tells_name_of(const std::optional<ShownClient>& client) const;
  // The reply by which the server refused to be told of a client; the client's message then went as
  // this node's own.
  const std::optional<Reply>& client_refusal() const;

  // --- what the server is ---

  bool encrypted() const;
  bool offers_dsn() const;
  // SIZE of EHLO; nothing: not offered or no limit.
  std::optional<std::uint64_t> size_limit_bytes() const;

 private:
  struct Session;
  std::unique_ptr<Session> session_;
};

}  // namespace culvert::node
