// The inside listener: the organisation's own server hands in outgoing mail. It is trusted to send,
// but not to choose the path. Policy does that; mail that must be sealed and cannot be is refused
// here, in the dialogue.
#include "crypto/base/hidden_route.h"
#include "node/flow/way.h"
#include "node/intake/listener_rules.h"
#include "node/smtp/replies.h"
#include "peering/tunnel_header.h"

namespace culvert::node {
namespace {

RecipientPlan refused(Reply reply) { return {.refusal = std::move(reply)}; }

// The peer's card says how large a message it takes.
Decision check_size(const Transaction& transaction, const Mailbox& recipient) {
  const RouteView* route = transaction.routing->route_of(recipient.domain());
  const auto size = transaction.mail.parameters.size_bytes;
  if (route == nullptr || !size || route->largest_message_bytes == 0) return std::nullopt;
  if (*size <= route->largest_message_bytes) return std::nullopt;
  return replies::peer_message_too_big(recipient, route->largest_message_bytes);
}

class InsideRules final : public ListenerRules {
 public:
  explicit InsideRules(const FlowContext& context) : context_(context) {}

  store::Listener listener() const override { return store::Listener::inside; }

  const std::vector<IpNetwork>& networks(const Config& config) const override {
    return config.inside.networks;
  }

  Decision check_mail(const Transaction& transaction) const override {
    const Config& config = *transaction.config;
    const ReversePath& sender = transaction.mail.sender;
    const bool own = !sender || config.serves(sender->domain());
    if (config.inside.senders == InsideSettings::Senders::own_domains && !own) {
      return replies::sender_not_allowed(sender->text());
    }
    return check_own_sender(config, sender);
  }

  RecipientPlan plan(const Transaction& transaction, const Recipient& rcpt) const override {
    const Mailbox& recipient = rcpt.mailbox;
    // The node's own addresses take mail from outside only.
    if (peering::is_peering_address(recipient) || peering::is_tunnel_address(recipient)) {
      return refused(
          replies::no_such_recipient(recipient, "this address is reserved for other nodes"));
    }
    const bool ours = transaction.config->serves(recipient.domain());
    const PathDecision decision =
        transaction.routing->decide_for(transaction.mail.sender, recipient, ours);
    auto way = way_of(decision.path, recipient.domain());
    if (!way) return refused(replies::encryption_needed(recipient));
    // In clear it may be a valid address elsewhere, and nobody behind us relays for it.
    if (decision.path != Path::clear) {
      if (const auto what = hidden_route(recipient)) {
        return refused(replies::hidden_route(recipient, *what));
      }
    }
    if (decision.path == Path::tunnel) {
      if (auto refusal = check_size(transaction, recipient)) return refused(*std::move(refusal));
    }
    return {std::nullopt, PlannedRecipient{rcpt, way->path, std::move(way->destination),
                                           decision.reasons.back()}};
  }

  GateRules gate_rules(const Transaction& transaction) const override {
    const Config& config = *transaction.config;
    return {.own_name = config.node.name.text(),
            .bcc = GateRules::Bcc::remove,
            .required = config.inside.required_header,
            .marks = context_.marks,
            .null_sender = !transaction.mail.sender.has_value(),
            .limits = crypto::kInsideHeader};
  }

  LooksSealed looks_sealed(const Transaction&, const HeaderFacts&) const override {
    return LooksSealed::no;
  }

  // Named attack: Foreign tenant. Without the secret, nothing in this message is ours to seal.
  TakenAs take(const Transaction& transaction, const HeaderFacts& facts, LooksSealed,
               const store::Message&, const std::string& received) const override {
    if (transaction.config->inside.required_header && !facts.required_present) {
      return {replies::secret_missing()};
    }
    // Named attack: Borrowed trust. An alias or a list of ours passes strangers' mail on.
    return {.refusal = std::nullopt,
            .origin = facts.passed ? store::Origin::passed : store::Origin::inside,
            .added_header = received};
  }

 private:
  const FlowContext& context_;
};

}  // namespace

std::unique_ptr<const ListenerRules> inside_rules(FlowContext& context) {
  return std::make_unique<InsideRules>(context);
}

}  // namespace culvert::node
