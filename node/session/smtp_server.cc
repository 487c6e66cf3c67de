#include "node/session/smtp_server.h"

#include <condition_variable>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "node/smtp/replies.h"

namespace culvert::node {

struct SmtpServer::Impl final : PlaceHolders {
  // The connections of one loop; touched on that loop only.
  struct OfLoop {
    SmtpServerSettings settings;
    std::unordered_map<SmtpServerConnection*, std::unique_ptr<SmtpServerConnection>> connections;
    bool draining = false;
  };

  Impl(LoopGroup& all, ConnectionLimit& places, const SmtpServerSettings& settings)
      : loops(all), limit(places) {
    for (std::size_t i = 0; i < loops.size(); ++i)
      of_loop[&loops.at(i)].settings = settings;
    limit.add(*this);
  }
  ~Impl() override { limit.remove(*this); }

  void accept(EventLoop& loop, Accepted accepted);
  void offer(EventLoop& loop, GivingWay& choice) override;
  void gone(EventLoop& loop, SmtpServerConnection& connection);
  void count(int change);

  LoopGroup& loops;
  ConnectionLimit& limit;
  std::unordered_map<EventLoop*, OfLoop> of_loop;  // filled once; no rehash behind the loops' backs
  std::unique_ptr<Listener> listener;
  SocketAddress address;

  std::mutex mutex;
  std::condition_variable changed;
  long open = 0;
};

void SmtpServer::Impl::count(int change) {
  const std::lock_guard lock(mutex);
  open += change;
  if (open == 0) changed.notify_all();
}

void SmtpServer::Impl::accept(EventLoop& loop, Accepted accepted) {
  OfLoop& here = of_loop.at(&loop);
  if (here.draining) return;
  auto connection = std::make_unique<SmtpServerConnection>(
      loop, std::move(accepted), here.settings,
      [this, &loop](SmtpServerConnection& ended) { gone(loop, ended); });
  count(1);
  SmtpServerConnection* const key = connection.get();
  here.connections.emplace(key, std::move(connection));
}

void SmtpServer::Impl::offer(EventLoop& loop, GivingWay& choice) {
  for (const auto& [connection, owner] : of_loop.at(&loop).connections) {
    if (const auto since = connection->waits_since())
      choice.consider(connection->seat(), *since, *connection);
  }
}

void SmtpServer::Impl::gone(EventLoop& loop, SmtpServerConnection& connection) {
  auto node = of_loop.at(&loop).connections.extract(&connection);
  // Before `drain` hears of it: the connection itself lives until the end of this turn.
  connection.give_back_place();
  loop.defer_destroy(std::move(node.mapped()));
  count(-1);
}

SmtpServer::SmtpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<SmtpServer>> SmtpServer::open(LoopGroup& loops, const SocketAddress& address,
                                                     ConnectionLimit& limit,
                                                     const SmtpServerSettings& settings) {
  auto impl = std::make_unique<Impl>(loops, limit, settings);
  ListenOptions options{.address = address, .limit = &limit, .refusal = {}};
  options.refusal = wire_form(replies::too_busy());
  options.share_refusal = wire_form(replies::too_many_of_network());
  auto listener = Listener::open(loops, std::move(options),
                                 [impl = impl.get()](EventLoop& loop, Accepted accepted) {
                                   impl->accept(loop, std::move(accepted));
                                 });
  if (!listener) return listener.error();
  impl->listener = *std::move(listener);
  impl->address = impl->listener->address();
  return std::unique_ptr<SmtpServer>(new SmtpServer(std::move(impl)));
}

SmtpServer::~SmtpServer() {
  impl_->listener.reset();
  impl_->loops.run_on_all(
      [this](EventLoop& loop) { impl_->of_loop.at(&loop).connections.clear(); });
}

const SocketAddress& SmtpServer::address() const { return impl_->address; }

void SmtpServer::set_rules(const ServerRules& rules) {
  impl_->loops.run_on_all(
      [&](EventLoop& loop) { impl_->of_loop.at(&loop).settings.rules = rules; });
}

void SmtpServer::drain(std::chrono::seconds longest) {
  impl_->listener.reset();
  impl_->loops.run_on_all([this](EventLoop& loop) {
    Impl::OfLoop& here = impl_->of_loop.at(&loop);
    here.draining = true;
    for (auto& [key, connection] : here.connections)
      connection->drain();
  });
  std::unique_lock lock(impl_->mutex);
  impl_->changed.wait_for(lock, longest, [this] { return impl_->open == 0; });
}

}  // namespace culvert::node
