#include "node/delivery/hop.h"

#include "crypto/base/log.h"
#include "crypto/base/require.h"
#include "node/config/own_listener.h"
#include "node/delivery/client_to_show.h"
#include "node/delivery/paths.h"
#include "node/session/client_name.h"

namespace culvert::node {
namespace {

constexpr std::uint16_t kSmtpPort = 25;

// Every recipient gets the same answer, which this node makes.
DeliveryReport failure_report(std::size_t recipients, const Error& error) {
  Reply reply = error.fault == Fault::permanent ? make_reply(550, "5.4.4", error.text)
                                                : make_reply(451, "4.4.3", error.text);
  DeliveryReport report;
  report.outcomes.assign(recipients, RecipientOutcome{std::move(reply), false});
  return report;
}

std::vector<SocketAddress> addresses_of(const MailTargets& targets, std::uint16_t port) {
  std::vector<SocketAddress> out;
  for (const MailHost& host : targets.hosts) {
    for (const IpAddress& address : host.addresses)
      out.push_back({address, port});
  }
  return out;
}

TlsUse tls_use(NextHop::Tls tls) {
  switch (tls) {
    case NextHop::Tls::when_offered:
      break;
    case NextHop::Tls::demanded:
      return TlsUse::required;
    case NextHop::Tls::from_start:
      return TlsUse::established;
  }
  return TlsUse::opportunistic;
}

// A host name that the configuration's check did not recognise as ours may still lead to us: DNS
// says so, or DNS changed. A node that talks to itself would wait for its own answer.
std::optional<Error> talks_to_itself(const Config& config, const NextHop& hop,
                                     const std::vector<SocketAddress>& targets) {
  const auto machine = machine_addresses();
  for (const SocketAddress& target : targets) {
    const auto listener = own_listener_at(config, target, machine);
    if (!listener) continue;
    return temporary_error("own-listener", hop.text() + " leads to " + target.text() + ", which " +
                                               own_listener_text(*listener));
  }
  return std::nullopt;
}

}  // namespace

// The part of a hop that lives on its loop.
struct Hop::Line : public std::enable_shared_from_this<Hop::Line> {
  Line(const HopContext& context_, EventLoop& loop_) : context(context_), loop(loop_) {}

  struct Order {
    SharedAttempt attempt;
    ClientEnvelope::Purpose purpose = ClientEnvelope::Purpose::deliver;
    AttemptReport on_report;
  };

  void take(Order next) {
    order = std::move(next);
    follow_configuration();
    if (connection && connection->ready()) return deliver();
    find_targets();
  }

  // A kept connection goes where the configuration said when it was made, and was verified by that
  // configuration. After a reload (which also reads the authorities again) none is reused.
  void follow_configuration() {
    auto now_config = context.flow.config.get();
    if (config == now_config) return;
    config = std::move(now_config);
    drop_connection();
  }

  void find_targets() {
    const store::QueueEntry& entry = order->attempt->entry;
    hop = path_row(entry.path).next_hop(*config, entry.destination);
    OnTargets found = [self = shared_from_this()](Result<MailTargets> targets) {
      self->loop.post([self, targets = std::move(targets)] { self->targets_found(targets); });
    };
    if (hop) return find_host(context.resolver, hop->host, std::move(found));
    const auto domain = Domain::parse(entry.destination);
    if (!domain) return report(failure_report(entry.recipients.size(), domain.error()));
    find_mail_targets(context.resolver, *domain, std::move(found));
  }

  void targets_found(const Result<MailTargets>& targets) {
    if (closed || !order) return;
    if (!targets) {
      return report(failure_report(order->attempt->entry.recipients.size(), targets.error()));
    }
    SmtpClientOptions options;
    options.addresses = addresses_of(*targets, hop ? hop->port : kSmtpPort);
    if (const auto own = hop ? talks_to_itself(*config, *hop, options.addresses) : std::nullopt) {
      return report(failure_report(order->attempt->entry.recipients.size(), *own));
    }
    // A name from DNS is not the one that the administrator wrote.
    options.host = hop ? hop->host : targets->hosts.front().name;
    options.rules.hello_name = config->node.name.text();
    options.rules.tls = hop ? tls_use(hop->tls) : TlsUse::opportunistic;
    if (hop) options.proof = hop->proof;
    options.tls =
        options.proof.by == ServerProof::By::nothing ? &context.tls : &context.verified_tls;
    options.find_client_name = [this](const std::string& address, Callback<ClientName> found) {
      const auto parsed = IpAddress::parse(address);
      if (!parsed) return found({});
      culvert::node::find_client_name(context.resolver, *parsed, std::move(found));
    };
    options.name_waits = &context.name_waits;
    drop_connection();
    connection = std::make_unique<SmtpClientConnection>(
        loop, context.flow.workers, std::move(options),
        [self = weak_from_this()](SmtpClientConnection& gone) {
          if (auto line = self.lock()) line->forget(gone);
        });
    deliver();
  }

  void deliver() {
    SmtpDelivery delivery;
    delivery.envelope = order->attempt->envelope();
    delivery.envelope.purpose = order->purpose;
    if (order->purpose == ClientEnvelope::Purpose::deliver) {
      const PathRow& row = path_row(order->attempt->entry.path);
      delivery.message = row.source(context.flow, order->attempt);
      if (row.traits.shows_client) {
        delivery.envelope.client = client_to_show(order->attempt->message, *config);
      }
    }
    delivery.on_done = [self = shared_from_this()](const DeliveryReport& done) {
      self->report(done);
    };
    connection->deliver(std::move(delivery));
  }

  void report(const DeliveryReport& done) {
    if (!order) return;
    AttemptReport on_report = std::move(order->on_report);
    order.reset();
    context.home.post([on_report = std::move(on_report), done]() mutable { on_report(done); });
  }

  // A replaced connection ends in the same turn in which its successor begins, and must not take
  // the successor with it: the successor's order would never be reported, and its mail would wait
  // until a restart.
  void forget(const SmtpClientConnection& gone) {
    if (connection.get() == &gone) drop_connection();
  }

  void drop_connection() {
    if (connection) loop.defer_destroy(std::move(connection));
  }

  const HopContext& context;
  EventLoop& loop;
  std::optional<Order> order;
  std::shared_ptr<const Config> config;  // with which `hop` and `connection` were made
  std::optional<NextHop> hop;
  std::unique_ptr<SmtpClientConnection> connection;
  bool closed = false;
};

Hop::Hop(const HopContext& context, EventLoop& loop)
    : loop_(loop), line_(std::make_shared<Line>(context, loop)) {}

Hop::~Hop() {
  loop_.post([line = std::move(line_)] {
    line->closed = true;
    line->drop_connection();
  });
}

void Hop::carry(SharedAttempt attempt, AttemptReport on_report) {
  send(std::move(attempt), ClientEnvelope::Purpose::deliver, std::move(on_report));
}

void Hop::verify(SharedAttempt attempt, AttemptReport on_report) {
  send(std::move(attempt), ClientEnvelope::Purpose::verify, std::move(on_report));
}

void Hop::send(SharedAttempt attempt, ClientEnvelope::Purpose purpose, AttemptReport on_report) {
  require(!busy_, "a hop that is free");
  busy_ = true;
  AttemptReport freed = [alive = life_.guard([this] { busy_ = false; }),
                         on_report = std::move(on_report)](const DeliveryReport& report) mutable {
    alive();
    on_report(report);
  };
  Line::Order order{std::move(attempt), purpose, std::move(freed)};
  loop_.post([line = line_, order = std::move(order)]() mutable { line->take(std::move(order)); });
}

}  // namespace culvert::node
