// Asks the inside server at RCPT time whether it knows a recipient, so that the world gets the
// refusal in the dialogue and no bounce is needed (`verify_recipients = "inside"`). Answers are
// kept for a while. If the server cannot be asked, nobody is refused. If it refuses for reasons
// that need not be the recipient's (probe_answers.h), it is asked again under another sender; a
// recipient that is still uncertain is accepted, and that is logged.
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
// How many addresses are remembered; more are asked about each time.
inline constexpr std::size_t kMaxRememberedRecipients = 100'000;
inline constexpr std::size_t kProbeConnections = 4;
// How many questions wait for a connection; beyond, recipients are accepted unasked.
inline constexpr std::size_t kMaxWaitingProbes = 5000;
// Named attack: Made-up recipients. How many questions of one network (an IPv4 /24, an IPv6 /48)
// wait; beyond, its recipients are answered 451. Networks take turns. Edges bring everybody's mail
// and have no limit.
inline constexpr std::size_t kMaxWaitingOfSource = 100;
// Time between two log lines about a server whose refusals say nothing about recipients.
inline constexpr std::chrono::hours kUntoldLogged{1};

class RecipientProbe final : public RecipientCheck {
 public:
  // All arguments must outlive it. Lives on the home loop.
  RecipientProbe(HopContext& hops, LoopGroup& loops);

  void check(const Mailbox& recipient, const std::string& client,
             DecisionCallback decided) override;

 private:
  struct Remembered {
    Decision decision;
    SteadyTime until{};
  };
  // Other servers ask as `<>`, and so does the first question here; some servers take no mail
  // without a sender.
  enum class Sender { null, postmaster };
  // A refusal that says nothing about the recipient leads to the next step, if there is one.
  enum class Step {
    plain,  // under the current sender
    other,  // under the other sender, with a control
    again,  // under the first sender, with a control
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
  // By source, which is empty for an edge. No list is empty.
  std::map<std::string, std::deque<Question>> waiting_;
  std::string last_;  // the source whose turn it was
  std::size_t waiting_count_ = 0;
  Sender sender_ = Sender::null;  // under which answers were last about recipients
  std::optional<SteadyTime> untold_logged_;
  std::mutex mutex_;  // guards only remembered_, which is read on every loop
  std::map<Mailbox, Remembered> remembered_;
};

}  // namespace culvert::node
