// Asks the inside server at RCPT time whether it knows a recipient, so that the world gets its
// refusal in the dialogue and no bounce is needed (`verify_recipients = "inside"`). Answers are
// kept for a while. A server that cannot be asked, or that refuses for reasons which need not be
// the recipient's (probe_answers.h), refuses nobody: then it is asked under another sender, and
// what still cannot be told is taken and logged.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>

#include "node/delivery/hop.h"
#include "node/intake/intake.h"

namespace culvert::node {

inline constexpr std::chrono::minutes kKnownRecipientLifetime{10};
inline constexpr std::chrono::minutes kUnknownRecipientLifetime{2};
// Addresses that are remembered; more are asked for each time.
inline constexpr std::size_t kMaxRememberedRecipients = 100'000;
inline constexpr std::size_t kProbeConnections = 4;
// Questions that wait for a connection; beyond, recipients are accepted unasked.
inline constexpr std::size_t kMaxWaitingProbes = 5000;
// Named attack: Made-up recipients. Of one network (an IPv4 /24, an IPv6 /48), whose questions take
// turns with those of others; beyond, its recipients are answered 451. Edges
// bring everybody's mail and have no share.
inline constexpr std::size_t kMaxWaitingOfSource = 100;
// Between two lines of the log about a server whose refusals tell nothing.
inline constexpr std::chrono::hours kUntoldLogged{1};

class RecipientProbe final : public RecipientCheck {
 public:
  // What it is given must outlive it. Lives on the home loop.
  RecipientProbe(HopContext& hops, LoopGroup& loops);

  void check(const Mailbox& recipient, const std::string& client,
             DecisionCallback decided) override;

 private:
  struct Remembered {
    Decision decision;
    SteadyTime until{};
  };
  // Other servers ask as `<>`, and so does the first question; some servers take no mail without a
  // sender.
  enum class Sender { null, postmaster };
  // A refusal that tells nothing leads to the next step, if there is one.
  enum class Step {
    plain,  // under the sender that is in use
    other,  // under the other one, with a control beside
    again,  // under the first one, with a control beside
  };
  struct Question {
    std::string source;
    Mailbox recipient;
    DecisionCallback decided;
    Sender sender = Sender::null;
    Step step = Step::plain;
  };

  std::optional<Decision> remembered(const Mailbox& recipient);
  void remember(const Mailbox& recipient, const Decision& decision);
  std::string source_of(const std::string& client) const;
  void enqueue(Question question);
  std::optional<Question> take_next();
  void ask_next();
  SharedAttempt attempt_for(const Question& question) const;
  void answered(Question question, const DeliveryReport& report);
  bool ask_again(Question& question);
  void tell_untold(const Question& question, const Reply& reply);

  HopContext& hops_;
  std::vector<std::unique_ptr<Hop>> connections_;
  std::map<std::string, std::deque<Question>> waiting_;  // by source, an edge's empty; no list is
  std::string last_;                                     // the source whose turn it was
  std::size_t waiting_count_ = 0;
  Sender sender_ = Sender::null;  // under whom answers were about recipients, the last time
  std::optional<SteadyTime> untold_logged_;
  std::mutex mutex_;  // guards remembered_ alone: it is read on every loop
  std::map<Mailbox, Remembered> remembered_;
};

}  // namespace culvert::node
