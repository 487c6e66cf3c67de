#include "node/reports/heard_trouble.h"

#include <algorithm>
#include <set>

#include "crypto/base/log.h"
#include "node/reports/bounce.h"
#include "peering/trouble.h"
#include "store/sealed_mail.h"
#include "store/trace.h"
#include "store/trouble.h"

namespace culvert::node {
namespace {

// How many are acted on in one round; the next rounds take the rest.
constexpr std::size_t kMaxAtOnce = 1000;
// Bounds the memory of one round.
constexpr std::size_t kMaxLookedAt = 100'000;
// Other or undefined security status (RFC 3463, 3.8).
constexpr std::string_view kFailedStatus = "5.7.0";

// A mail of ours, and what its peer says about it.
struct Case {
  store::HeardTrouble heard;
  store::SealedMail mail;
};

std::vector<Case> cases(FlowContext& context) {
  std::vector<Case> out;
  const Status read = context.store.read([&](const store::ReadTransaction& txn) -> Status {
    for (store::HeardTrouble& heard : store::troubles_heard(txn, kMaxLookedAt)) {
      auto mail = store::find_sealed_mail(txn, heard.name);
      out.push_back({std::move(heard), mail ? *std::move(mail) : store::SealedMail{}});
    }
    return done();
  });
  if (!read) log_error("what peers told of our mail cannot be read: {}", read.error().text);
  return out;
}

bool is_delay(const Case& each) { return each.heard.state == store::TroubleState::held; }

bool is_due(const FlowContext& context, const Case& each) {
  const Time received = each.mail.received;
  return !is_delay(each) ||
         context.watch.now_for(received) >= received + context.config.get()->queue.delay_notice;
}

std::string why(const Case& each, const Domain& there) {
  const auto reason = peering::reason_named(each.heard.reason);
  std::string text = reason ? peering::text_of(*reason, there.text()) : each.heard.reason;
  switch (each.heard.state) {
    case store::TroubleState::held:
      return text;
    case store::TroubleState::dropped:
      return text + "; its administrator has dropped it";
    case store::TroubleState::expired:
      return text + "; it was kept for as long as it may be, and then dropped";
    case store::TroubleState::returned:
      return text + "; it was given back";
  }
  return text;
}

std::vector<RecipientReport> to_report(const Case& each) {
  std::vector<RecipientReport> out;
  for (const Recipient& r : each.mail.recipients) {
    const bool wanted =
        is_delay(each) ? wants_delay_report(r.notify, DelayTold::unasked) : wants_report(r.notify);
    if (!wanted) continue;
    const std::string_view status = is_delay(each) ? kExpiredStatus : kFailedStatus;
    out.push_back({r.mailbox, r.orcpt, std::string(status), why(each, r.mailbox.domain()), ""});
  }
  return out;
}

store::TraceEvent event_of(const Case& each, const std::optional<BouncePlan>& report, Time now) {
  store::TraceEvent event{now,
                          is_delay(each) ? "peer-holds" : "peer-failed",
                          {{"peer", each.heard.peer.hex()}, {"reason", each.heard.reason}}};
  if (report) event.fields.emplace_back("report", report->message.id.hex());
  return event;
}

Status put(store::WriteTransaction& txn, const Case& each, const std::optional<BouncePlan>& report,
           Time now) {
  if (!store::end_heard_trouble(txn, each.heard)) return done();
  // News that the mail waits is outdated now.
  store::HeardTrouble held = each.heard;
  held.state = store::TroubleState::held;
  store::end_heard_trouble(txn, held);
  if (report) {
    if (const Status bounced = put_bounce(txn, *report, now); !bounced) return bounced;
  }
  const bool is_known = each.mail.message != store::MessageId();
  if (is_known) store::add_trace(txn, each.mail.message, event_of(each, report, now));
  return done();
}

Status act(FlowContext& context, const Case& each) {
  const auto recipients = to_report(each);
  std::optional<BouncePlan> report;
  if (!recipients.empty()) {
    auto planned = plan_bounce_of_sealed(context, each.mail, recipients,
                                         is_delay(each) ? DsnAbout::delay : DsnAbout::failure);
    if (!planned) return planned.error();
    report = *std::move(planned);
  }
  const Time now = context.clock.now();
  const Status written = context.store.write(
      [&](store::WriteTransaction& txn) -> Status { return put(txn, each, report, now); });
  if (written && report) context.wake_dispatcher();
  return written;
}

}  // namespace

void act_on_heard_trouble(FlowContext& context) {
  std::size_t acted = 0;
  std::vector<Case> all = cases(context);
  // Mail that is gone comes first: news that it waits is then outdated.
  std::stable_partition(all.begin(), all.end(), [](const Case& each) { return !is_delay(each); });
  std::set<Bytes> gone;
  for (const Case& each : all) {
    if (!is_due(context, each) || gone.count(each.heard.name) > 0) continue;
    if (!is_delay(each)) gone.insert(each.heard.name);
    if (++acted > kMaxAtOnce) return;
    const Status done_now = act(context, each);
    if (done_now) {
      log_warning("message {}: {}", each.mail.message.hex(),
                  each.mail.recipients.empty()
                      ? each.heard.reason
                      : why(each, each.mail.recipients.front().mailbox.domain()));
    } else {
      log_error("what a peer told of message {} has to wait: {} {}", each.mail.message.hex(),
                done_now.error().text, done_now.error().detail);
    }
  }
}

}  // namespace culvert::node
