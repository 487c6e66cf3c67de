#include "node/node.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "crypto/base/log.h"
#include "node/config/peering_url.h"
#include "node/config/reload.h"
#include "node/config/unverified_hops.h"
#include "node/delivery/paths.h"
#include "node/flow/key_renewal.h"
#include "node/flow/quarantine_upkeep.h"
#include "node/flow/resolver_settings.h"
#include "node/flow/tls_material.h"
#include "node/parts.h"
#include "node/program_change.h"
#include "node/system/notify.h"
#include "store/key_file.h"
#include "store/presence.h"

namespace culvert::node {
namespace {

// How long work in progress may still take when the node stops.
constexpr std::chrono::seconds kDrainTime{20};
constexpr std::size_t kMaxWaitingJobs = 100'000;

std::size_t core_count() { return std::max(1U, std::thread::hardware_concurrency()); }

}  // namespace

Status Node::Parts::open_store() {
  const auto now_config = config.get();
  if (const Status there = store::check_store_is_there(now_config->node.data_dir); !there) {
    return there;
  }
  auto alone = InstanceLock::take(now_config->node.data_dir);
  if (!alone) return alone.error();
  instance.emplace(*std::move(alone));
  auto node_key = store::load_node_key(now_config->node.key_file);
  if (!node_key) return node_key.error();
  key = std::make_unique<crypto::NodeKey>(*std::move(node_key));
  store::StoreOptions options;
  options.data_dir = now_config->node.data_dir;
  options.now = clock.now();
  auto opened = store::Store::open(options, *key);
  if (!opened) return opened.error();
  store = *std::move(opened);
  const auto swept = store->sweep_bodies();
  if (!swept) return swept.error();
  if (*swept > 0) log_info("removed {} message bodies that no message owns", *swept);
  generation = store->generation();
  store::ClockRecord clock_record;
  const Status read = store->read([&](const store::ReadTransaction& txn) -> Status {
    clock_record = store::find_clock_record(txn);
    return done();
  });
  if (read) watch = std::make_unique<ClockWatch>(clock, clock_record);
  return read;
}

// A node that was off for months renews before it does anything else. Mail inside needs no keys, so
// a failure does not keep the node from starting; peering tries again.
void Node::Parts::renew_keys_of_long_rest() {
  const auto renewed = renew_tunnel_keys(*store, clock.now(), Renewal::if_due);
  if (!renewed) log_error("the tunnel certificates are not renewed: {}", renewed.error().text);
}

Status Node::Parts::load_keys() {
  renew_keys_of_long_rest();
  auto own = load_own_keys(*store, clock.now());
  if (!own) return own.error();
  keys = std::make_unique<Live<OwnKeys>>(*std::move(own));
  routing = std::make_unique<Routing>(*store);
  const Status read = routing->refresh();
  // Outgoing mail then waits; incoming mail is still taken, and delivery inside goes on.
  if (!read && store->is_altered()) {
    log_error("routes and rules cannot be read: {}", read.error().text);
    return done();
  }
  return read;
}

Status Node::Parts::open_network() {
  const auto now_config = config.get();
  auto dns = Resolver::make(resolver_options(*now_config));
  if (!dns) return dns.error();
  resolver = *std::move(dns);
  client_tls = TlsClientContext::opportunistic();
  verified_tls = TlsClientContext::verifying(kSystemAuthorities);
  const auto smtp_material = smtp_tls_material(*now_config, *store, clock.now());
  if (!smtp_material) return smtp_material.error();
  auto smtp_context = TlsServerContext::make(smtp_material->chain_pem, smtp_material->key_pem);
  if (!smtp_context) return smtp_context.error();
  smtp_tls = *std::move(smtp_context);
  const auto peering_material = peering_tls_material(*now_config, *store, clock.now());
  if (!peering_material) return peering_material.error();
  auto peering_context =
      TlsServerContext::make(peering_material->chain_pem, peering_material->key_pem);
  if (!peering_context) return peering_context.error();
  peering_tls = *std::move(peering_context);
  workers = std::make_unique<Workers>(core_count(), kMaxWaitingJobs);
  loops = std::make_unique<LoopGroup>(core_count());
  return done();
}

// Scripts and commands read the file; mail does not need it.
Status Node::Parts::tell_addresses() {
  auto file = AddressesFile::write(config.get()->node.data_dir, addresses);
  if (!file) return file.error();
  addresses_file.emplace(*std::move(file));
  return done();
}

void Node::Parts::announce() {
  addresses["admin"] = {};
  started = clock.now();
  rates_file.emplace(config.get()->node.data_dir);
  // The attack: a disk that strangers filled must not keep the node from starting.
  if (const Status told = tell_addresses(); !told) {
    log_warning("the addresses are not told to scripts for now: {}", told.error().text);
  }
  warn_of_hops();
  for (const auto& [name, bound] : addresses) {
    for (const std::string& address : bound)
      log_info("listening on {} ({})", address, name);
  }
}

// Hosts of single domains are usually peers', whose mail is sealed; `status` shows them.
void Node::Parts::warn_of_hops() const {
  for (const UnverifiedHop& hop : unverified_hops(*config.get())) {
    if (!hop.domain) log_warning("{}: {}", hop.key, hop.text);
  }
}

// What cannot change in a running node stays as it is (node/config/reload.h); everything else
// changes.
void Node::Parts::reload() {
  const auto running = config.get();
  ConfigReading reading = read_config(running->file);
  for (const Finding& finding : reading.findings)
    log_warning("{}", finding.message());
  if (!reading.config) return log_error("the configuration stays as it was");
  auto fresh = std::make_shared<Config>(*std::move(reading.config));
  for (const std::string& kept : keep_until_restart(*fresh, *running))
    log_warning("{}: has another value in the file, which counts after a restart", kept);
  const auto material = smtp_tls_material(*fresh, *store, clock.now());
  const Status loaded = material ? smtp_tls->reload(material->chain_pem, material->key_pem)
                                 : Status(material.error());
  if (!loaded) log_error("the TLS certificate stays as it was: {}", loaded.error().text);
  set_log_level(fresh->log.level);
  for (const OpenSmtp& open : smtp_servers)
    open.server->set_rules(server_rules(*fresh, open.side));
  verified_tls->read_authorities_anew();  // before the hops see the new configuration
  config.set(std::move(fresh));
  peering->tick();
  dispatcher->forget_failures();
  warn_of_hops();
  log_info("read the configuration anew");
}

// Takes nothing new in, and finishes the work in progress.
void Node::Parts::drain() {
  notify_service_manager("STOPPING=1");
  log_info("stopping: finishing what is in hand");
  // In another thread, because sessions that end need the home loop to go on meanwhile.
  std::atomic<bool> listeners_drained{false};
  std::thread drainer = start_thread("drain", [this, &listeners_drained] {
    for (const OpenSmtp& open : smtp_servers)
      open.server->drain(kDrainTime);
    listeners_drained = true;
  });
  const SteadyTime end = clock.steady() + kDrainTime;
  while (!listeners_drained || (!dispatcher->drained() && clock.steady() < end)) {
    home.run_once(std::chrono::milliseconds(50));
  }
  drainer.join();
  peering_port->close();
  smtp_servers.clear();
  peering->stop();
  workers->stop();
  // Waits for commits in progress, because they call back into the parts that end now.
  static_cast<void>(store->write([](store::WriteTransaction&) { return done(); }));
  dispatcher.reset();
  probe.reset();
  loops->run_on_all([](EventLoop&) {});
  loops->stop();
}

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Node::~Node() = default;

Result<std::unique_ptr<Node>> Node::start(const Config& config, const Clock& clock) {
  auto parts = std::make_unique<Parts>(config, clock);
  Parts& p = *parts;
  if (const Status s = p.open_store(); !s) return s.error();
  p.marks = note_program(*p.store, config.node.name.text(), clock.now());
  if (const Status s = p.load_keys(); !s) return s.error();
  if (const Status s = p.open_network(); !s) return s.error();
  p.quarantine = std::make_unique<Quarantine>(
      *p.store, [&p] { return quarantine_limits(p.config.get()->largest_outside_bytes()); });
  p.flow.reset(new FlowContext{*p.store,
                               *p.workers,
                               clock,
                               *p.watch,
                               *p.routing,
                               p.config,
                               *p.keys,
                               p.counters,
                               [&p] {
                                 if (p.dispatcher) p.dispatcher->wake();
                               },
                               *p.quarantine,
                               path_traits,
                               p.marks,
                               {},
                               {},
                               [&p](std::vector<std::string> destinations) {
                                 p.dispatcher->forget_failures(std::move(destinations));
                               }});
  if (const Status s = start_quarantine(*p.flow); !s) return s.error();
  p.hops.reset(
      new HopContext{*p.flow, p.home, *p.resolver, *p.client_tls, *p.verified_tls, p.name_waits});
  p.peering = std::make_unique<PeeringService>(*p.flow);
  p.opener = std::make_unique<Opener>(*p.flow, [&p](const Fingerprint& peer, ByteView message) {
    p.peering->on_mail(peer, message);
  });
  p.dispatcher = std::make_unique<Dispatcher>(*p.flow, *p.hops, *p.loops, *p.opener);
  p.delay_notices = std::make_unique<DelayNotices>(*p.flow, p.home);
  p.probe = std::make_unique<RecipientProbe>(*p.hops, *p.loops);
  if (const Status s = p.open_servers(); !s) return s.error();
  p.peering->set_url(own_peering_url(config, p.peering_port->addresses()));
  p.announce();
  return std::unique_ptr<Node>(new Node(std::move(parts)));
}

void Node::run() {
  Parts& p = *parts_;
  p.signals = std::make_unique<SignalWatch>(
      p.home, SignalWatch::Handlers{[&p] { p.home.stop(); }, [&p] { p.reload(); }});
  p.home.post([&p] {
    p.dispatcher->start();
    p.delay_notices->start();
    p.begin_timers();
  });
  notify_service_manager("READY=1");
  log_info("ready: {} serves {}", p.config.get()->node.name.text(),
           p.config.get()->node.domains.front().text());
  p.home.run();
  p.drain();
}

}  // namespace culvert::node
