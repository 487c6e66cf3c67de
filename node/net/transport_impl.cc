#include "node/net/transport_impl.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "crypto/base/log.h"

namespace culvert::node {
namespace {

using Kind = CloseReason::Kind;

// Enough for what a peer still had under way when we closed.
constexpr std::size_t kMaxLingerOctets = 256 * 1024;
// A peer that takes none of our last octets for this long gets no more of them.
constexpr std::chrono::seconds kFinishIdleTime{60};
// Reads that throw octets away at STARTTLS before we call it an attack.
constexpr int kMaxForgetReads = 16;

int socket_error(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

}  // namespace

void Transport::Impl::adopt(Socket accepted) {
  socket_ = std::move(accepted);
  local = local_address(socket_);
  peer = peer_address(socket_);
  last_moved_ = loop.now();
  watch();
}

void Transport::Impl::connect(const SocketAddress& to, std::chrono::milliseconds timeout) {
  peer = to;
  state = State::connecting;
  Result<Socket> socket = begin_connect(to);
  if (!socket) {
    close({Kind::connect_failed, socket.error().text});
    return;
  }
  socket_ = std::move(socket).value();
  watch();
  limit_phase(timeout, {Kind::timed_out, "no answer to the connection attempt"});
}

void Transport::Impl::watch() {
  watch_ = loop.watch(socket_.fd(), *this);
  update_interest();
}

void Transport::Impl::update_interest() {
  if (!watch_) return;
  const bool discards = (state == State::finishing || state == State::lingering) && !end_seen_;
  const bool handshake_reads = state == State::open && handshaking() && !end_seen_;
  const bool reads = reads_for_owner() || discards || handshake_reads;
  const bool writes = state == State::connecting || blocked_;
  if (reads) {
    watch_->set_interest(writes ? Interest::read_write : Interest::read);
  } else {
    watch_->set_interest(writes ? Interest::write : Interest::none);
  }
}

void Transport::Impl::on_connect_result() {
  const int error = socket_error(socket_.fd());
  if (error != 0) {
    close({Kind::connect_failed, std::strerror(error)});
    return;
  }
  phase_timer_.cancel();
  state = State::open;
  local = local_address(socket_);
  last_moved_ = loop.now();
  update_interest();
  want_flush();
  listener.on_connected();
}

void Transport::Impl::on_writable() {
  if (state == State::connecting) {
    on_connect_result();
    return;
  }
  blocked_ = false;
  flush();
  update_interest();
}

void Transport::Impl::on_readable() {
  if (state == State::open && paused_ && !handshaking()) {
    disturbed_ = true;
    return update_interest();
  }
  const MutableBytes buffer = loop.read_buffer();
  const ssize_t got = ::recv(socket_.fd(), buffer.data(), buffer.size(), 0);
  if (got < 0) {
    if (!would_block(errno)) close({Kind::io_failed, std::strerror(errno)});
    return;
  }
  if (got == 0) {
    on_peer_end();
    return;
  }
  last_moved_ = loop.now();
  const MutableBytes arrived = buffer.first(static_cast<std::size_t>(got));
  if (state == State::open) {
    take_wire(arrived);
  } else {
    linger_over(arrived.size());
  }
  // The buffer lives as long as the loop; mail that came in clear must not.
  wipe(arrived);
}

void Transport::Impl::linger_over(std::size_t count) {
  lingered_octets_ += count;
  if (lingered_octets_ > kMaxLingerOctets) close({Kind::by_owner, "closed by us"});
}

void Transport::Impl::on_peer_end() {
  end_seen_ = true;
  if (state == State::lingering) {
    close({Kind::by_owner, "closed by us"});
  } else if (state == State::open && handshaking()) {
    close({Kind::tls_failed, "the other side closed during the TLS handshake"});
  } else if (state == State::open) {
    update_interest();
    listener.on_end();
  } else {
    update_interest();
  }
}

void Transport::Impl::take_wire(ByteView octets) {
  if (tls) {
    take_sealed(octets);
  } else {
    listener.on_octets(octets);
  }
}

void Transport::Impl::take_sealed(ByteView octets) {
  Bytes& opened = loop.plain_buffer();
  opened.clear();
  tls_ended_ = false;
  const Status received = tls->receive(octets);
  want_flush();
  if (established_) {
    phase_timer_.cancel();
    const auto info = std::move(established_);
    listener.on_tls_ready(*info);
  }
  // What the peer sealed before its error or its end still counts.
  if (!opened.empty() && state == State::open) listener.on_octets(opened);
  wipe(opened);
  if (!received) {
    fail_tls(received.error());
  } else if (tls_ended_ && state == State::open) {
    on_peer_end();
  }
  update_interest();
}

void Transport::Impl::on_tls_wire(ByteView octets) { wire.add(octets); }
void Transport::Impl::on_tls_plain(ByteView octets) { append(loop.plain_buffer(), octets); }
void Transport::Impl::on_tls_established(TlsInfo info) {
  established_ = std::make_unique<TlsInfo>(std::move(info));
}
void Transport::Impl::on_tls_end() { tls_ended_ = true; }

void Transport::Impl::release_clear() {
  drain_due_ = drain_due_ || !plain.empty();
  wire.take(plain);
}

void Transport::Impl::start_tls(std::unique_ptr<TlsEngine> engine) {
  tls = std::move(engine);
  if (!tls) {
    close({Kind::tls_failed, "TLS cannot begin"});
    return;
  }
  limit_phase(kTlsHandshakeTime, {Kind::tls_failed, "the TLS handshake took too long"});
  update_interest();
  want_flush();
}

void Transport::Impl::forget_arrived() {
  if (state != State::open) return;
  for (int i = 0; i < kMaxForgetReads; ++i) {
    std::uint8_t thrown_away[4096];
    if (::recv(socket_.fd(), thrown_away, sizeof thrown_away, MSG_DONTWAIT) <= 0) return;
  }
  close({Kind::tls_failed, "the other side sends clear text where TLS should begin"});
}

void Transport::Impl::fail_tls(const Error& error) {
  // The alert goes out if the kernel takes it now.
  if (socket_) wire.write_to(socket_.fd());
  close({Kind::tls_failed, error.text});
}

void Transport::Impl::set_paused(bool shall) {
  if (paused_ != shall) disturbed_ = false;
  paused_ = shall;
  update_interest();
}

void Transport::Impl::finish() {
  if (state == State::connecting) close({Kind::by_owner, "closed by us"});
  if (state != State::open) return;
  // Nothing can be sealed before the handshake is done, so there is nothing to wait for.
  if (handshaking()) {
    close({Kind::by_owner, "closed by us during the TLS handshake"});
    return;
  }
  state = State::finishing;
  deadline_timer_.cancel();
  last_moved_ = loop.now();
  set_idle(idle_.count() > 0 ? idle_ : kFinishIdleTime);
  update_interest();
  want_flush();
}

void Transport::Impl::close(CloseReason reason) {
  if (state == State::closed || state == State::dead) return;
  state = State::closed;
  reason_ = std::move(reason);
  watch_.reset();
  socket_.close();
  plain.clear();
  wire.clear();
  idle_timer_.cancel();
  deadline_timer_.cancel();
  phase_timer_.cancel();
  loop.call_at_turn_end(*this);
}

}  // namespace culvert::node
