// The working part of Transport. Inside node/net.
#pragma once

#include "node/net/send_queue.h"
#include "node/net/tls_engine.h"
#include "node/net/transport.h"

namespace culvert::node {

class Transport::Impl final : public FdListener, public TurnEndListener, public TlsEvents {
 public:
  enum class State {
    connecting,
    open,
    finishing,  // sends what is left
    lingering,  // everything sent, waits for the peer's end
    closed,     // the socket is gone, `on_closed` is due
    dead,       // `on_closed` was called
  };

  Impl(EventLoop& in_loop, TransportListener& in_listener) : loop(in_loop), listener(in_listener) {}
  ~Impl() override { loop.forget_turn_end(*this); }

  void adopt(Socket accepted);
  void connect(const SocketAddress& to, std::chrono::milliseconds timeout);
  // What the owner has queued so far leaves in clear, before any TLS octet.
  void release_clear();
  void start_tls(std::unique_ptr<TlsEngine> engine);
  void forget_arrived();
  void set_paused(bool shall);
  void set_idle(std::chrono::milliseconds time);
  void set_deadline(std::chrono::milliseconds time);
  void want_flush() { loop.call_at_turn_end(*this); }
  void finish();
  // Only the first reason counts; the listener learns of it at the end of a turn.
  void close(CloseReason reason);

  void on_readable() override;
  void on_writable() override;
  void on_turn_end() override;
  void on_tls_wire(ByteView octets) override;
  void on_tls_plain(ByteView octets) override;
  void on_tls_established(TlsInfo info) override;
  void on_tls_end() override;

  EventLoop& loop;
  TransportListener& listener;
  State state = State::open;
  SocketAddress local;
  SocketAddress peer;
  SendQueue plain;  // given by the owner, not yet sealed if TLS is on
  SendQueue wire;   // as it leaves
  std::unique_ptr<TlsEngine> tls;

 private:
  void watch();
  void update_interest();
  bool handshaking() const { return tls && !tls->active(); }
  // A pause is usually over before the next octets come, so the socket stays watched until some do.
  bool reads_for_owner() const { return state == State::open && !disturbed_ && !end_seen_; }
  void on_connect_result();
  void take_wire(ByteView octets);
  void take_sealed(ByteView octets);
  void on_peer_end();
  void linger_over(std::size_t count);
  void flush();
  bool seal_queued();
  void after_flush();
  void begin_linger();
  void fail_tls(const Error& error);
  void limit_phase(std::chrono::milliseconds time, CloseReason reason);
  void arm_idle(std::chrono::milliseconds time);
  void on_idle_timer();
  void tell_timeout();

  Socket socket_;
  std::unique_ptr<FdWatch> watch_;
  CloseReason reason_;
  bool paused_ = false;
  bool disturbed_ = false;  // octets came during the pause; they stay in the kernel
  bool end_seen_ = false;   // the peer sends nothing more
  bool blocked_ = false;    // the kernel takes no more for now
  bool drain_due_ = false;  // octets of the owner have left since `on_drained`
  bool tls_ended_ = false;  // close_notify came in this read
  std::unique_ptr<TlsInfo> established_;
  std::size_t lingered_octets_ = 0;
  std::chrono::milliseconds idle_{0};
  SteadyTime last_moved_{};
  Timer idle_timer_;
  Timer deadline_timer_;
  Timer phase_timer_;  // connecting, handshake, lingering: one at a time
};

}  // namespace culvert::node
