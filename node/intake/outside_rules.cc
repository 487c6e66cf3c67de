// The outside listener: the world hands in mail for this node's domains, and only for those.
// Whether a sealed message can be opened is found out after the answer, so that nobody outside can
// use the dialogue as an oracle (reliability.md, "Attacks with a name"). Its room is reserved by
// what everybody can see of it (opening_room.h).
#include <algorithm>

#include "crypto/base/hidden_route.h"
#include "crypto/base/log.h"
#include "crypto/base/log_limit.h"
#include "node/flow/trace_fields.h"
#include "node/intake/listener_rules.h"
#include "node/intake/unsealed.h"
#include "node/smtp/replies.h"
#include "peering/tunnel_blob.h"
#include "peering/tunnel_header.h"

namespace culvert::node {
namespace {

using Ask = RecipientPlan::Ask;

RecipientPlan refused(Reply reply) { return {.refusal = std::move(reply)}; }

class OutsideRules final : public ListenerRules {
 public:
  explicit OutsideRules(FlowContext& context) : context_(context) {}

  store::Listener listener() const override { return store::Listener::outside; }

  const std::vector<IpNetwork>& networks(const Config& config) const override {
    return config.outside.networks;
  }

  Decision check_mail(const Transaction& transaction) const override {
    return check_own_sender(*transaction.config, transaction.mail.sender);
  }

  RecipientPlan plan(const Transaction& transaction, const Recipient& rcpt) const override {
    const Mailbox& recipient = rcpt.mailbox;
    const Config& config = *transaction.config;
    if (!config.serves(recipient.domain())) return refused(replies::relaying_denied(recipient));
    if (const auto what = hidden_route(recipient)) {
      return refused(replies::hidden_route(recipient, *what));
    }
    const bool is_peering = peering::is_peering_address(recipient);
    if (is_peering) {
      if (auto refusal = check_peering(transaction, recipient)) {
        return refused(*std::move(refusal));
      }
    } else if (is_for_peering(transaction)) {
      return refused(replies::refused_by_policy("a peering message has one recipient only"));
    }
    const bool reserved = is_peering || peering::is_tunnel_address(recipient);
    const bool is_known =
        reserved || config.outside.verify_recipients == OutsideSettings::VerifyRecipients::off;
    const auto path = reserved ? store::DeliveryPath::open : store::DeliveryPath::inside;
    return {std::nullopt, PlannedRecipient{rcpt, path, "", ""},
            is_known ? Ask::nobody : Ask::inside_server};
  }

  GateRules gate_rules(const Transaction& transaction) const override {
    return {.own_name = transaction.config->node.name.text(),
            .required = std::nullopt,
            .marks = context_.marks,
            .blobs = GateRules::Blobs::watch};
  }

  LooksSealed looks_sealed(const Transaction& transaction,
                           const HeaderFacts& facts) const override {
    if (facts.sealed || is_for_us(transaction, facts)) return LooksSealed::yes;
    return facts.may_hold_blob ? LooksSealed::maybe : LooksSealed::no;
  }

  TakenAs take(const Transaction& transaction, const HeaderFacts& facts, LooksSealed sealed,
               const store::Message& message, const std::string& received) const override {
    TakenAs taken{.refusal = std::nullopt, .sealed_for_us = is_for_us(transaction, facts)};
    if (taken.sealed_for_us && is_for_other_keys(transaction, facts)) {
      return {replies::sealed_for_others()};
    }
    // The dialogue allows for what sealing adds, which mail in clear does not need.
    const std::uint64_t limit_bytes = transaction.config->smtp.max_message_bytes;
    if (sealed != LooksSealed::yes && message.size_bytes > limit_bytes) {
      return {replies::message_too_big(limit_bytes)};
    }
    if (sealed != LooksSealed::no) taken.path_of_all = store::DeliveryPath::open;
    // For sealed mail these fields count only if it turns out to be for somebody else: opened mail
    // gets its own.
    const Outcome outcome = unsealed_outcome(context_, message, facts);
    taken.added_header = outcome_fields(outcome, transaction.config->node.name.text()) + received;
    return taken;
  }

 private:
  Decision check_peering(const Transaction& transaction, const Mailbox& recipient) const {
    if (!transaction.mail.sender && transaction.recipients.empty()) {
      return check_peering_rate(transaction.session);
    }
    return replies::no_such_recipient(recipient, "this address is reserved for other nodes");
  }

  // Named attack: Filling. Each such mail is taken and opened, whoever sent it.
  Decision check_peering_rate(const SmtpSession& session) const {
    const auto client = IpAddress::parse(session.client_address);
    if (client && context_.quarantine.peering_mail.take(*client, context_.clock.steady())) {
      return std::nullopt;
    }
    return replies::too_much_for_now();
  }

  // A node sealed it for us, whatever happened to it on the way.
  static bool is_for_us(const Transaction& transaction, const HeaderFacts& facts) {
    return std::ranges::any_of(facts.sealed_for, [&](const std::string& text) {
      const auto domain = Domain::parse(text);
      return domain && transaction.config->serves(*domain);
    });
  }

  // A node that has lost its keys, or was set up anew, does not take mail that it could never hand
  // on: the node that sealed the mail keeps it and hears why.
  bool is_for_other_keys(const Transaction& transaction, const HeaderFacts& facts) const {
    const auto keys = context_.keys.get();
    const auto whose =
        peering::sealed_for(as_bytes(facts.sealed_front), {keys->identity, keys->announced});
    if (whose != peering::SealedFor::others) return false;
    static LogLimit log_limit(1, std::chrono::hours(1));
    if (const auto line = log_limit.take(std::chrono::steady_clock::now())) {
      log_warning(
          "mail from {} is sealed for certificates that this node never had; it was told to come "
          "later (451). If this node was set up anew, its peers have to pair with it again{}",
          printable(transaction.session.client_address), line->left_out_text());
    }
    return true;
  }

  FlowContext& context_;
};

}  // namespace

std::unique_ptr<const ListenerRules> outside_rules(FlowContext& context) {
  return std::make_unique<OutsideRules>(context);
}

}  // namespace culvert::node
