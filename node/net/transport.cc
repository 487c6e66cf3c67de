#include "node/net/transport.h"

#include "node/net/transport_impl.h"

namespace culvert::node {

Transport::Transport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Transport::~Transport() = default;

std::unique_ptr<Transport> Transport::accepted(EventLoop& loop, Socket socket,
                                               TransportListener& listener) {
  auto impl = std::make_unique<Impl>(loop, listener);
  impl->adopt(std::move(socket));
  return std::unique_ptr<Transport>(new Transport(std::move(impl)));
}

std::unique_ptr<Transport> Transport::connect(EventLoop& loop, const SocketAddress& to,
                                              std::chrono::milliseconds timeout,
                                              TransportListener& listener) {
  auto impl = std::make_unique<Impl>(loop, listener);
  impl->connect(to, timeout);
  return std::unique_ptr<Transport>(new Transport(std::move(impl)));
}

void Transport::send(ByteView octets) {
  if (!is_open() || octets.empty()) return;
  impl_->plain.add(octets);
  impl_->want_flush();
}

void Transport::send(Bytes&& octets) {
  if (!is_open() || octets.empty()) return;
  impl_->plain.add(std::move(octets));
  impl_->want_flush();
}

std::size_t Transport::queued_octets() const { return impl_->plain.size() + impl_->wire.size(); }

void Transport::pause_reading() { impl_->set_paused(true); }
void Transport::resume_reading() { impl_->set_paused(false); }

void Transport::set_idle_timeout(std::chrono::milliseconds time) { impl_->set_idle(time); }
void Transport::set_deadline(std::chrono::milliseconds time) { impl_->set_deadline(time); }

void Transport::start_tls(TlsServerContext& context) {
  if (!is_open()) return;
  // Octets that came before our 220 left can only be clear text (STARTTLS injection). If nothing is
  // waiting to leave, TLS begins without STARTTLS, and the octets that are there are the client's
  // hello.
  if (queued_octets() > 0) impl_->forget_arrived();
  impl_->release_clear();
  impl_->start_tls(TlsEngine::server(context, *impl_));
}

void Transport::start_tls(TlsClientContext& context, const std::string& host,
                          const ServerProof& proof) {
  if (!is_open()) return;
  // A server has nothing to say before it has seen the hello, which has not left yet.
  impl_->forget_arrived();
  impl_->release_clear();
  impl_->start_tls(TlsEngine::client(context, {host, impl_->peer.port, proof}, *impl_));
}

bool Transport::tls_active() const { return impl_->tls && impl_->tls->active(); }

void Transport::finish() { impl_->finish(); }
void Transport::abort() { impl_->close({CloseReason::Kind::by_owner, "closed by us"}); }
bool Transport::is_open() const {
  return impl_->state == Impl::State::connecting || impl_->state == Impl::State::open;
}
const SocketAddress& Transport::local() const { return impl_->local; }
const SocketAddress& Transport::peer() const { return impl_->peer; }

}  // namespace culvert::node
