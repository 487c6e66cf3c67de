// The inside of ClientDialog. client_dialog.cc says what each event does, client_replies.cc what
// each reply means in each state.
#pragma once

#include <deque>

#include "node/smtp/client_dialog.h"
#include "node/smtp/data_writer.h"
#include "node/smtp/limits.h"
#include "node/smtp/reply_reader.h"
#include "node/smtp/server_features.h"

namespace culvert::node {

struct ClientDialog::Session {
  // One command of a transaction; `kind` and `recipient` say what its reply is about.
  struct Command {
    enum class Kind { xforward, mail, rcpt, data };
    Kind kind = Kind::mail;
    std::size_t recipient = 0;
    std::string line;
  };
  // From `deliver` to the last outcome.
  struct Delivery {
    explicit Delivery(const ClientEnvelope& envelope)
        : purpose(envelope.purpose), decided(envelope.recipients.size()) {}
    ClientEnvelope::Purpose purpose;
    std::deque<Command> unsent;
    std::deque<Command> unanswered;
    std::vector<std::optional<RecipientOutcome>> decided;  // of each recipient
    std::vector<std::size_t> accepted;                     // recipients that the body is for
    DataWriter writer;
  };

  explicit Session(ClientRules given) : rules(std::move(given)) {}

  // The only place where the state changes.
  void enter(ClientState next, ClientWait next_wait);
  void send_line(std::string_view line);
  // Ends the session with a failure. A delivery under way gets outcomes from it, or from the reply.
  void fail(Error why);
  void fail_with_reply(std::string_view code, std::string_view when, const Reply& reply);

  // One function per state.
  void on_reply(const Reply& reply);
  void on_unasked(const Reply& reply);
  void on_banner(const Reply& reply);
  void on_ehlo(const Reply& reply);
  void on_helo(const Reply& reply);
  void on_starttls(const Reply& reply);
  void on_xclient(const Reply& reply);
  bool tell_plainly();
  void on_envelope(const Reply& reply);
  void on_body(const Reply& reply);
  void on_final(const Reply& reply);
  void on_rset(const Reply& reply);

  Error no_tls(std::string_view code, const std::string& what) const;
  void say_hello();
  void be_ready();
  // The reply for what the server cannot take, whatever it would say; nothing if it can.
  std::optional<Reply> obstacle(const ClientEnvelope& envelope) const;
  bool tells_of(const std::optional<ShownClient>& client) const;
  void begin(const ClientEnvelope& envelope);
  void begin_envelope(const ClientEnvelope& envelope);
  void send_commands();
  void on_mail(const Reply& reply);
  void on_rcpt(std::size_t recipient, const Reply& reply);
  void on_data(const Reply& reply);
  void end_envelope();
  void decide(std::size_t recipient, const Reply& reply);
  void decide_rest(const RecipientOutcome& outcome);
  void finish_delivery();

  ClientRules rules;
  ClientState state = ClientState::connecting;
  ClientWait wait = ClientWait::peer;
  ReplyReader replies;
  Bytes output;
  bool encrypted = false;
  std::uint64_t progress = 0;
  ServerFeatures features;
  std::optional<Delivery> delivery;
  std::optional<ClientEnvelope> introduced;  // the delivery's envelope, until the server knows its
                                             // client
  std::optional<ShownClient> shown;          // the client that the server takes us for; nothing:
                                             // ourselves
  bool told_plainly = false;                 // for this delivery
  std::optional<Reply> client_refusal;
  std::vector<RecipientOutcome> outcomes;
  std::optional<Error> failure;
};

}  // namespace culvert::node
