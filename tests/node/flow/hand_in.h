// One SMTP transaction with a receiver, without a socket.
#pragma once

#include <future>

#include "node/intake/intake.h"

namespace culvert::node {

inline const SmtpSession kClient{"127.0.0.1", 1234, "client.example", true, false, ""};

// The answer to a whole transaction: the first refusal, or that of the end of DATA.
inline Reply hand_in(MailReceiver& receiver, const std::string& from,
                     const std::vector<std::string>& to, const std::string& body,
                     const SmtpSession& client = kClient, MailParameters parameters = {}) {
  MailCommand mail;
  mail.parameters = std::move(parameters);
  if (!from.empty()) mail.sender = *Mailbox::parse(from);
  if (auto refused = receiver.on_mail(client, mail)) return *refused;
  for (const std::string& recipient : to) {
    Decision decision;
    receiver.on_recipient({*Mailbox::parse(recipient), {}},
                          [&decision](Decision d) { decision = std::move(d); });
    if (decision) return *decision;
  }
  if (auto refused = receiver.on_body_begin()) return *refused;
  const auto taken = receiver.on_body(as_bytes(body));
  if (!taken) return reply_for(taken.error());
  std::promise<Reply> answer;
  receiver.on_body_end([&answer](Reply reply) { answer.set_value(std::move(reply)); });
  return answer.get_future().get();
}

// Decides about recipients as it is told, at once.
class FixedCheck final : public RecipientCheck {
 public:
  void check(const Mailbox&, const std::string&, DecisionCallback decided) override {
    decided(decision);
  }
  Decision decision;
};

}  // namespace culvert::node
