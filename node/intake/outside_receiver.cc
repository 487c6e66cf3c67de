// The outside listener: the world hands in mail for this node's domains, and only for those.
// Whether a sealed message can be opened is found out after the answer, so that nobody outside can
// use the dialogue as an oracle (reliability.md, "Attacks with a name"). Room for it is reserved by
// what everybody can see of it (quarantine_room.h).
#include <algorithm>
#include <atomic>
#include <memory>

#include "crypto/base/hidden_route.h"
#include "crypto/base/limits.h"
#include "crypto/base/log.h"
#include "crypto/base/log_limit.h"
#include "node/flow/quarantine_source.h"
#include "node/flow/quarantine_upkeep.h"
#include "node/flow/trace_fields.h"
#include "node/intake/intake.h"
#include "node/intake/unsealed.h"
#include "node/smtp/parameters.h"
#include "node/smtp/replies.h"
#include "peering/tunnel_blob.h"
#include "peering/tunnel_header.h"

namespace culvert::node {
namespace {

// A peering message with its seal: base64 in base64, certificates and frames.
constexpr std::size_t kMaxSealedPeeringMailBytes = 2 * kMaxPeeringMailBytes;

class OutsideReceiver final : public Intake {
 public:
  OutsideReceiver(FlowContext& context, RecipientCheck& check)
      : Intake(context, context.outside_recipients), check_(check), config_(context.config.get()) {}

 private:
  void plan_recipient(const Recipient& rcpt, DecisionCallback decided) override {
    const Mailbox& recipient = rcpt.mailbox;
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
    PlannedRecipient planned{rcpt, path, "", ""};
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
    if (!mail_.sender && recipients_.empty()) return check_peering_rate();
    return replies::no_such_recipient(recipient, "this address is reserved for other nodes");
  }

  // Named attack: Filling. Each such mail is taken and opened, whoever sent it.
  Decision check_peering_rate() const {
    const auto client = IpAddress::parse(session_.client_address);
    if (client && context_.quarantine.peering_mail.take(*client, context_.clock.steady())) {
      return std::nullopt;
    }
    return replies::too_much_for_now();
  }

  // The answer comes from any thread, after which the dialogue goes on with `settle`.
  void verify(PlannedRecipient planned, DecisionCallback decided) {
    const Mailbox recipient = planned.recipient.mailbox;
    asked_ = std::move(planned);
    accepted_ = std::make_shared<std::atomic<bool>>(false);
    check_.check(recipient, session_.client_address,
                 [accepted = accepted_, decided](Decision decision) {
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
    return {.own_name = config_->node.name.text(),
            .required = std::nullopt,
            .marks = context_.marks,
            .blobs = GateRules::Blobs::watch};
  }

  Decision complete(const HeaderFacts& facts, const std::string& received,
                    TakenMail& mail) override {
    // The dialogue leaves room for what sealing adds, which mail in clear does not need.
    const std::uint64_t limit_bytes = config_->smtp.max_message_bytes;
    mail.message.sealed_for_us = is_for_us(facts);
    if (mail.message.sealed_for_us && is_for_other_keys(facts)) return replies::sealed_for_others();
    if (!facts.sealed && !mail.message.sealed_for_us && mail.message.size_bytes > limit_bytes) {
      return replies::message_too_big(limit_bytes);
    }
    mail.message.origin = store::Origin::passed;
    // For sealed mail these fields count only if it turns out to be for somebody else: what is
    // opened gets its own.
    mail.message.added_header =
        outcome_fields(unsealed_outcome(context_, mail.message, facts), config_->node.name.text()) +
        received;
    if (may_be_sealed(facts, mail.message.id)) {
      for (PlannedRecipient& r : mail.recipients)
        r.path = store::DeliveryPath::open;
    }
    return std::nullopt;
  }

  // A node sealed it for us, whatever became of it on the way.
  bool is_for_us(const HeaderFacts& facts) const {
    return std::ranges::any_of(facts.sealed_for, [this](const std::string& text) {
      const auto domain = Domain::parse(text);
      return domain && config_->serves(*domain);
    });
  }

  // A node that has lost its keys, or was set up anew, does not take what it could never hand on:
  // whoever sealed it keeps it and hears why.
  bool is_for_other_keys(const HeaderFacts& facts) const {
    const auto keys = context_.keys.get();
    const auto whose =
        peering::sealed_for(as_bytes(facts.sealed_front), {keys->identity, keys->announced});
    if (whose != peering::SealedFor::others) return false;
    static LogLimit log_limit(1, std::chrono::hours(1));
    if (const auto line = log_limit.take(std::chrono::steady_clock::now())) {
      log_warning(
          "mail from {} is sealed for certificates that this node never had; it was told to come "
          "later (451). If this node was set up anew, its peers have to pair with it again{}",
          printable(session_.client_address), line->left_out_text());
    }
    return true;
  }

  bool may_be_sealed(const HeaderFacts& facts, const store::MessageId& id) const {
    return facts.sealed || is_for_us(facts) || (facts.may_hold_blob && taken_as_it_is_ != id);
  }

  // Refused at the end of the data, like any other message that is too much.
  Status body_grew(const StagedMail& staged) override {
    if (!staged.facts() || !may_be_sealed(*staged.facts(), staged.id())) return done();
    if (for_peering()) return check_peering_size(staged);
    if (!room_) {
      shares_ = shares_for(context_, session_.client_address, mail_.sender);
      room_ = std::make_shared<RoomHold>(context_.quarantine.room, staged.id());
      reserved_bytes_ = 0;
    }
    const std::uint64_t size_bytes = staged.size_bytes();
    if (reserved_bytes_ > 0 && size_bytes <= reserved_bytes_) return done();
    // An announced size may be a lie, in both directions. Named attack: Filling, with sizes that
    // are announced and never sent: what was sent reserves as much again.
    const std::uint64_t announced = mail_.parameters.size_bytes.value_or(0);
    const std::uint64_t wanted =
        std::max(std::min(announced, 2 * size_bytes),
                 size_bytes + context_.quarantine.room.limits().step_bytes);
    const Status reserved = reserve(staged.id(), wanted);
    if (reserved || staged.facts()->sealed || is_for_us(*staged.facts())) return reserved;
    // Mail in clear never waits for room: what only may be sealed is taken as it is.
    room_.reset();
    taken_as_it_is_ = staged.id();
    return done();
  }

  // Named attack: Filling. It never rests in quarantine, so it needs no room there: strangers who
  // fill theirs must not keep a new partner, whose network nobody knows yet, from its proof.
  static Status check_peering_size(const StagedMail& staged) {
    if (staged.size_bytes() <= kMaxSealedPeeringMailBytes) return done();
    return permanent_error("too-large", "a peering message is larger than any may be");
  }

  Status reserve(const store::MessageId& id, std::uint64_t size_bytes) {
    const Status reserved = context_.quarantine.room.reserve(id, shares_, size_bytes);
    if (reserved) {
      reserved_bytes_ = size_bytes;
    } else if (reserved.error().code == quarantine_full().code) {
      context_.quarantine.news.refused(source_text(shares_.front()));
      tell_quarantine_news(context_);
    }
    return reserved;
  }

  store::Listener listener() const override { return store::Listener::outside; }

  RecipientCheck& check_;
  std::shared_ptr<const Config> config_;
  std::optional<PlannedRecipient> asked_;
  // Of the message whose room is reserved.
  std::vector<store::QuarantineShare> shares_;
  std::uint64_t reserved_bytes_ = 0;
  std::optional<store::MessageId> taken_as_it_is_;  // there was no room to look into its body
  // Shared with the check's callback, which may outlive the connection.
  std::shared_ptr<std::atomic<bool>> accepted_;
};

}  // namespace

std::unique_ptr<MailReceiver> make_outside_receiver(FlowContext& context, RecipientCheck& check) {
  return std::make_unique<OutsideReceiver>(context, check);
}

}  // namespace culvert::node
