// What a node does by the clock, besides its mail.
#include "crypto/base/log.h"
#include "node/flow/key_renewal.h"
#include "node/flow/quarantine_upkeep.h"
#include "node/flow/tls_findings.h"
#include "node/flow/tls_material.h"
#include "node/maintenance.h"
#include "node/opening/waiting_mail.h"
#include "node/parts.h"
#include "node/reports/heard_trouble.h"
#include "node/told_commands.h"

namespace culvert::node {
namespace {

// Commands change the store while the node runs; it notices within this time.
constexpr std::chrono::milliseconds kChangePoll{300};
constexpr std::chrono::milliseconds kPeeringTick{1000};
constexpr std::chrono::seconds kWaitingMailPoll{20};
constexpr std::chrono::hours kTlsInterval{6};

}  // namespace

void Node::Parts::begin_timers() {
  look_for_changes();
  tell_of_commands();
  maintain_now();
  tend_tls();
  tick_peering();
  look_at_waiting_mail();
  tell_rates();
}

void Node::Parts::tick_peering() {
  peering_timer = home.call_after(kPeeringTick, [this] { tick_peering(); });
  // Nobody can tell any more what a peer may do, and the store takes no change of it.
  if (store->is_altered()) return;
  peering->tick();
}

// Peering looks when a route becomes active. This catches mail that was being opened at that
// moment.
void Node::Parts::look_at_waiting_mail() {
  waiting_timer = home.call_after(kWaitingMailPoll, [this] { look_at_waiting_mail(); });
  const Status submitted = workers->submit([this] {
    if (const Status looked = requeue_waiting_mail(*flow); !looked) {
      log_error("mail that waits for a route: {}", looked.error().text);
    }
    act_on_heard_trouble(*flow);
    tend_quarantine(*flow);
  });
  if (!submitted) log_warning("mail that waits for a route: {}", submitted.error().text);
}

// When a command has written: rules, routes and keys are read again, and mail that waited is tried
// at once.
void Node::Parts::look_for_changes() {
  change_timer = home.call_after(kChangePoll, [this] { look_for_changes(); });
  const std::uint64_t now_generation = store->generation();
  if (now_generation == generation) return;
  const Status refreshed = routing->refresh();
  if (!refreshed) log_error("routes and rules cannot be read: {}", refreshed.error().text);
  if (refreshed || refreshed.error().fault != Fault::temporary) generation = now_generation;
  if (auto own = load_own_keys(*store, clock.now())) keys->set(*std::move(own));
  peering->tick();
  dispatcher->forget_failures();
  tell_of_commands();
}

// Also those that were given while no node ran.
void Node::Parts::tell_of_commands() {
  const Status submitted = workers->submit([this] { tell_commands(*store); });
  if (!submitted) log_warning("commands of administrators: {}", submitted.error().text);
}

void Node::Parts::tend_tls() {
  tls_timer = home.call_after(kTlsInterval, [this] { tend_tls(); });
  const Status submitted = workers->submit([this] { renew_tls(); });
  if (!submitted) log_warning("TLS certificates are not looked at: {}", submitted.error().text);
}

// Those that this node makes are renewed and used without a restart. An administrator's own are
// only looked at: SIGHUP says when their files are complete. In a worker.
void Node::Parts::renew_tls() {
  const auto settings = config.get();
  const Time now = clock.now();
  for (const Finding& finding : tls_findings(*settings, now))
    log_warning("{}", finding.message());
  const auto use = [](TlsServerContext& context, const Result<TlsMaterial>& material) {
    const Status used = material ? context.reload(material->chain_pem, material->key_pem)
                                 : Status(material.error());
    if (!used) log_error("the TLS certificate stays as it was: {}", used.error().text);
  };
  use(*peering_tls, peering_tls_material(*settings, *store, now));
  if (settings->smtp.tls_certificate.empty()) {
    use(*smtp_tls, smtp_tls_material(*settings, *store, now));
  }
}

// In a worker.
void Node::Parts::remove_old_keys() {
  const auto removed = node::remove_old_keys(*store, watch->now_for_oldest());
  if (!removed) return log_error("old keys stay: {}", removed.error().text);
  if (*removed == 0) return;
  log_info("removed {} old keys that are no longer needed", *removed);
  if (auto own = load_own_keys(*store, clock.now())) keys->set(*std::move(own));
}

void Node::Parts::maintain_now() {
  maintenance_timer = home.call_after(kMaintenanceInterval, [this] { maintain_now(); });
  const Status submitted = workers->submit([this] {
    const auto settings = config.get();
    maintain(*store, *watch, settings->limits.held_peer, settings->trace.keep);
    expire_quarantine(*flow);
    remove_old_keys();
  });
  if (!submitted) log_warning("maintenance was put off: {}", submitted.error().text);
}

// Logs a failure once, and again only after a success: a full disk would fill the log.
void Node::Parts::tell_rates() {
  rates_timer = home.call_after(kRatesInterval, [this] { tell_rates(); });
  if (!addresses_file && tell_addresses()) log_info("the addresses are told to scripts again");
  const Counts totals = counters.totals();
  const Status written =
      rates_file->write({started, last_minute.of(totals, clock.steady()), totals});
  if (!written && rates_told) log_warning("rates: {}", written.error().text);
  rates_told = written.ok();
}

}  // namespace culvert::node
