#include "node/maintenance.h"

#include "crypto/base/limits.h"
#include "crypto/base/log.h"
#include "peering/trouble.h"
#include "store/sealed_mail.h"
#include "store/seen.h"
#include "store/sent.h"
#include "store/trace.h"

namespace culvert::node {
namespace {

// How many records one commit removes: enough to keep up, few enough not to hold up mail.
constexpr std::size_t kPurgeBatch = 2000;
constexpr int kMaxBatches = 1000;

void purge_all(store::Store& store,
               const std::function<std::size_t(store::WriteTransaction&)>& purge) {
  for (int batch = 0; batch < kMaxBatches; ++batch) {
    std::size_t removed = 0;
    const Status written = store.write([&](store::WriteTransaction& txn) -> Status {
      removed = purge(txn);
      return done();
    });
    if (!written) return log_error("old records stay: {}", written.error().text);
    if (removed < kPurgeBatch) return;
  }
}

}  // namespace

void maintain(store::Store& store, ClockWatch& watch, std::chrono::seconds held_peer,
              std::chrono::seconds traced) {
  const store::ClockRecord record = watch.record();
  const Time now = watch.now_for_oldest();
  const std::chrono::seconds elapsed = watch.take_elapsed();
  const auto remembered = seen_record_age(std::chrono::ceil<std::chrono::hours>(held_peer));
  // The horizon is committed before anything behind it is forgotten (protocol.md, "Received").
  const Status advanced = store.write([&](store::WriteTransaction& txn) -> Status {
    store::put_clock_record(txn, record);
    store::advance_seen_horizon(
        txn, store::next_horizon(store::seen_horizon(txn), now, elapsed, remembered));
    return done();
  });
  if (!advanced) return log_error("the horizon stays: {}", advanced.error().text);
  purge_all(store, [](auto& txn) { return store::purge_seen(txn, kPurgeBatch); });
  purge_all(store,
            [now](auto& txn) { return store::purge_sent(txn, now - kMaxSealedAge, kPurgeBatch); });
  purge_all(store, [now](auto& txn) {
    return store::purge_sealed_mails(txn, now - peering::kTroubleAge, kPurgeBatch);
  });
  purge_all(store, [now](auto& txn) {
    return store::purge_troubles(txn, now - peering::kTroubleAge, kPurgeBatch);
  });
  purge_all(store, [now, traced](auto& txn) {
    return store::purge_trace(txn, now - traced, kPurgeBatch);
  });
  purge_all(store, [now, traced](auto& txn) {
    return store::purge_late_events(txn, now - traced, kPurgeBatch);
  });
  purge_all(store, [](auto& txn) { return store::purge_trace_index(txn, kPurgeBatch); });
}

}  // namespace culvert::node
