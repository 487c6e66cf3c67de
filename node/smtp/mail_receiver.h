// What is behind a server session: node/intake implements it, the connection of node/session calls
// it. One object per connection, called only on the connection's loop thread, one call at a time.
// No call blocks: slow work runs elsewhere and comes back through its callback.
//
// Order of calls: on_connect, then for each message on_mail, on_recipient for each recipient,
// on_body_begin, on_body for each piece, on_body_end. on_reset ends a transaction anywhere between
// an accepted on_mail and on_body_end (RSET, a lost connection, a refused or spoiled body). From
// on_body_end on the message is the receiver's, and no on_reset comes for it: if the connection is
// lost while the message is committed, the commit counts and the client sends the message again.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "crypto/base/bytes.h"
#include "node/smtp/envelope.h"
#include "node/smtp/reply.h"

namespace culvert::node {

// Who the client is; kept up to date by the connection.
struct SmtpSession {
  std::string client_address;  // `192.0.2.1` or `2001:db8::1`, without port
  std::uint16_t client_port = 0;
  std::string hello;       // name of EHLO or HELO; safe in a header field; empty before it
  bool extended = false;   // EHLO
  bool encrypted = false;  // TLS
  std::string tls;         // `TLSv1.3 AES_256_GCM_SHA384`, for traces; empty without TLS
};

// Nothing: accepted. A reply: refused with it.
using Decision = std::optional<Reply>;

// Callbacks may be called once, at once or later, from any thread, and after the connection is gone
// (then they do nothing).
using DecisionCallback = std::function<void(Decision)>;
using AnswerCallback = std::function<void(Reply)>;

class MailReceiver {
 public:
  // May run while a callback is outstanding: work under way goes on by itself (a commit counts).
  virtual ~MailReceiver() = default;

  // Decides by the address alone; a refusal is sent instead of the banner.
  virtual Decision on_connect(const SmtpSession& session) = 0;

  virtual Decision on_mail(const SmtpSession& session, const MailCommand& mail) = 0;

  // `rcpt` is valid during the call.
  virtual void on_recipient(const Recipient& rcpt, DecisionCallback decided) = 0;

  // At least one recipient was accepted.
  virtual Decision on_body_begin() = 0;

  // `piece` is valid during the call: content with CRLF line ends and no stuffed dots. An error
  // refuses the message with `reply_for(error)` at its end; no more pieces follow, but on_reset
  // does.
  virtual Status on_body(ByteView piece) = 0;

  // The body is complete. The answer is 250 only once the message is on stable storage.
  virtual void on_body_end(AnswerCallback answer) = 0;

  // The transaction is void; what was staged is dropped.
  virtual void on_reset() = 0;
};

// Called on the loop thread for each connection that was accepted.
using MailReceiverFactory = std::function<std::unique_ptr<MailReceiver>()>;

}  // namespace culvert::node
