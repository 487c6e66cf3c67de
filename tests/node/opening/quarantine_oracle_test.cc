// Decryption oracle (reliability.md, "Attacks with a name"): whatever a stranger sends, and however
// full the quarantine is, the answer depends on where it comes from and how large it is alone, and
// is given before any key was used.
#include <gtest/gtest.h>

#include <set>

#include "tests/node/flow/quarantine_fixture.h"

namespace culvert::node {
namespace {

class DecryptionOracle : public QuarantineFlowTest {
 protected:
  struct Probe {
    const char* name;
    std::string mail;
  };

  // All of one size, so that nothing else differs.
  std::vector<Probe> probes() {
    const std::string good = good_mail();
    const std::string head = good.substr(0, good.find("\r\n\r\n") + 4);
    const std::string body = good.substr(head.size());
    std::vector<Probe> all{
        {"opens", good},
        {"came before", good},
        {"the key is another one", junk()},
        {"altered in the middle", altered(good)},
        {"the tag is altered", good.substr(0, good.size() - 12) +
                                   altered("\r\n\r\n" + good.substr(good.size() - 12)).substr(4)},
        {"cut", head + body.substr(0, body.size() / 156 * 78)},
        {"signed, but not for this node", misdirected_mail()},
        {"no CMS at all", head + std::string(76, 'A') + "\r\n"},
        {"an empty body", head},
    };
    std::size_t longest = 0;
    for (const Probe& probe : all)
      longest = std::max(longest, probe.mail.size());
    for (Probe& probe : all)
      probe.mail =
          "X-Pad: " + std::string(longest + 20 - probe.mail.size(), 'x') + "\r\n" + probe.mail;
    return all;
  }

  // The answer, and where in the dialogue it was given.
  std::string answer(const std::string& mail, const std::string& from_address) {
    const auto receiver = make_outside_receiver(context, check);
    const MailCommand command{*Mailbox::parse("mallory@evil.example"), {}};
    if (receiver->on_mail(client_at(from_address), command)) return "MAIL";
    bool refused = false;
    receiver->on_recipient({*Mailbox::parse("bob@b.example"), {}},
                           [&refused](Decision decision) { refused = decision.has_value(); });
    if (refused) return "RCPT";
    if (receiver->on_body_begin()) return "DATA";
    for (std::size_t at = 0; at < mail.size(); at += 1000) {
      const auto taken = receiver->on_body(
          as_bytes(mail).subspan(at, std::min<std::size_t>(1000, mail.size() - at)));
      // The dialogue reads the rest and answers at its end.
      if (!taken) return "end of data: " + generic(reply_for(taken.error()));
    }
    std::promise<Reply> reply;
    receiver->on_body_end([&reply](Reply given) { reply.set_value(std::move(given)); });
    return "end of data: " + generic(reply.get_future().get());
  }
  // Without the id of the message.
  static std::string generic(Reply reply) {
    std::string text = wire_form(reply);
    const std::size_t id = text.find(" as ");
    return id == std::string::npos ? text : text.substr(0, id);
  }

  // What would be asked of a private key fails.
  void lock_keys_away() {
    auto without = std::make_shared<OwnKeys>(own.identity().certificate);
    without->announced = keys.get()->announced;
    keys.set(without);
  }
};

TEST_F(DecryptionOracle, EveryProbeGetsTheSameAnswerAtEveryLevel) {
  const auto all = probes();
  const std::uint64_t one = store::charged_bytes(all.front().mail.size());
  lock_keys_away();
  // From empty to full, in steps of a part of a mail.
  std::set<std::string> seen;
  for (std::uint64_t stored = 0; stored <= 40; ++stored) {
    limits.stranger_bytes = one * 2 - one * stored / 20;
    std::set<std::string> answers;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::string network = "10." + std::to_string(stored) + "." + std::to_string(i) + ".1";
      const std::string given = answer(all[i].mail, network);
      answers.insert(given);
      EXPECT_EQ(answers.size(), 1U) << all[i].name << " at " << stored << ": " << given;
      own.write([&](store::WriteTransaction& txn) {
        for (const auto& entry : store::list_queue(txn, std::nullopt, 1000).entries)
          store::drop(txn, entry.id);
      });
      tend_quarantine(context);
    }
    seen.insert(answers.begin(), answers.end());
  }
  ASSERT_EQ(seen.size(), 2U) << "taken, and not taken";
  EXPECT_TRUE(seen.begin()->starts_with("end of data: 250"));
  EXPECT_TRUE(seen.rbegin()->starts_with("end of data: 452"));
}

// Whose certificates a mail names everybody can read, and ours are on our card.
TEST_F(DecryptionOracle, WhoIsNotNamedAtAllIsToldSoWithoutAKey) {
  const std::string mail = seal_for(peer.encryption().certificate, kText);
  EXPECT_TRUE(answer(mail, "10.0.0.1").starts_with("end of data: 451 4.7.5"));
  lock_keys_away();
  EXPECT_TRUE(answer(mail, "10.0.0.1").starts_with("end of data: 451 4.7.5"));
}

TEST_F(DecryptionOracle, AFullShareOfThePeersTellsNothingEither) {
  make_known(kPeersHost);
  const auto all = probes();
  fill(kPeersHost);
  lock_keys_away();
  for (const Probe& probe : all) {
    EXPECT_TRUE(answer(probe.mail, kPeersHost).starts_with("end of data: 452")) << probe.name;
  }
}

TEST_F(DecryptionOracle, StrangersTogetherAtTheirBrimTellNothing) {
  const auto all = probes();
  for (int network = 0; network < 8; ++network)
    fill("10.0." + std::to_string(network) + ".1");
  lock_keys_away();
  for (const Probe& probe : all) {
    EXPECT_TRUE(answer(probe.mail, "192.0.2.1").starts_with("end of data: 452")) << probe.name;
  }
}

}  // namespace
}  // namespace culvert::node
