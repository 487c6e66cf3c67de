// The server's side of an SMTP session, without I/O (RFC 5321; PIPELINING RFC 2920, SIZE RFC 1870,
// 8BITMIME RFC 6152, SMTPUTF8 RFC 6531, STARTTLS RFC 3207, DSN RFC 3461, enhanced codes RFC 2034).
// Octets and decisions go in; octets to send, and what it now waits for, come out:
//
//   dialog.start({});
//   while (true) {
//     send(dialog.take_output());
//     switch (dialog.waits_for()) {
//       case ServerWait::peer: input.drop(dialog.receive(input.view())); ...
//       case ServerWait::sender_decision: dialog.sender_decided(receiver.on_mail(dialog.mail()));
//       ...
//
// Whom to serve and what to accept is decided outside. The dialog owns no timer: `patience` says
// how long to wait. One object per connection, used by one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "crypto/base/bytes.h"
#include "node/smtp/envelope.h"
#include "node/smtp/limits.h"
#include "node/smtp/reply.h"

namespace culvert::node {

// How long the server waits for the peer; other values are for tests.
struct ServerPatience {
  std::chrono::milliseconds command = kCommandPatience;  // for a whole command
  std::chrono::milliseconds body_piece = kBodyPiecePatience;
  std::chrono::milliseconds tls = kTlsPatience;
  // A body may take this long at any rate; after that it needs at least this many octets a second
  // on average.
  std::chrono::milliseconds body_grace = kBodyGrace;
  std::uint64_t least_body_bytes_per_second = kLeastBodyBytesPerSecond;
  // How long a client must have said nothing before it may be closed for another's sake: between
  // two messages, and in anything else.
  std::chrono::milliseconds idle_pause = kIdlePause;
  std::chrono::milliseconds pause = kPause;
};

// A listener's rules, as far as the SMTP dialogue shows them.
struct ServerRules {
  enum class Side { inside, outside };  // for the texts only
  enum class StartTls { offered, absent };

  std::string hostname;                 // node.name; in the banner and in EHLO
  std::uint64_t max_message_bytes = 0;  // announced as SIZE, and enforced
  std::size_t max_recipients = kMaxRecipients;
  StartTls starttls = StartTls::offered;
  Side side = Side::outside;
  std::optional<Domain> postmaster_domain = std::nullopt;  // what `<postmaster>` alone means
  ServerPatience patience = {};
};

// Where the session stands.
enum class ServerState {
  silent,   // before `start`
  hello,    // waits for EHLO or HELO
  ready,    // no transaction
  mail,     // MAIL accepted or under decision
  body,     // between DATA and its answer
  tls,      // STARTTLS accepted
  closing,  // nothing more is read
};

// What must happen next, and the call that tells the dialog about it.
enum class ServerWait {
  start,               // start
  peer,                // receive
  sender_decision,     // sender_decided: may the sender of mail() send?
  recipient_decision,  // recipient_decided: rcpt()
  body_decision,       // body_decided: may the body come (disk full)?
  body_taken,          // body_taken: take body_piece(); or body_refused
  commit,              // committed: the body is complete; the answer is given once it is on disk
  reset,               // reset_done: forget the transaction (RSET, new EHLO, spoiled body)
  tls,                 // flush the output, shake hands, tls_established (or close)
  close,               // flush the output and close
};

class ServerDialog {
 public:
  explicit ServerDialog(ServerRules rules);
  ~ServerDialog();
  ServerDialog(const ServerDialog&) = delete;
  ServerDialog& operator=(const ServerDialog&) = delete;

  ServerState state() const;
  ServerWait waits_for() const;
  // How long it may wait for the peer in its present state.
  std::chrono::milliseconds patience() const;
  // Number of commands that have ended so far. While it does not grow, the peer has not done what
  // the dialog waits for, however many octets come.
  std::uint64_t progress() const;
  // True between two messages: a good moment to shut down.
  bool between_messages() const;
  // Returns what must be sent now, and empties it.
  Bytes take_output();

  // --- events; each is allowed only while waits_for() names it (an assertion otherwise) ---

  // Sends the banner, or the refusal and then waits for `close`.
  void start(const std::optional<Reply>& refusal);

  // Consumes octets until the dialog waits for something other than the peer; returns how many. The
  // caller gives the rest again later, except after STARTTLS: then everything is consumed and
  // forgotten. While waits_for() is body_taken, `octets` must stay where they are.
  std::size_t receive(ByteView octets);

  // Nothing: accepted (250). A reply: refused with it.
  void sender_decided(const std::optional<Reply>& refusal);
  void recipient_decided(const std::optional<Reply>& refusal);
  void body_decided(const std::optional<Reply>& refusal);
  void body_taken();
  // Reads the body to its end, then gives this reply.
  void body_refused(const Reply& refusal);
  // The answer to the whole message: 250; or 4xx or 5xx, and the message stays the peer's.
  void committed(const Reply& answer);
  void reset_done();
  // The rest of the session is encrypted; the peer starts again with EHLO.
  void tls_established();

  // --- at any time ---

  // 421 and close: on a time-out, or when the node ends.
  void stop(const Reply& reason);

  // --- what the decisions are about ---

  const std::string& hello() const;  // the name of EHLO or HELO; safe characters only
  bool extended() const;             // EHLO, not HELO: ESMTP in the Received field
  bool encrypted() const;
  const MailCommand& mail() const;   // while a transaction is open
  const Recipient& rcpt() const;     // while recipient_decision is waited for
  ByteView body_piece() const;       // while body_taken is waited for
  std::uint64_t body_bytes() const;  // octets of the body so far

 private:
  struct Session;
  std::unique_ptr<Session> session_;
};

}  // namespace culvert::node
