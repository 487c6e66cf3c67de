// Replays the transcripts of tests/dialogs/server-*.txt. Their X lines:
//   X: rules size=N recipients=N no-tls   before the session
//   X: tls                                the handshake is done
//   X: expect EVENT                       what the receiver hears next: `mail <a@b>`, `rcpt <c@d>`,
//                                         `begin`, `end N octets`, `reset`, `closed`
// The receiver decides by local part: `refused` is refused, `later` too in a later call; a sender
// `full` meets a full disk at DATA, `spoiled` in the body, `lost` at the commit.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "node/smtp/replies.h"
#include "node/smtp/server_dialog.h"
#include "tests/node/smtp/transcript.h"

namespace culvert::node {
namespace {

class ScriptedServer {
 public:
  explicit ScriptedServer(ServerRules rules) : dialog_(std::move(rules)) {
    dialog_.start(std::nullopt);
    settle();
  }

  void client_says(std::string_view octets, PieceSizes& sizes) {
    while (!octets.empty()) {
      const std::string_view piece = octets.substr(0, sizes.next());
      octets.remove_prefix(piece.size());
      held_ += piece;
      settle();
    }
  }

  void tls_is_established() {
    ASSERT_EQ(dialog_.waits_for(), ServerWait::tls);
    dialog_.tls_established();
    settle();
  }

  std::string output;
  std::string events;  // one a line

 private:
  void happened(std::string event) { events += event + "\n"; }

  void settle() {
    while (step()) {
    }
    output += as_text(dialog_.take_output());
  }

  bool step() {
    switch (dialog_.waits_for()) {
      case ServerWait::peer: {
        if (held_.empty()) return false;
        // The octets stay where they are until body_taken.
        given_ = held_;
        const std::size_t used = dialog_.receive(as_bytes(given_));
        held_.erase(0, used);
        return true;
      }
      case ServerWait::sender_decision:
        return decide_sender(), true;
      case ServerWait::recipient_decision:
        return decide_recipient(), true;
      case ServerWait::body_decision:
        return decide_body(), true;
      case ServerWait::body_taken:
        return take_body(), true;
      case ServerWait::commit:
        return commit(), true;
      case ServerWait::reset:
        happened("reset");
        dialog_.reset_done();
        return true;
      case ServerWait::tls:
      case ServerWait::close:
        if (dialog_.waits_for() == ServerWait::close && !closed_) happened("closed");
        closed_ = dialog_.waits_for() == ServerWait::close;
        held_.clear();
        return false;
      case ServerWait::start:
        return false;
    }
    return false;
  }

  std::string sender_local_part() const {
    return dialog_.mail().sender ? dialog_.mail().sender->local_part() : "";
  }

  void decide_sender() {
    happened("mail " + path_text(dialog_.mail().sender));
    if (sender_local_part() != "refused") return dialog_.sender_decided(std::nullopt);
    dialog_.sender_decided(replies::sender_not_allowed(sender_local_part()));
  }

  void decide_recipient() {
    const Mailbox recipient = dialog_.rcpt().mailbox;
    happened("rcpt <" + recipient.text() + ">");
    if (recipient.local_part() != "refused") return dialog_.recipient_decided(std::nullopt);
    dialog_.recipient_decided(replies::relaying_denied(recipient));
  }

  void decide_body() {
    happened("begin");
    body_.clear();
    if (sender_local_part() != "full") return dialog_.body_decided(std::nullopt);
    dialog_.body_decided(reply_for(temporary_error("disk-full", "full")));
  }

  void take_body() {
    if (sender_local_part() == "spoiled") return dialog_.body_refused(replies::mail_loop());
    body_ += as_text(dialog_.body_piece());
    dialog_.body_taken();
  }

  void commit() {
    happened(fmt::format("end {} octets", body_.size()));
    EXPECT_EQ(dialog_.body_bytes(), body_.size());
    dialog_.committed(sender_local_part() == "lost" ? replies::local_error()
                                                    : replies::accepted("00ff"));
  }

  ServerDialog dialog_;
  std::string held_;
  std::string given_;
  std::string body_;
  bool closed_ = false;
};

ServerRules rules_of(const std::vector<TranscriptLine>& lines) {
  ServerRules rules{.hostname = "gate.a.example",
                    .max_message_bytes = 1'000'000,
                    .postmaster_domain = *Domain::parse("a.example")};
  for (const TranscriptLine& line : lines) {
    if (line.who != 'X' || !line.text.starts_with("rules")) continue;
    if (const auto at = line.text.find("size="); at != std::string::npos) {
      rules.max_message_bytes = std::stoul(line.text.substr(at + 5));
    }
    if (const auto at = line.text.find("recipients="); at != std::string::npos) {
      rules.max_recipients = std::stoul(line.text.substr(at + 11));
    }
    if (line.text.find("no-tls") != std::string::npos) {
      rules.starttls = ServerRules::StartTls::absent;
    }
  }
  return rules;
}

// The client's words of the whole session are given at once between two handshakes: pipelined as
// far as can be.
void replay(const std::vector<TranscriptLine>& lines, PieceSizes sizes) {
  ScriptedServer server(rules_of(lines));
  std::string said;
  std::string events;
  std::vector<TranscriptLine> expected;
  for (const TranscriptLine& line : lines) {
    if (line.who == 'C') said += line.text;
    if (line.who == 'S') expected.push_back(line);
    if (line.text.starts_with("expect ")) events += line.text.substr(7) + "\n";
    if (line.who != 'X' || line.text != "tls") continue;
    server.client_says(said, sizes);
    said.clear();
    server.tls_is_established();
  }
  server.client_says(said, sizes);
  EXPECT_TRUE(fits(server.output, expected)) << server.output;
  EXPECT_EQ(server.events, events);
}

class SmtpServerTranscript : public ::testing::TestWithParam<std::string> {};

TEST_P(SmtpServerTranscript, IsKeptInPiecesOfAnySize) {
  const auto lines = read_transcript(GetParam());
  for (PieceSizes sizes : all_piece_sizes()) {
    replay(lines, sizes);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Dialogs, SmtpServerTranscript, ::testing::ValuesIn(transcripts("server-")),
                         [](const auto& one) { return transcript_name(one.param); });

}  // namespace
}  // namespace culvert::node
