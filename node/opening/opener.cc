#include "node/opening/opener.h"

#include <algorithm>

#include "crypto/base/limits.h"
#include "crypto/base/log.h"
#include "crypto/cms/refusal.h"
#include "node/flow/mail_log.h"
#include "node/flow/quarantine_source.h"
#include "node/flow/quarantine_upkeep.h"
#include "node/intake/message_front.h"
#include "node/opening/held_mail.h"
#include "node/opening/ready_mail.h"
#include "node/reports/returned_mail.h"
#include "peering/issuing_peer.h"
#include "peering/tunnel_blob.h"
#include "peering/tunnel_header.h"
#include "peering/tunnel_open.h"
#include "store/peer_networks.h"
#include "store/seen.h"
#include "store/trace.h"

namespace culvert::node {
namespace {

constexpr std::chrono::minutes kRetryOpening{1};
// The peer's node adds a Received field to what it was given; its sender was told our limit without
// that.
constexpr std::uint64_t kAddedFieldsBytes = 4096;

// A report has no sender and one recipient. Returns the tunnel address of ours that it is for, if
// any.
template <typename Recipients>
std::optional<Mailbox> told_address(const ReversePath& sender, const Recipients& recipients) {
  if (sender || recipients.size() != 1) return std::nullopt;
  const Mailbox& to = recipients.front().mailbox;
  return peering::is_tunnel_address(to) ? std::optional(to) : std::nullopt;
}

// EFAIL: anything beside the part that we open would be shown as one with it.
Error altered() {
  return permanent_error("altered",
                         "sealed for this node, and something was added to it on the way (a "
                         "notice, a footer, a part): "
                         "the relay that did must leave sealed mail as it is");
}

Error damaged(const Error& why) {
  return permanent_error(
      "altered",
      "sealed for this node, and damaged on the way (" + why.text +
          "): the relay that did must leave the lines of sealed mail as they are",
      why.detail);
}

// What is known about one entry, and the steps that end it. Shared between the worker that opens
// and the commit that follows; it ends when the commit has called `done_`.
class Opening : public std::enable_shared_from_this<Opening> {
 public:
  Opening(FlowContext& context, store::QueueEntry entry, store::Message message,
          std::function<void(const Status&)> done)
      : context_(context),
        entry_(std::move(entry)),
        message_(std::move(message)),
        done_(std::move(done)) {}

  void run(const PeeringMail& on_peering_mail) {
    auto body = store::open_body(context_.store, message_.body);
    if (!body) return refused(body.error());
    const auto keys = context_.keys.get();
    auto blob = peering::find_tunnel_blob(**body, {keys->identity, keys->announced});
    if (!blob) return later(blob.error());
    switch (blob->place) {
      case peering::TunnelBlob::Place::alone:
        return open(*blob->octets, on_peering_mail);
      case peering::TunnelBlob::Place::beside_others:
        return refused(altered());
      case peering::TunnelBlob::Place::nowhere:
        break;
    }
    // Nobody can undo what somebody did to it on the way; it is still a peer's mail.
    if (message_.sealed_for_us) return refused(altered());
    if (const Status rewound = (*body)->rewind(); !rewound) return later(rewound.error());
    const auto to = told_address(message_.sender, entry_.recipients);
    if (!to) return pass_untouched();
    const auto front = read_front(**body, kMaxDsnBytes);
    if (!front && front.error().fault != Fault::permanent) return later(front.error());
    // It is in clear, so it never rests in quarantine, where it would need room.
    if (!front) return consume(front.error().text);
    take_report(*to, *front);
  }

 private:
  void open(RewindableSource& sealed, const PeeringMail& on_peering_mail) {
    const auto config = context_.config.get();
    const auto keys = context_.keys.get();
    const auto routing = context_.routing.current();
    const Time now = context_.clock.now();
    StagedMail staged(
        context_.store, store::MessageId::make(now),
        {config->node.name.text(), GateRules::Bcc::keep, std::nullopt, context_.marks});
    FrontCopy copy(staged, kMaxDsnBytes, [this] { return is_for_the_node(); });
    const auto opened = peering::open_tunnel(
        sealed,
        {keys->ring, config->node.domains, std::min(message_.received, now), now,
         [&routing](const Domain& domain) { return routing->holders_of(domain); },
         [this](const crypto::Certificate& signer) { return issuer_of(signer); }},
        copy, trace_);
    if (!opened) return not_opened(sealed, opened.error());
    if (opened->for_peering) {
      if (copy.size_bytes() <= kMaxPeeringMailBytes) on_peering_mail(opened->peer, copy.front());
      return consume_peering_mail(*opened);
    }
    if (const auto to = told_address(opened->envelope.sender, opened->envelope.recipients)) {
      return take_report(*to, copy.front());
    }
    if (const Status ended = staged.end_header(); !ended) return refused(ended.error());
    if (const auto& fault = staged.facts()->fault) return refused(*fault);
    if (staged.facts()->is_loop) {
      return refused(permanent_error(
          "mail-loop", "a mail loop: too many Received fields, or it passed this node before"));
    }
    if (staged.size_bytes() > config->smtp.max_message_bytes + kAddedFieldsBytes) {
      return refused(
          permanent_error("too-large", "what was sealed is larger than this node takes"));
    }
    auto finished = staged.finish();
    if (!finished) return later(finished.error());
    commit(*opened, staged, *finished);
  }

  Result<std::optional<Fingerprint>> issuer_of(const crypto::Certificate& signer) const {
    std::optional<Fingerprint> peer;
    const Status read = context_.store.read([&](const store::ReadTransaction& txn) {
      peer = peering::issuing_peer(txn, signer);
      return done();
    });
    if (!read) return read.error();
    return peer;
  }

  // Named attack: Decryption oracle. The peer is told of a relay's words between the lines, or of a
  // missing end, but not whether one of our keys fitted. So what can be seen without a key decides,
  // whatever came of trying.
  void not_opened(RewindableSource& sealed, const Error& error) {
    const bool is_told = trace_.peer || crypto::refusal_of(error) == crypto::Refusal::no_key;
    if (error.fault != Fault::permanent || is_told) return refused(error);
    if (const Status rewound = sealed.rewind(); !rewound) return later(rewound.error());
    const Status form = crypto::check_sealed_form(sealed);
    if (!form && form.error().fault != Fault::permanent) return later(form.error());
    refused(form ? error : damaged(form.error()));
  }

  // The sealed envelope is in the trace before any of the content is written.
  bool is_for_the_node() const {
    if (!trace_.envelope || trace_.envelope->recipients.empty()) return false;
    const Mailbox& first = trace_.envelope->recipients.front().mailbox;
    return peering::is_peering_address(first) || peering::is_tunnel_address(first);
  }

  // Mail to a tunnel address of ours: mail whose sender is not ours came back (returned_mail.h).
  void take_report(const Mailbox& to, ByteView front) {
    auto plan = plan_return(context_, to, as_text(front));
    if (!plan && plan.error().fault != Fault::permanent) return later(plan.error());
    // The delivery that the report is about may still be on its way to the disk.
    const bool early = !plan && plan.error().code == kUnknownToken && entry_.attempts == 0;
    if (early) return defer(plan.error());
    if (!plan) return consume(plan.error().text);
    const Time now = context_.clock.now();
    const auto shared = std::make_shared<const ReturnPlan>(*std::move(plan));
    tell_ = [this, shared] {
      log_consumed(message_, "a report about " + shared->original.hex());
      if (shared->bounce) log_returned(context_, shared->original, {}, shared->bounce->entry);
    };
    write([self = shared_from_this(), shared, now](store::WriteTransaction& txn) -> Status {
      if (const Status put = put_return(txn, *shared, now); !put) return put;
      store::add_trace(txn, self->message_.id,
                       {now, "consumed", {{"why", "a report about " + shared->original.hex()}}});
      store::finish(txn, self->entry_.id);
      return culvert::done();
    });
  }

  // Recording and queueing are one commit (promise 2, Once).
  void commit(const peering::OpenedTunnelMail& opened, const StagedMail& staged,
              const store::StagedBody& body) {
    auto made = ready_mail(context_, message_, opened, staged, body);
    if (!made) return later(made.error());
    tell_ = [this, ready = *made] {
      if (outcome_) {
        return log_opened(ready->mail, ready->carrier, ready->culvert_id, ready->peer_domain);
      }
      mail_line("repeated", message_.id, message_.message_id)
          .word("culvert-id", ready->culvert_id.hex())
          .word("peer", ready->peer_domain)
          .write(LogLevel::info);
    };
    auto record = [self = shared_from_this(),
                   ready = *std::move(made)](store::WriteTransaction& txn) -> Status {
      self->outcome_.reset();
      if (!store::find_entry(txn, self->entry_.id)) return culvert::done();
      const auto fresh = put_ready(txn, *ready);
      if (!fresh) return fresh.error();
      if (*fresh) self->outcome_ = Counted::opened;
      store::finish(txn, self->entry_.id);
      return culvert::done();
    };
    context_.store.write_async(std::move(record), [self = shared_from_this()](const Status& put) {
      if (put) return self->end();
      // Refusing writes again, and a commit thread must not wait for itself.
      const Status sent =
          self->context_.workers.submit([self, error = put.error()] { self->refused(error); });
      if (!sent) self->end(sent);
    });
  }

  void refused(const Error& error) {
    if (error.fault != Fault::permanent) return later(error);
    const bool to_peering =
        std::any_of(entry_.recipients.begin(), entry_.recipients.end(),
                    [](const Recipient& r) { return peering::is_peering_address(r.mailbox); });
    if (to_peering) return consume("not a peering message: " + error.code);
    quarantine(error);
  }

  void quarantine(const Error& error) {
    held_reason_ = error.code;
    auto plan = plan_hold(context_, {entry_, message_, trace_, error});
    if (!plan) return later(plan.error());
    log_debug("message {} cannot be handed on: {} ({})", message_.id.hex(), error.text, error.code);
    const auto shared = std::make_shared<const HoldPlan>(*std::move(plan));
    tell_ = [this, shared] { tell_of_held(*shared); };
    write([self = shared_from_this(), shared](store::WriteTransaction& txn) -> Status {
      const auto held = put_hold(txn, self->context_, *shared, self->context_.clock.now());
      if (!held) return held.error();
      self->held_ = *held;
      self->outcome_.reset();
      if (*held == Held::kept) self->outcome_ = Counted::quarantined;
      self->waits_on_ = *held == Held::tried_again;
      return culvert::done();
    });
  }

  void tell_of_held(const HoldPlan& plan) {
    if (held_ == Held::kept) log_held("held", plan.item);
    if (held_ == Held::returned) log_held("returned", plan.item);
    if (held_ == Held::repeated) log_held("repeated", plan.item);
    if (held_ == Held::kept) context_.quarantine.news.held(held_reason_);
    if (held_ == Held::returned) context_.quarantine.news.returned();
    if (held_ == Held::kept || held_ == Held::returned) tell_quarantine_news(context_);
  }

  // Mail that is sealed for somebody else, or only looks sealed, goes inside as it came.
  void pass_untouched() {
    std::vector<Recipient> people;
    for (const Recipient& r : entry_.recipients) {
      if (!peering::is_peering_address(r.mailbox) && !peering::is_tunnel_address(r.mailbox)) {
        people.push_back(r);
      }
    }
    if (people.empty()) return consume("nothing for this node in it");
    const Time now = context_.clock.now();
    tell_ = [this] { log_decided(context_, message_.id, store::DeliveryPath::inside, ""); };
    write([self = shared_from_this(), people, now](store::WriteTransaction& txn) -> Status {
      if (people.size() < self->entry_.recipients.size()) {
        store::defer(txn, self->entry_.id, {now, "", people, {}});
      }
      store::redirect(txn, self->entry_.id, store::DeliveryPath::inside, "", now);
      return culvert::done();
    });
  }

  // Silently: mail to a reserved address that does not count is nobody's business.
  void consume(const std::string& why) {
    const Time now = context_.clock.now();
    tell_ = [this, why] { log_consumed(message_, why); };
    write([self = shared_from_this(), why, now](store::WriteTransaction& txn) -> Status {
      store::add_trace(txn, self->message_.id, {now, "consumed", {{"why", printable(why, 200)}}});
      store::finish(txn, self->entry_.id);
      return culvert::done();
    });
  }

  // The place that the mail came from counts as the peer's from now on. The place of a copy that
  // somebody sends again does not.
  void consume_peering_mail(const peering::OpenedTunnelMail& opened) {
    const Time now = context_.clock.now();
    const auto places = places_to_note(context_, message_);
    const auto id = *store::MessageId::from_bytes(opened.envelope.id);
    tell_ = [this, from = opened.envelope.from.text()] {
      log_consumed(message_, "a peering message of " + from);
    };
    write([self = shared_from_this(), places, id, now, peer = opened.peer,
           to = opened.envelope.recipients.front().mailbox,
           sealed = opened.envelope.sealed](store::WriteTransaction& txn) -> Status {
      if (store::note_seen(txn, peer, id, to, sealed)) {
        for (const std::string& place : places)
          store::note_peer_network(txn, peer, place, now);
      }
      store::add_trace(txn, self->message_.id, {now, "consumed", {{"why", "peering message"}}});
      store::finish(txn, self->entry_.id);
      return culvert::done();
    });
  }

  void later(const Error& error) {
    log_error("message {} cannot be opened at present: {} {}", message_.id.hex(), error.text,
              error.detail);
    defer(error);
  }

  void defer(const Error& error) {
    const store::Deferral deferral{
        context_.clock.now() + kRetryOpening, error.text, entry_.recipients, {}};
    waits_on_ = true;
    tell_ = [this, why = error.text] {
      DeliveryTold told;
      for (const Recipient& r : entry_.recipients)
        told.add(DeliveryTold::What::deferred, why, r.mailbox);
      log_delivery(context_, entry_, message_, told);
    };
    write([self = shared_from_this(), deferral](store::WriteTransaction& txn) -> Status {
      store::defer(txn, self->entry_.id, deferral);
      return culvert::done();
    });
  }

  // The last write of this opening.
  void write(store::Store::WriteFn fn) {
    context_.store.write_async(std::move(fn), [self = shared_from_this()](const Status& written) {
      if (!written) log_error("message {}: {}", self->message_.id.hex(), written.error().text);
      self->end(written);
    });
  }

  void end(const Status& status = culvert::done()) {
    if (status && outcome_) context_.counters.add(*outcome_);
    // After the commit: the reserved room now holds stored octets, or is no longer needed.
    if (status && !waits_on_) context_.quarantine.room.release(message_.id);
    if (status && tell_) tell_();
    context_.wake_dispatcher();
    done_(status);
  }

  FlowContext& context_;
  store::QueueEntry entry_;
  store::Message message_;
  std::function<void(const Status&)> done_;
  peering::OpenTrace trace_;  // how far opening came
  std::string held_reason_;   // why mail is held
  // Set by the closure that commits: what to count, what became of held mail, and whether the entry
  // stays.
  std::optional<Counted> outcome_;
  std::optional<Held> held_;
  bool waits_on_ = false;
  // Writes the log line once it is committed.
  std::function<void()> tell_;
};

}  // namespace

void Opener::open(store::QueueEntry entry, store::Message message,
                  std::function<void(const Status&)> done) {
  std::make_shared<Opening>(context_, std::move(entry), std::move(message), std::move(done))
      ->run(on_peering_mail_);
}

}  // namespace culvert::node
