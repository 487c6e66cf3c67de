// The inside listener: the organisation's own server hands in mail that goes out. It is trusted to
// send, not to choose the path: that is policy's, and what must be sealed and cannot be is refused
// here, in the dialogue.
#include <algorithm>

#include "crypto/base/hidden_route.h"
#include "node/flow/way.h"
#include "node/intake/intake.h"
#include "node/smtp/parameters.h"
#include "node/smtp/replies.h"
#include "peering/tunnel_header.h"

namespace culvert::node {
namespace {

class InsideReceiver final : public Intake {
 public:
  explicit InsideReceiver(FlowContext& context)
      : Intake(context, context.inside_recipients),
        config_(context.config.get()),
        routing_(context.routing.current()) {}

 private:
  void plan_recipient(const Recipient& rcpt, DecisionCallback decided) override {
    decided(plan(rcpt));
  }

  const std::vector<IpNetwork>& networks() const override { return config_->inside.networks; }

  Decision check_mail(const MailCommand& mail) override {
    config_ = context_.config.get();
    routing_ = context_.routing.current();
    const bool own = !mail.sender || config_->serves(mail.sender->domain());
    if (config_->inside.senders == InsideSettings::Senders::own_domains && !own) {
      return replies::sender_not_allowed(mail.sender->text());
    }
    return check_own_sender(*config_, mail.sender);
  }

  Decision plan(const Recipient& rcpt) {
    const Mailbox& recipient = rcpt.mailbox;
    // The node's own addresses take mail from outside only.
    if (peering::is_peering_address(recipient) || peering::is_tunnel_address(recipient)) {
      return replies::no_such_recipient(recipient, "this address is reserved for other nodes");
    }
    const bool ours = config_->serves(recipient.domain());
    const PathDecision decision = routing_->decide_for(mail_.sender, recipient, ours);
    auto way = way_of(decision.path, recipient.domain());
    if (!way) return replies::encryption_needed(recipient);
    // In clear it may be a right address elsewhere, and nobody behind us relays for it.
    if (decision.path != Path::clear) {
      if (const auto what = hidden_route(recipient)) return replies::hidden_route(recipient, *what);
    }
    if (decision.path == Path::tunnel) {
      if (auto refusal = check_size(recipient)) return refusal;
    }
    recipients_.push_back({rcpt, way->path, std::move(way->destination), decision.reasons.back()});
    return std::nullopt;
  }

  // The peer announced on its card how large a message it takes.
  Decision check_size(const Mailbox& recipient) const {
    const RouteView* route = routing_->route_of(recipient.domain());
    const auto size = mail_.parameters.size_bytes;
    if (route == nullptr || !size || route->largest_message_bytes == 0) return std::nullopt;
    if (*size <= route->largest_message_bytes) return std::nullopt;
    return replies::peer_message_too_big(recipient, route->largest_message_bytes);
  }

  GateRules gate_rules() const override {
    return {.own_name = config_->node.name.text(),
            .bcc = GateRules::Bcc::remove,
            .required = config_->inside.required_header,
            .marks = context_.marks,
            .null_sender = !mail_.sender.has_value(),
            .limits = crypto::kInsideHeader};
  }

  // Named attack: Foreign tenant. Without the secret, nothing of this message is ours to seal.
  Decision complete(const HeaderFacts& facts, const std::string& received,
                    TakenMail& mail) override {
    if (config_->inside.required_header && !facts.required_present) {
      return replies::secret_missing();
    }
    mail.message.added_header = received;
    // Named attack: Borrowed trust. An alias or a list of ours sends strangers' mail on.
    mail.message.origin = facts.passed ? store::Origin::passed : store::Origin::inside;
    return std::nullopt;
  }

  store::Listener listener() const override { return store::Listener::inside; }

  std::shared_ptr<const Config> config_;
  std::shared_ptr<const RoutingSnapshot> routing_;
};

}  // namespace

std::unique_ptr<MailReceiver> make_inside_receiver(FlowContext& context) {
  return std::make_unique<InsideReceiver>(context);
}

}  // namespace culvert::node
