// sealed_source of sealing.h.
#include <algorithm>

#include "node/delivery/sealing.h"
#include "node/flow/stored_message.h"
#include "peering/tunnel_seal.h"

namespace culvert::node {
namespace {

// A record from before origins were kept says nothing: nobody vouches for the mail.
peering::SealedOrigin sealed(store::Origin origin) {
  switch (origin) {
    case store::Origin::unset:
    case store::Origin::passed:
      return peering::SealedOrigin::passed;
    case store::Origin::inside:
      return peering::SealedOrigin::inside;
    case store::Origin::node:
      return peering::SealedOrigin::node;
  }
  return peering::SealedOrigin::passed;
}

// Opens and seals the stored message when the first piece is asked for, in a worker.
class SealedSource final : public PieceSource {
 public:
  SealedSource(const FlowContext& context, SharedAttempt attempt)
      : context_(context), attempt_(std::move(attempt)) {}

  // Only recipients that were accepted in this transaction are named inside the seal.
  void begin(const std::vector<bool>& accepted) override { accepted_ = accepted; }

  Result<Bytes> next() override {
    if (!sealer_) {
      if (const Status started = start(); !started) return started.error();
    }
    return sealer_->next();
  }

 private:
  Status start() {
    auto opened = stored_message(context_, attempt_->message);
    if (!opened) return opened.error();
    stored_ = *std::move(opened);
    const SealPlan& plan = *attempt_->seal;
    const auto to = Domain::parse(attempt_->entry.destination);
    if (!to) return to.error();
    envelope_.emplace(peering::SealedEnvelope{.from = plan.from, .to = *to});
    fill(*envelope_);
    auto sealer =
        peering::TunnelSealer::start({*stored_, *envelope_, plan.own_domains, plan.message_id,
                                      plan.token, plan.keys->ring, plan.signer, plan.recipient});
    if (!sealer) return sealer.error();
    sealer_ = *std::move(sealer);
    return done();
  }

  void fill(peering::SealedEnvelope& envelope) const {
    const store::Message& message = attempt_->message;
    std::copy_n(message.id.view().begin(), envelope.id.size(), envelope.id.begin());
    envelope.sealed = context_.clock.now();
    envelope.form = attempt_->seal->form;
    // Form 1 has no word for the origin.
    if (envelope.form == peering::TunnelForm::present) envelope.origin = sealed(message.origin);
    envelope.sender = message.sender;
    envelope.body = message.body_kind;
    envelope.smtputf8 = message.smtputf8 || (message.sender && message.sender->needs_utf8());
    envelope.ret = message.ret;
    envelope.envid = message.envid;
    for (std::size_t i = 0; i < attempt_->entry.recipients.size(); ++i) {
      const Recipient& r = attempt_->entry.recipients[i];
      if (i < accepted_.size() && !accepted_[i]) continue;
      envelope.recipients.push_back(r);
      envelope.smtputf8 = envelope.smtputf8 || r.mailbox.needs_utf8();
    }
  }

  const FlowContext& context_;
  const SharedAttempt attempt_;
  std::unique_ptr<RewindableSource> stored_;
  std::vector<bool> accepted_;
  std::optional<peering::SealedEnvelope> envelope_;
  std::unique_ptr<peering::TunnelSealer> sealer_;
};

}  // namespace

std::unique_ptr<PieceSource> sealed_source(const FlowContext& context, SharedAttempt attempt) {
  return std::make_unique<SealedSource>(context, std::move(attempt));
}

}  // namespace culvert::node
