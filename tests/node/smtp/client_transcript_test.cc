// Replays the transcripts of tests/dialogs/client-*.txt. Their X lines:
//   X: rules never|opportunistic|required|established   before the session; opportunistic otherwise
//   X: mail FROM:<...> ...    the next envelope, as behind MAIL; then `X: rcpt TO:<...> ...`
//   X: client ADDRESS PORT ESMTP|SMTP HELLO|- | none     from whom the next envelope is
//   X: name NAME|?            of that client; `?`: cannot be told at present
//   X: may-speak | may-not-speak     for that client
//   X: refusal TEXT           the reply that refused to be told of a client
//   X: deliver | verify | body TEXT | body-end | tls | lost | quit      events
//   X: waits peer|tls|message|body|close
//   X: outcome TEXT | local TEXT | perhaps TEXT   the next recipient's reply begins so; the
//   server's,
//       our own, or our own when the message may have been taken
//   X: failure CODE | no-failure
#include <gtest/gtest.h>

#include <sstream>

#include "node/smtp/client_dialog.h"
#include "node/smtp/command.h"
#include "tests/node/smtp/transcript.h"

namespace culvert::node {
namespace {

TlsUse tls_use(std::string_view word) {
  if (word == "never") return TlsUse::never;
  if (word == "required") return TlsUse::required;
  return word == "established" ? TlsUse::established : TlsUse::opportunistic;
}

std::string_view word_of(ClientWait wait) {
  switch (wait) {
    case ClientWait::peer:
      return "peer";
    case ClientWait::tls:
      return "tls";
    case ClientWait::message:
      return "message";
    case ClientWait::body:
      return "body";
    case ClientWait::close:
      return "close";
  }
  return "";
}

std::optional<ShownClient> client_of(const std::string& text) {
  std::istringstream words(text);
  ShownClient client;
  std::string protocol;
  words >> client.address >> client.port >> protocol >> client.hello;
  if (client.address == "none") return std::nullopt;
  client.extended = protocol == "ESMTP";
  if (client.hello == "-") client.hello.clear();
  return client;
}

class ScriptedClient {
 public:
  explicit ScriptedClient(TlsUse tls) : dialog_({"gate.a.example", tls}) { dialog_.start(); }

  void server_says(std::string_view octets, PieceSizes& sizes) {
    while (!octets.empty()) {
      const std::string_view piece = octets.substr(0, sizes.next());
      octets.remove_prefix(piece.size());
      EXPECT_EQ(dialog_.receive(as_bytes(piece)), piece.size());
    }
  }

  std::string said() { return to_text(dialog_.take_output()); }

  void happens(const TranscriptLine& line) {
    const std::size_t space = std::min(line.text.find(' '), line.text.size());
    const std::string word = line.text.substr(0, space);
    const std::string rest = line.text.substr(std::min(space + 1, line.text.size()));
    if (!event(word, rest)) expect(word, rest);
  }

 private:
  bool event(const std::string& word, const std::string& rest) {
    if (word == "mail") {
      envelope_ = {};
      envelope_.mail = std::get<MailCommand>(parse_mail(rest));
    } else if (word == "rcpt") {
      envelope_.recipients.push_back(std::get<Recipient>(parse_rcpt(rest, {.smtputf8 = true})));
    } else if (word == "client") {
      envelope_.client = client_of(rest);
    } else if (word == "name") {
      envelope_.client_name = {rest == "?" ? ClientName::Known::not_now : ClientName::Known::yes,
                               rest};
    } else if (word == "deliver" || word == "verify") {
      if (word == "verify") envelope_.purpose = ClientEnvelope::Purpose::verify;
      next_outcome_ = 0;
      dialog_.deliver(envelope_);
    } else if (word == "body") {
      dialog_.body(as_bytes(rest));
    } else if (word == "body-end") {
      dialog_.body_end();
    } else if (word == "tls") {
      dialog_.tls_established();
    } else if (word == "lost") {
      dialog_.connection_failed(temporary_error("lost", "connection reset by peer"));
    } else if (word == "quit") {
      dialog_.quit();
    } else {
      return word == "rules";
    }
    return true;
  }

  void expect(const std::string& word, const std::string& rest) {
    if (word == "waits") {
      EXPECT_EQ(word_of(dialog_.waits_for()), rest);
    } else if (word == "failure") {
      ASSERT_TRUE(dialog_.failure());
      EXPECT_EQ(dialog_.failure()->code, rest);
    } else if (word == "may-speak" || word == "may-not-speak") {
      EXPECT_EQ(dialog_.may_speak_for(envelope_.client), word == "may-speak");
    } else if (word == "refusal") {
      ASSERT_TRUE(dialog_.client_refusal());
      EXPECT_EQ(dialog_.client_refusal()->summary(), rest);
    } else if (word == "no-failure") {
      EXPECT_FALSE(dialog_.failure());
    } else if (word == "outcome" || word == "local" || word == "perhaps") {
      ASSERT_LT(next_outcome_, dialog_.outcomes().size());
      EXPECT_EQ(dialog_.outcomes().size(), envelope_.recipients.size());
      EXPECT_FALSE(dialog_.delivering());
      const RecipientOutcome& outcome = dialog_.outcomes()[next_outcome_++];
      EXPECT_TRUE(outcome.reply.summary().starts_with(rest)) << outcome.reply.summary();
      EXPECT_EQ(outcome.from_server, word == "outcome");
      EXPECT_EQ(outcome.perhaps_taken, word == "perhaps");
    } else {
      ADD_FAILURE() << "unknown word " << word;
    }
  }

  ClientDialog dialog_;
  ClientEnvelope envelope_;
  std::size_t next_outcome_ = 0;
};

TlsUse rules_of(const std::vector<TranscriptLine>& lines) {
  for (const TranscriptLine& line : lines) {
    if (line.who == 'X' && line.text.starts_with("rules ")) return tls_use(line.text.substr(6));
  }
  return TlsUse::opportunistic;
}

// What the server says between two words of the client is given at once, in pieces.
void replay(const std::vector<TranscriptLine>& lines, PieceSizes sizes) {
  ScriptedClient client(rules_of(lines));
  std::size_t at = 0;
  while (at < lines.size()) {
    SCOPED_TRACE("line " + std::to_string(lines[at].number));
    const char who = lines[at].who;
    std::string octets;
    std::vector<TranscriptLine> group;
    for (; at < lines.size() && lines[at].who == who && (who != 'X' || group.empty()); ++at) {
      octets += lines[at].text;
      group.push_back(lines[at]);
    }
    if (who == 'X') {
      client.happens(group.front());
    } else if (who == 'C') {
      const std::string said = client.said();
      EXPECT_TRUE(fits(said, group)) << said;
    } else {
      EXPECT_EQ(client.said(), "");
      client.server_says(octets, sizes);
    }
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_EQ(client.said(), "");
}

class SmtpClientTranscript : public ::testing::TestWithParam<std::string> {};

TEST_P(SmtpClientTranscript, IsKeptInPiecesOfAnySize) {
  const auto lines = read_transcript(GetParam());
  for (PieceSizes sizes : all_piece_sizes()) {
    replay(lines, sizes);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Dialogs, SmtpClientTranscript, ::testing::ValuesIn(transcripts("client-")),
                         [](const auto& one) { return transcript_name(one.param); });

}  // namespace
}  // namespace culvert::node
