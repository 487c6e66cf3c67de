#include "node/opening/held_mail.h"

#include <algorithm>

#include "crypto/base/limits.h"
#include "crypto/base/log.h"
#include "crypto/cms/algorithms.h"
#include "crypto/cms/digester.h"
#include "crypto/keys/sealing.h"
#include "node/flow/quarantine_source.h"
#include "node/flow/stored_message.h"
#include "node/opening/trouble_note.h"
#include "node/opening/waiting_mail.h"
#include "node/reports/bounce.h"
#include "peering/tunnel_blob.h"
#include "store/trace.h"

namespace culvert::node {
namespace {

constexpr std::chrono::seconds kMayBeOpened{1};
constexpr std::size_t kMaxReasonOctets = 300;
constexpr std::string_view kQuotaStatus = "5.2.2";

class DigestSink final : public Sink {
 public:
  DigestSink() { digester_.add(*crypto::find_digest(crypto::kOidSha256.octets())); }
  Status write(ByteView octets) override {
    digester_.update(octets);
    return done();
  }
  Bytes finish() {
    digester_.finish();
    const ByteView digest = *digester_.digest(crypto::kOidSha256.octets());
    return {digest.begin(), digest.end()};
  }

 private:
  crypto::Digester digester_;
};

// Only the sealed octets count: a message with a field added to its header is the same mail.
Result<Bytes> blob_digest(const FlowContext& context, const store::Message& message) {
  auto body = store::open_body(context.store, message.body);
  if (!body) return body.error();
  const auto keys = context.keys.get();
  auto blob = peering::find_tunnel_blob(**body, {keys->identity, keys->announced});
  if (!blob) return blob.error();
  DigestSink digest;
  if (blob->octets && copy_all(*blob->octets, digest)) return digest.finish();
  // No blob, or one that cannot be decoded: the whole body counts.
  if (const Status rewound = (*body)->rewind(); !rewound) return rewound.error();
  DigestSink whole;
  const auto copied = copy_all(**body, whole);
  if (!copied) return copied.error();
  return whole.finish();
}

bool is_fresh(const HeldMail& mail) {
  if (!mail.trace.peer || !mail.trace.envelope) return false;
  const Time sealed = mail.trace.envelope->sealed;
  return sealed >= mail.message.received - kMaxSealedAge &&
         sealed <= mail.message.received + kMaxSealedAhead;
}

Bytes copy_key_of_peer(const Fingerprint& peer, const peering::SealedEnvelope& envelope) {
  std::string recipients;
  for (const Recipient& r : envelope.recipients)
    recipients += r.mailbox.text() + "\n";
  return crypto::index_digest({as_bytes("signed"), peer.view(), envelope.id, as_bytes(recipients)});
}

Result<Bytes> copy_key_of(const FlowContext& context, const HeldMail& mail,
                          const store::QuarantineShare& share) {
  if (mail.trace.peer && mail.trace.envelope) {
    return copy_key_of_peer(*mail.trace.peer, *mail.trace.envelope);
  }
  const auto digest = blob_digest(context, mail.message);
  if (!digest) return digest.error();
  // The same octets held for another reason are different mail: mail to which a relay added
  // something must not stand for mail that it left untouched.
  return crypto::index_digest(
      {as_bytes("blob"), store::share_key(share), *digest, as_bytes(mail.why.code)});
}

// The share in which room was reserved when the mail came. Mail that a person released has no
// reservation, and is charged to where it came from.
store::QuarantineShare reserved_share(const FlowContext& context, const store::Message& message) {
  if (auto share = context.quarantine.room.share_of(message.id)) return *std::move(share);
  return shares_for(context, message).front();
}

Result<std::optional<BouncePlan>> plan_return_of(const FlowContext& context, const HeldMail& mail) {
  const peering::SealedEnvelope& envelope = *mail.trace.envelope;
  const std::string text = "quota: this node holds too much mail of " + envelope.from.text() +
                           " that it could not hand on, the last because: " +
                           printable(mail.why.text, kMaxReasonOctets) +
                           "; its administrator must look at it first";
  // Named attack: a stranger's words under our signature. Mail that the peer only passed on is not
  // quoted; the text is ours.
  const bool peers_own = envelope.origin == peering::SealedOrigin::inside;
  std::vector<RecipientReport> failed;
  for (const Recipient& r : envelope.recipients) {
    if (wants_report(r.notify))
      failed.push_back({r.mailbox, peers_own ? r.orcpt : "", std::string(kQuotaStatus), text, ""});
  }
  if (failed.empty()) return std::optional<BouncePlan>();
  store::Message opened = mail.message;
  opened.sender = envelope.sender;
  opened.envid = peers_own ? envelope.envid : std::string();
  opened.opened =
      store::OpenedContext{*mail.trace.peer, envelope.sender,
                           mail.message.sender ? mail.message.sender->text() : std::string()};
  return plan_bounce_of_held(context, opened, failed);
}

store::QuarantineItem item_for(const FlowContext& context, const HeldMail& mail) {
  store::QuarantineItem item;
  item.message = mail.message;
  item.recipients = mail.entry.recipients;
  item.since = context.clock.now();
  item.reason_code = mail.why.code;
  item.reason_text = printable(mail.why.text, kMaxReasonOctets);
  item.peer = mail.trace.peer;
  if (mail.trace.envelope) item.route_domain = mail.trace.envelope->from.text();
  if (mail.why.code == "future") item.opens = mail.trace.envelope->sealed - kMaxSealedAhead;
  item.share = reserved_share(context, mail.message);
  item.trouble = trouble_note(context, mail);
  return item;
}

Status bounce_if_full(const FlowContext& context, const HeldMail& mail, HoldPlan& plan) {
  bool room = false;
  const Status read = context.store.read([&](const store::ReadTransaction& txn) -> Status {
    room = context.quarantine.room.fits(txn, *plan.peers_share, mail.message.size_bytes,
                                        mail.message.id);
    return done();
  });
  if (!read || room) return read;
  auto bounce = plan_return_of(context, mail);
  if (!bounce) return bounce.error();
  plan.bounce = *std::move(bounce);
  return done();
}

store::TraceEvent held_event(const store::QuarantineItem& item, std::string event, Time now) {
  return {now, std::move(event), {{"reason", item.reason_code}, {"text", item.reason_text}}};
}

}  // namespace

Result<HoldPlan> plan_hold(const FlowContext& context, const HeldMail& mail) {
  HoldPlan plan{mail.entry.id, item_for(context, mail), {}, {}};
  auto copy_key = copy_key_of(context, mail, *plan.item.share);
  if (!copy_key) return copy_key.error();
  plan.item.copy_key = *std::move(copy_key);
  if (!is_fresh(mail)) return plan;
  const auto held = std::chrono::ceil<std::chrono::hours>(context.config.get()->limits.held_peer);
  plan.item.remembered_until = mail.trace.envelope->sealed + seen_record_age(held);
  plan.peers_share = {store::ShareKind::peer, mail.trace.peer, {}};
  if (const Status s = bounce_if_full(context, mail, plan); !s) return s.error();
  return plan;
}

Result<Held> put_hold(store::WriteTransaction& txn, const FlowContext& context,
                      const HoldPlan& plan, Time now) {
  store::QuarantineItem item = plan.item;
  const store::MessageId& id = item.message.id;
  if (!store::find_entry(txn, plan.entry)) return Held::gone;
  if (const auto held = store::find_held_copy(txn, item.copy_key); held && *held != id) {
    store::add_trace(txn, id, {now, "repeated", {{"held-as", held->hex()}}});
    store::finish(txn, plan.entry);
    return Held::repeated;
  }
  // Otherwise nothing would look at it again.
  if (may_be_opened(txn, item, now)) {
    store::defer(txn, plan.entry, {now + kMayBeOpened, "", item.recipients, {}});
    return Held::tried_again;
  }
  const bool has_room =
      plan.peers_share &&
      context.quarantine.room.fits(txn, *plan.peers_share, item.message.size_bytes, id);
  if (has_room) item.share = plan.peers_share;
  if (!has_room && plan.bounce) {
    if (const Status put = put_bounce(txn, *plan.bounce, now); !put) return put.error();
    store::remember_held_copy(txn, item.copy_key, id, *item.remembered_until);
    store::TraceEvent event = held_event(item, "returned", now);
    event.fields.emplace_back("quota", "the share of its peer in the quarantine is full");
    event.fields.emplace_back("report", plan.bounce->message.id.hex());
    store::add_trace(txn, id, event);
    store::finish(txn, plan.entry);
    return Held::returned;
  }
  const auto moved = store::quarantine_entry(txn, plan.entry, item);
  if (!moved) return moved.error();
  if (*moved && item.trouble)
    store::note_trouble(txn, *item.trouble, store::TroubleState::held, now);
  store::add_trace(txn, id, held_event(item, "quarantined", now));
  return *moved ? Held::kept : Held::gone;
}

}  // namespace culvert::node
