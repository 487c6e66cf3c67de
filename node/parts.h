// The parts of a running node. For node.cc, which builds and ends it, listeners.cc and upkeep.cc.
#pragma once

#include "node/delivery/dispatcher.h"
#include "node/delivery/recipient_probe.h"
#include "node/node.h"
#include "node/peers/peering_port.h"
#include "node/peers/peering_service.h"
#include "node/reports/delay_notice.h"
#include "node/session/smtp_server.h"
#include "node/system/addresses_file.h"
#include "node/system/instance_lock.h"
#include "node/system/rates_file.h"
#include "node/system/signals.h"

namespace culvert::node {

// What a listener on that side announces and allows.
ServerRules server_rules(const Config& config, ServerRules::Side side);

// The parts, in the order in which they need each other; they end in the opposite order.
struct Node::Parts {
  struct OpenSmtp {
    ServerRules::Side side;
    std::unique_ptr<SmtpServer> server;
  };

  Parts(const Config& first, const Clock& clock_)
      : clock(clock_), config(std::make_shared<const Config>(first)) {}

  Status open_store();
  void renew_keys_of_long_rest();
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
  void remove_old_keys();
  void tend_tls();
  void renew_tls();
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
  NameWaits name_waits;  // must outlive the connections on these loops
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
  std::unique_ptr<ConnectionLimit> outside_limit;  // the part of it that outside may take
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
  Timer tls_timer;
  Timer rates_timer;
  Timer waiting_timer;
  std::unique_ptr<SignalWatch> signals;
};

}  // namespace culvert::node
