// The second half of Transport::Impl: sending, and timers.
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "node/net/transport_impl.h"

namespace culvert::node {

using Kind = CloseReason::Kind;

void Transport::Impl::on_turn_end() {
  if (state == State::closed) {
    state = State::dead;
    listener.on_closed(reason_);
    return;
  }
  if (state == State::connecting || state == State::dead) return;
  flush();
  update_interest();
}

bool Transport::Impl::seal_queued() {
  if (!tls) {
    release_clear();
    return true;
  }
  while (tls->active() && !plain.empty()) {
    drain_due_ = true;
    const Bytes piece = plain.pop();
    const Status sent = tls->send(piece);
    if (!sent) {
      fail_tls(sent.error());
      return false;
    }
  }
  return true;
}

void Transport::Impl::flush() {
  if (blocked_ || !seal_queued()) return;
  if (state == State::finishing && tls && plain.empty()) tls->close();
  const std::size_t before = wire.size();
  const SendQueue::Outcome outcome = wire.write_to(socket_.fd());
  if (outcome == SendQueue::Outcome::failed) {
    close({Kind::io_failed, std::strerror(errno)});
    return;
  }
  if (wire.size() != before) last_moved_ = loop.now();
  blocked_ = outcome == SendQueue::Outcome::blocked;
  if (!blocked_) after_flush();
}

void Transport::Impl::after_flush() {
  if (state == State::finishing) {
    begin_linger();
  } else if (state == State::open && drain_due_ && plain.empty()) {
    drain_due_ = false;
    listener.on_drained();
  }
}

void Transport::Impl::begin_linger() {
  if (end_seen_) {
    close({Kind::by_owner, "closed by us"});
    return;
  }
  // Closing while octets of the peer are unread would reset the connection and could destroy our
  // last answer on its way.
  state = State::lingering;
  ::shutdown(socket_.fd(), SHUT_WR);
  idle_timer_.cancel();
  limit_phase(kLingerTime, {Kind::by_owner, "closed by us"});
}

void Transport::Impl::limit_phase(std::chrono::milliseconds time, CloseReason reason) {
  phase_timer_ = loop.call_after(time, [this, reason = std::move(reason)] { close(reason); });
}

void Transport::Impl::set_deadline(std::chrono::milliseconds time) {
  deadline_timer_.cancel();
  if (time.count() <= 0 || state == State::closed || state == State::dead) return;
  deadline_timer_ = loop.call_after(time, [this] { tell_timeout(); });
}

void Transport::Impl::set_idle(std::chrono::milliseconds time) {
  idle_ = time;
  idle_timer_.cancel();
  last_moved_ = loop.now();
  if (time.count() <= 0 || state == State::closed || state == State::dead) return;
  arm_idle(time);
}

// The timer is not moved with every octet: when it fires, it checks how long ago the last one was.
void Transport::Impl::arm_idle(std::chrono::milliseconds time) {
  idle_timer_ = loop.call_after(time, [this] { on_idle_timer(); });
}

void Transport::Impl::on_idle_timer() {
  const auto quiet = std::chrono::floor<std::chrono::milliseconds>(loop.now() - last_moved_);
  if (quiet < idle_) {
    arm_idle(std::max(idle_ - quiet, std::chrono::milliseconds(1)));
    return;
  }
  last_moved_ = loop.now();
  arm_idle(idle_);
  tell_timeout();
}

void Transport::Impl::tell_timeout() {
  if (state == State::open) {
    listener.on_timeout();
  } else if (state == State::finishing) {
    close({Kind::timed_out, "the other side takes nothing more"});
  }
}

}  // namespace culvert::node
