// The outside listener: the world hands in mail for this node's domains, and only for those.
// Whether a sealed message can be opened is found out after the answer, so that nobody outside can
// use the dialogue as an oracle (reliability.md, Decryption oracle).
#include <atomic>
#include <memory>

#include "crypto/base/hidden_route.h"
#include "node/flow/intake.h"
#include "node/flow/quarantine_quota.h"
#include "node/flow/trace_fields.h"
#include "node/flow/unsealed.h"
#include "node/smtp/parameters.h"
#include "node/smtp/replies.h"
#include "peering/tunnel_header.h"
#include "peering/tunnel_open.h"

namespace culvert::node {
namespace {

class OutsideReceiver final : public Intake {
 public:
  OutsideReceiver(FlowContext& context, RecipientCheck& check)
      : Intake(context, context.outside_recipients), check_(check), config_(context.config.get()) {}

 private:
  void plan_recipient(const RcptCommand& rcpt, DecisionCallback decided) override {
    const Mailbox& recipient = rcpt.recipient;
    if (!config_->serves(recipient.domain())) return decided(replies::relaying_denied(recipient));
    if (const auto what = hidden_route(recipient)) {
      return decided(replies::hidden_route(recipient, *what));
    }
    const bool reserved =
        peering::is_peering_address(recipient) || peering::is_tunnel_address(recipient);
    if (peering::is_peering_address(recipient)) {
      if (auto refusal = check_peering(recipient)) return decided(std::move(refusal));
    } else if (for_peering()) {
      return decided(replies::refused_by_policy("a peering message has one recipient only"));
    }
    const auto path = reserved ? store::DeliveryPath::open : store::DeliveryPath::inside;
    PlannedRecipient planned{
        {recipient, notify_text(rcpt.parameters.notify), rcpt.parameters.orcpt}, path, "", ""};
    if (reserved || config_->outside.verify_recipients == OutsideSettings::VerifyRecipients::off) {
      recipients_.push_back(std::move(planned));
      return decided(std::nullopt);
    }
    verify(std::move(planned), std::move(decided));
  }

  bool for_peering() const {
    return !recipients_.empty() &&
           peering::is_peering_address(recipients_.front().recipient.mailbox);
  }

  Decision check_peering(const Mailbox& recipient) const {
    if (!mail_.sender && recipients_.empty()) return std::nullopt;
    return replies::no_such_recipient(recipient, "this address is reserved for other nodes");
  }

  // The answer comes from any thread, after which the dialogue goes on with `settle`.
  void verify(PlannedRecipient planned, DecisionCallback decided) {
    const Mailbox recipient = planned.recipient.mailbox;
    asked_ = std::move(planned);
    accepted_ = std::make_shared<std::atomic<bool>>(false);
    check_.check(recipient, [accepted = accepted_, decided](Decision decision) {
      accepted->store(!decision);
      decided(std::move(decision));
    });
  }

  void settle() override {
    if (asked_ && accepted_->load()) recipients_.push_back(*std::move(asked_));
    asked_.reset();
  }

  const std::vector<IpNetwork>& networks() const override { return config_->outside.networks; }

  Decision check_mail(const MailCommand& mail) override {
    asked_.reset();
    config_ = context_.config.get();
    return check_own_sender(*config_, mail.sender);
  }

  GateRules gate_rules() const override {
    return {config_->node.name.text(), GateRules::Bcc::keep, std::nullopt};
  }

  Decision complete(const HeaderFacts& facts, const std::string& received,
                    TakenMail& mail) override {
    // The dialogue leaves room for what sealing adds, which mail in clear does not need.
    const std::uint64_t limit_bytes = config_->smtp.max_message_bytes;
    if (!facts.sealed && mail.message.size_bytes > limit_bytes) {
      return replies::message_too_big(limit_bytes);
    }
    // For sealed mail these fields count only if it turns out to be for somebody else: what is
    // opened gets its own.
    mail.message.added_header =
        outcome_fields(unsealed_outcome(context_, mail.message, facts), config_->node.name.text()) +
        received;
    if (facts.sealed) {
      for (PlannedRecipient& r : mail.recipients)
        r.path = store::DeliveryPath::open;
    }
    return std::nullopt;
  }

  // Only tunnel mail can end in quarantine; a user's encrypted mail passes however full that is.
  BodyCheck body_check(const HeaderFacts& facts) const override {
    if (!facts.sealed || !quarantine_is_full(context_, mail_.sender)) return {};
    return [](const FlowContext& context, const store::StagedBody& body) -> Decision {
      auto message = store::open_body(context.store, body);
      if (!message) return reply_for(message.error());
      const auto keys = context.keys.get();
      if (!peering::is_tunnel_mail(**message, {keys->identity, keys->announced})) {
        return std::nullopt;
      }
      return replies::quarantine_full();
    };
  }

  store::Listener listener() const override { return store::Listener::outside; }

  RecipientCheck& check_;
  std::shared_ptr<const Config> config_;
  std::optional<PlannedRecipient> asked_;
  // Shared with the check's callback, which may outlive the connection.
  std::shared_ptr<std::atomic<bool>> accepted_;
};

}  // namespace

std::unique_ptr<MailReceiver> make_outside_receiver(FlowContext& context, RecipientCheck& check) {
  return std::make_unique<OutsideReceiver>(context, check);
}

}  // namespace culvert::node
