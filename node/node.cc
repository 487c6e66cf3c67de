#include "node/node.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "crypto/base/log.h"
#include "node/config/peering_url.h"
#include "node/config/reload.h"
#include "node/config/unverified_hops.h"
#include "node/delivery/dispatcher.h"
#include "node/delivery/paths.h"
#include "node/delivery/recipient_probe.h"
#include "node/flow/quarantine_source.h"
#include "node/flow/quarantine_upkeep.h"
#include "node/flow/tls_material.h"
#include "node/maintenance.h"
#include "node/opening/waiting_mail.h"
#include "node/peers/peering_port.h"
#include "node/peers/peering_service.h"
#include "node/program_change.h"
#include "node/reports/delay_notice.h"
#include "node/reports/heard_trouble.h"
#include "node/session/smtp_server.h"
#include "node/system/addresses_file.h"
#include "node/system/instance_lock.h"
#include "node/system/notify.h"
#include "node/system/rates_file.h"
#include "node/system/signals.h"
#include "node/told_commands.h"
#include "store/key_file.h"

namespace culvert::node {
namespace {

// Commands change the store beside us; we notice within this time.
constexpr std::chrono::milliseconds kChangePoll{300};
constexpr std::chrono::milliseconds kPeeringTick{1000};
constexpr std::chrono::seconds kWaitingMailPoll{20};
// What is in hand at the end has so long.
constexpr std::chrono::seconds kDrainTime{20};
constexpr std::size_t kMaxWaitingJobs = 100'000;

// One place in so many is kept for inside: strangers who hold all others do not stop the
// organisation's own mail.
constexpr std::size_t kKeptForInside = 10;
// And one in so many of all is kept for hosts from which peers' own mail came lately.
constexpr std::size_t kKeptForPeers = 10;
// One address has at most one place in so many, so that it takes more than one host to fill the
// outside listener; and never less than a busy mail server uses (a peer's node: 16 connections for
// each domain that it writes to; Postfix allows 50 as well).
constexpr std::size_t kShareOfAddress = 10;
constexpr std::size_t kLeastShareOfAddress = 50;

// Rounded down, but never nothing.
std::size_t outside_places(std::size_t all) {
  return std::max<std::size_t>(all - (all + kKeptForInside - 1) / kKeptForInside, 1);
}

std::size_t core_count() { return std::max(1U, std::thread::hardware_concurrency()); }

ServerRules server_rules(const Config& config, ServerRules::Side side) {
  ServerRules rules;
  rules.hostname = config.node.name.text();
  rules.max_message_bytes = side == ServerRules::Side::inside ? config.smtp.max_message_bytes
                                                              : config.largest_outside_bytes();
  rules.side = side;
  rules.postmaster_domain = config.node.domains.front();
  return rules;
}

// Whether a listener can be done without: the defaults name both families, and a machine may have
// one. A family that stands alone was meant.
bool is_left_out(const Error& error, const std::vector<SocketAddress>& listen) {
  const auto is_v4 = [](const SocketAddress& address) { return address.ip.is_v4(); };
  const bool both = std::any_of(listen.begin(), listen.end(), is_v4) &&
                    !std::all_of(listen.begin(), listen.end(), is_v4);
  if (error.code != kNoFamily || !both) return false;
  log_info("{}; it is left out", error.text);
  return true;
}

ResolverOptions resolver_options(const Config& config) {
  ResolverOptions options;
  for (const SocketAddress& server : config.dns.resolvers) {
    options.resolvers.push_back(server.ip.text() + "@" + std::to_string(server.port));
  }
  options.trust_anchor_file = config.dns.trust_anchor.string();
  if (config.dns.validate == DnsSettings::Validate::no) {
    options.validate = ResolverOptions::Validate::no;
  }
  for (const Domain& zone : config.dns.insecure)
    options.insecure.push_back(zone.text());
  return options;
}

}  // namespace

// The parts, in the order in which they need each other; they end in the opposite order.
struct Node::Parts {
  struct OpenSmtp {
    ServerRules::Side side;
    std::unique_ptr<SmtpServer> server;
  };

  Parts(const Config& first, const Clock& clock_)
      : clock(clock_), config(std::make_shared<const Config>(first)) {}

  Status open_store();
  Status load_keys();
  Status open_network();
  Status open_servers();
  Status open_smtp(const std::vector<SocketAddress>& addresses, ConnectionLimit& places,
                   const SmtpServerSettings& settings, const char* name);
  AddressShare share_of_address();
  KeptPlaces places_for_peers();
  Status open_peering();
  void announce();
  Status tell_addresses();
  void begin_timers();
  void tick_peering();
  void look_at_waiting_mail();
  void look_for_changes();
  void tell_of_commands();
  void maintain_now();
  void tell_rates();
  void warn_of_hops() const;
  void reload();
  void drain();

  const Clock& clock;
  Live<Config> config;
  Counters counters;
  EventLoop home;
  std::optional<InstanceLock> instance;
  std::unique_ptr<crypto::NodeKey> key;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<ClockWatch> watch;
  std::unique_ptr<Routing> routing;
  std::unique_ptr<Live<OwnKeys>> keys;
  std::unique_ptr<Workers> workers;
  NameWaits name_waits;  // before the connections on these loops
  std::unique_ptr<LoopGroup> loops;
  std::unique_ptr<Resolver> resolver;
  std::unique_ptr<TlsClientContext> client_tls;
  std::unique_ptr<TlsClientContext> verified_tls;
  std::unique_ptr<TlsServerContext> smtp_tls;
  std::unique_ptr<TlsServerContext> peering_tls;
  std::unique_ptr<Quarantine> quarantine;
  store::OwnMarks marks;
  std::unique_ptr<FlowContext> flow;
  std::unique_ptr<HopContext> hops;
  std::unique_ptr<PeeringService> peering;
  std::unique_ptr<Opener> opener;
  std::unique_ptr<Dispatcher> dispatcher;
  std::unique_ptr<DelayNotices> delay_notices;
  std::unique_ptr<RecipientProbe> probe;
  std::unique_ptr<ConnectionLimit> limit;          // over both listeners
  std::unique_ptr<ConnectionLimit> outside_limit;  // what outside may take of it
  std::vector<OpenSmtp> smtp_servers;
  std::unique_ptr<PeeringPort> peering_port;
  AddressesFile::Addresses addresses;
  std::optional<AddressesFile> addresses_file;
  LastMinute last_minute;
  Time started{};
  std::optional<RatesFile> rates_file;
  bool rates_told = true;
  std::uint64_t generation = 0;
  Timer change_timer;
  Timer peering_timer;
  Timer maintenance_timer;
  Timer rates_timer;
  Timer waiting_timer;
  std::unique_ptr<SignalWatch> signals;
};

Status Node::Parts::open_store() {
  const auto now_config = config.get();
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

Status Node::Parts::load_keys() {
  auto own = load_own_keys(*store, clock.now());
  if (!own) return own.error();
  keys = std::make_unique<Live<OwnKeys>>(*std::move(own));
  routing = std::make_unique<Routing>(*store);
  const Status read = routing->refresh();
  // Mail to others waits then; what comes in is still taken, and inside goes on.
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

Status Node::Parts::open_smtp(const std::vector<SocketAddress>& listen, ConnectionLimit& places,
                              const SmtpServerSettings& settings, const char* name) {
  addresses[name] = {};
  for (const SocketAddress& address : listen) {
    auto server = SmtpServer::open(*loops, address, places, settings);
    if (!server && is_left_out(server.error(), listen)) continue;
    if (!server) return server.error();
    addresses[name].push_back((*server)->address().text());
    smtp_servers.push_back({settings.rules.side, *std::move(server)});
  }
  return done();
}

// An edge in front brings everybody's mail from its few addresses, and bounds each client itself;
// loopback is this machine.
AddressShare Node::Parts::share_of_address() {
  const std::size_t all = config.get()->smtp.max_connections;
  return {std::max(all / kShareOfAddress, kLeastShareOfAddress), [this](const IpAddress& client) {
            const auto now_config = config.get();
            const auto& edges = now_config->outside.networks;
            return client.is_loopback() ||
                   std::any_of(edges.begin(), edges.end(), [&client](const IpNetwork& network) {
                     return network.contains(client);
                   });
          }};
}

// Named attack: One address. Whoever takes all places of the outside listener, from however many
// addresses, must not keep peers' mail out.
KeptPlaces Node::Parts::places_for_peers() {
  return {config.get()->smtp.max_connections / kKeptForPeers,
          [this](const IpAddress& client) { return standing_of(*flow, client); }};
}

Status Node::Parts::open_servers() {
  const auto now_config = config.get();
  const std::size_t all = now_config->smtp.max_connections;
  limit = std::make_unique<ConnectionLimit>(all);
  outside_limit = std::make_unique<ConnectionLimit>(outside_places(all), share_of_address(),
                                                    limit.get(), places_for_peers());
  const Status inside = open_smtp(now_config->inside.listen, *limit,
                                  {server_rules(*now_config, ServerRules::Side::inside),
                                   smtp_tls.get(), [this] { return make_inside_receiver(*flow); }},
                                  "smtp.inside");
  if (!inside) return inside;
  const Status outside =
      open_smtp(now_config->outside.listen, *outside_limit,
                {server_rules(*now_config, ServerRules::Side::outside), smtp_tls.get(),
                 [this] { return make_outside_receiver(*flow, *probe); }},
                "smtp.outside");
  if (!outside) return outside;
  return open_peering();
}

Status Node::Parts::open_peering() {
  addresses["peering"] = {};
  peering_port = std::make_unique<PeeringPort>(*peering);
  for (const SocketAddress& address : config.get()->peering.listen) {
    const Status s = peering_port->open(*loops, *peering_tls, address);
    if (!s && !is_left_out(s.error(), config.get()->peering.listen)) return s;
  }
  for (const SocketAddress& address : peering_port->addresses())
    addresses["peering"].push_back(address.text());
  return done();
}

// Scripts and commands read it; mail needs it not.
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

void Node::Parts::begin_timers() {
  look_for_changes();
  tell_of_commands();
  maintain_now();
  tick_peering();
  look_at_waiting_mail();
  tell_rates();
}

void Node::Parts::tick_peering() {
  peering_timer = home.call_after(kPeeringTick, [this] { tick_peering(); });
  // What a peer may do is not known any more, and the store takes no change of it.
  if (store->is_altered()) return;
  peering->tick();
}

// Peering looks when a route becomes active; mail that was being opened in that moment comes later.
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

// A command wrote: rules, routes and keys are read anew, and what waited is tried at once.
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

// Those that were given while no node ran as well.
void Node::Parts::tell_of_commands() {
  const Status submitted = workers->submit([this] { tell_commands(*store); });
  if (!submitted) log_warning("commands of administrators: {}", submitted.error().text);
}

void Node::Parts::maintain_now() {
  maintenance_timer = home.call_after(kMaintenanceInterval, [this] { maintain_now(); });
  const Status submitted = workers->submit([this] {
    const auto settings = config.get();
    maintain(*store, *watch, settings->limits.held_peer, settings->trace.keep);
    expire_quarantine(*flow);
  });
  if (!submitted) log_warning("maintenance was put off: {}", submitted.error().text);
}

// Says that it fails once, and again only after it went well: a full disk would fill the log.
void Node::Parts::tell_rates() {
  rates_timer = home.call_after(kRatesInterval, [this] { tell_rates(); });
  if (!addresses_file && tell_addresses()) log_info("the addresses are told to scripts again");
  const Counts totals = counters.totals();
  const Status written =
      rates_file->write({started, last_minute.of(totals, clock.steady()), totals});
  if (!written && rates_told) log_warning("rates: {}", written.error().text);
  rates_told = written.ok();
}

// Hosts of single domains are usually peers', whose mail is sealed: `status` knows and tells.
void Node::Parts::warn_of_hops() const {
  for (const UnverifiedHop& hop : unverified_hops(*config.get())) {
    if (!hop.domain) log_warning("{}: {}", hop.key, hop.text);
  }
}

// What cannot change in a running node stays (node/config/reload.h); everything else changes.
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
  verified_tls->read_authorities_anew();  // before the hops see that the configuration is another
  config.set(std::move(fresh));
  peering->tick();
  dispatcher->forget_failures();
  warn_of_hops();
  log_info("read the configuration anew");
}

// Nothing new comes in, what is in hand is finished.
void Node::Parts::drain() {
  notify_service_manager("STOPPING=1");
  log_info("stopping: finishing what is in hand");
  // Elsewhere, because sessions that end need the home loop to go on meanwhile.
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
  // Commits under way call back into what ends now.
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
  p.flow.reset(new FlowContext{*p.store, *p.workers, clock, *p.watch, *p.routing, p.config, *p.keys,
                               p.counters,
                               [&p] {
                                 if (p.dispatcher) p.dispatcher->wake();
                               },
                               *p.quarantine, path_traits, p.marks});
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
