// Whom a next hop is told of over connections that are kept: client_dialog's transcripts tell what
// is said, here is when it takes another connection and when a name is asked for.
#include <gtest/gtest.h>

#include "node/session/smtp_client_connection.h"
#include "tests/node/net/loop_support.h"
#include "tests/node/session/smtp_support.h"

namespace culvert::node {
namespace {

using namespace std::chrono_literals;
using test::NumberedMessage;
using test::run_until;

// A server that offers XCLIENT as Postfix does: to this node, but not to whom it is told of.
class Hop {
 public:
  enum class Offers { nothing, once, always };

  explicit Hop(Offers offers) : offers_(offers) {
    listener_ = *Listener::open(
        loops_, {*SocketAddress::parse("127.0.0.1:0"), nullptr, ""},
        [this](EventLoop& loop, Accepted accepted) { talk(loop, std::move(accepted)); });
  }
  ~Hop() {
    listener_.reset();
    loops_.run_on_all([this](EventLoop&) { talks_.clear(); });
  }
  const SocketAddress& address() const { return listener_->address(); }
  // Of each connection: the clients told, and `-` for a message.
  std::vector<std::string> said() {
    std::vector<std::string> out;
    loops_.run_on_all([&](EventLoop&) {
      for (const auto& talk : talks_)
        out.push_back(talk->said);
    });
    return out;
  }

 private:
  struct Talk {
    test::Recorder heard;
    std::unique_ptr<Transport> transport;
    std::string line, said;
    bool shown = false, in_body = false;
  };

  void talk(EventLoop& loop, Accepted accepted) {
    auto talk = std::make_unique<Talk>();
    Talk* const t = talk.get();
    t->transport = Transport::accepted(loop, std::move(accepted.socket), t->heard);
    t->heard.when_octets = [this, t](ByteView octets) {
      for (const char c : as_text(octets)) {
        if (c != '\n') {
          t->line += c;
          continue;
        }
        if (const std::string reply = answer(*t); !reply.empty()) t->transport->send(reply);
        t->line.clear();
      }
    };
    t->heard.when_ended = [t] { t->transport->finish(); };
    t->transport->send("220 x\r\n");
    talks_.push_back(std::move(talk));
  }

  std::string answer(Talk& talk) const {
    const std::string verb = talk.line.substr(0, 4);
    if (talk.in_body) {
      if (talk.line != ".\r") return "";
      talk.in_body = false;
      talk.said += "-";
      return "250 kept\r\n";
    }
    if (verb == "EHLO") {
      const bool offered = offers_ == Offers::always || (offers_ == Offers::once && !talk.shown);
      return offered ? "250-x\r\n250 XCLIENT NAME ADDR\r\n" : "250 x\r\n";
    }
    if (verb == "XCLI") {
      talk.shown = true;
      talk.said += talk.line.substr(8, talk.line.size() - 9);
      return "220 x\r\n";
    }
    talk.in_body = verb == "DATA";
    return talk.in_body ? "354 go\r\n" : verb == "QUIT" ? "221 bye\r\n" : "250 ok\r\n";
  }

  const Offers offers_;
  LoopGroup loops_{1};
  std::vector<std::unique_ptr<Talk>> talks_;
  std::unique_ptr<Listener> listener_;
};

class Sender {
 public:
  explicit Sender(const Hop& hop, ClientPatience patience = {}) {
    SmtpClientOptions options;
    options.addresses = {hop.address()};
    options.rules = {"gate.a.example", TlsUse::never, patience};
    options.find_client_name = [this](const std::string& address, Callback<ClientName> found) {
      asked.push_back(address);
      if (silent_dns) return unanswered_.push_back(std::move(found));
      found({ClientName::Known::yes, "mail.c.example"});
    };
    options.name_waits = &name_waits;
    connection_ = std::make_unique<SmtpClientConnection>(
        loop_, workers_, std::move(options),
        [this](SmtpClientConnection&) { loop_.defer_destroy(std::move(connection_)); });
  }

  std::string send(const std::string& client) {
    SmtpDelivery delivery;
    delivery.envelope.recipients.push_back({*Mailbox::parse("c@b.example"), {}});
    if (!client.empty()) delivery.envelope.client = ShownClient{client, 25, "x", true};
    delivery.message = std::make_unique<NumberedMessage>(1);
    std::optional<DeliveryReport> report;
    delivery.on_done = [&report](const DeliveryReport& done) { report = done; };
    connection_->deliver(std::move(delivery));
    if (!run_until(loop_, [&] { return report.has_value(); })) return "no report";
    return report->outcomes.at(0).reply.summary();
  }

  std::vector<std::string> asked;
  bool silent_dns = false;
  NameWaits name_waits;

 private:
  EventLoop loop_;
  Workers workers_{2, 100};
  std::vector<Callback<ClientName>> unanswered_;
  std::unique_ptr<SmtpClientConnection> connection_;
};

using Lines = std::vector<std::string>;

TEST(ShownClients, AreToldOnceForMailsAfterEachOther) {
  Hop hop(Hop::Offers::once);
  Sender sender(hop);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(sender.send("192.0.2.7"), "250 kept");
  EXPECT_EQ(hop.said(), (Lines{"NAME=mail.c.example ADDR=192.0.2.7---"}));
  EXPECT_EQ(sender.asked, (Lines{"192.0.2.7"}));
}

TEST(ShownClients, HaveAConnectionEachWhereTheServerTakesOneOnly) {
  Hop hop(Hop::Offers::once);
  Sender sender(hop);
  for (const char* client : {"192.0.2.7", "192.0.2.8", "192.0.2.7"})
    EXPECT_EQ(sender.send(client), "250 kept");
  EXPECT_EQ(hop.said(),
            (Lines{"NAME=mail.c.example ADDR=192.0.2.7-", "NAME=mail.c.example ADDR=192.0.2.8-",
                   "NAME=mail.c.example ADDR=192.0.2.7-"}));
}

TEST(ShownClients, ShareOneWhereTheServerTakesMore) {
  Hop hop(Hop::Offers::always);
  Sender sender(hop);
  for (const char* client : {"192.0.2.7", "192.0.2.8", "192.0.2.8"})
    EXPECT_EQ(sender.send(client), "250 kept");
  EXPECT_EQ(hop.said(), (Lines{"NAME=mail.c.example ADDR=192.0.2.7-NAME=mail.c.example "
                               "ADDR=192.0.2.8--"}));
}

TEST(ShownClients, NeverSendThisNodesOwnMail) {
  for (const auto offers : {Hop::Offers::once, Hop::Offers::always}) {
    Hop hop(offers);
    Sender sender(hop);
    for (const char* client : {"", "192.0.2.7", "", ""})
      EXPECT_EQ(sender.send(client), "250 kept");
    EXPECT_EQ(hop.said(), (Lines{"-NAME=mail.c.example ADDR=192.0.2.7-", "--"}));
  }
}

TEST(ShownClients, AreNobodysBusinessWhereTheServerDoesNotAsk) {
  Hop hop(Hop::Offers::nothing);
  Sender sender(hop);
  for (const char* client : {"192.0.2.7", "192.0.2.8", ""})
    EXPECT_EQ(sender.send(client), "250 kept");
  EXPECT_EQ(hop.said(), (Lines{"---"}));
  EXPECT_TRUE(sender.asked.empty());
}

TEST(ShownClients, DoNotWaitForADnsThatIsSilent) {
  Hop hop(Hop::Offers::once);
  Sender sender(hop, {.client_name = 50ms});
  sender.silent_dns = true;
  EXPECT_EQ(sender.send("192.0.2.7"), "250 kept");
  EXPECT_EQ(hop.said(), (Lines{"NAME=[TEMPUNAVAIL] ADDR=192.0.2.7-"}));
  const auto next =
      sender.name_waits.begin(*IpAddress::parse("192.0.2.8"), std::chrono::steady_clock::now());
  EXPECT_EQ(next.at_most(5s), kShortNameWait) << "it was late";
}

}  // namespace
}  // namespace culvert::node
