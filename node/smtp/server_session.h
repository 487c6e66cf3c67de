// The inside of ServerDialog: its state, and one function per command. server_commands.cc says what
// each command does; server_dialog.cc what each event does.
#pragma once

#include "node/smtp/command.h"
#include "node/smtp/data_reader.h"
#include "node/smtp/limits.h"
#include "node/smtp/line.h"
#include "node/smtp/server_dialog.h"

namespace culvert::node {

struct ServerDialog::Session {
  // From MAIL to the answer. State of the transaction lives only here, so nothing of it is left
  // behind when it ends.
  struct Transaction {
    MailCommand mail;
    std::optional<Recipient> asked;  // under decision
    std::size_t accepted_recipients = 0;
  };
  // From the 354 to the end of the data.
  struct Body {
    explicit Body(const DataLimits& limits) : reader(limits) {}
    DataReader reader;
    ByteView piece;                // what body_taken waits for
    std::optional<Reply> refusal;  // given at the end of the data
    bool whole = false;            // the end of the data has been read
  };
  // What follows once the outside has forgotten the transaction.
  struct AfterReset {
    std::optional<Reply> reply;
    ServerState state = ServerState::ready;
    ServerWait wait = ServerWait::peer;
  };

  explicit Session(ServerRules given) : rules(std::move(given)) {}

  // The only place where the state changes.
  void enter(ServerState next, ServerWait next_wait);
  void say(const Reply& reply);
  void say_and_close(const Reply& reply);
  // Refuses a command and counts it; too many end the session.
  void refuse(const Reply& reply);
  void refuse_recipient(const Reply& reply);
  // Lets the open transaction (if any) be forgotten, then gives `reply` and enters the state.
  void end_transaction(AfterReset after);
  // Counts a command that carries no mail forward; false if there were too many and the session
  // ends.
  bool idle_command();

  std::size_t take_line(ByteView octets);
  void run(const Command& command);
  void greet(const Command& command);
  void begin_tls(const Command& command);
  void begin_mail(const Command& command);
  void add_recipient(const Command& command);
  void begin_data(const Command& command);
  void reset(const Command& command);
  Reply hello_reply() const;

  std::size_t take_body(ByteView octets);
  void spoil_body(const Reply& refusal);
  void end_body();

  ServerRules rules;
  ServerState state = ServerState::silent;
  ServerWait wait = ServerWait::start;
  LineReader lines{kMaxCommandLineBytes};
  Bytes output;

  std::string hello;
  bool extended = false;
  bool encrypted = false;
  std::uint64_t progress = 0;
  std::size_t errors = 0;
  std::size_t idle_commands = 0;
  std::size_t refused_recipients = 0;

  std::optional<Transaction> transaction;
  std::optional<Body> body;
  std::optional<AfterReset> after_reset;
};

}  // namespace culvert::node
