// The event loop: one thread that waits for sockets, timers and posted tasks (libevent inside; no
// other part of the folder knows it). A connection stays on one loop for its whole life and needs
// no lock.
//
// One turn of the loop: 1. callbacks of sockets and timers that are due, 2. posted tasks, 3. the
// turn's end: listeners of `call_at_turn_end` (transports send what was queued, in one system
// call), 4. objects given to `defer_destroy` die. So an object may ask for its own destruction in a
// callback.
//
// Threads: `post`, `stop` and `is_loop_thread` may be called from any thread. Everything else
// belongs on the loop's own thread or, before `run` starts and after it has returned, on the thread
// that holds the loop. Callbacks must not throw and must not block.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "node/net/callback.h"

namespace culvert::node {

// Largest piece read from a socket at once; one such buffer serves the whole loop.
inline constexpr std::size_t kReadChunkBytes = 64 * 1024;

// Told when a watched descriptor is ready. Level-triggered.
class FdListener {
 public:
  virtual ~FdListener() = default;
  virtual void on_readable() = 0;
  virtual void on_writable() = 0;
};

enum class Interest { none, read, write, read_write };

// Watches one descriptor. Does not own it; the descriptor must stay open as long as the watch
// lives.
class FdWatch {
 public:
  virtual ~FdWatch() = default;
  virtual void set_interest(Interest interest) = 0;
};

// Told at the end of the turn.
class TurnEndListener {
 public:
  virtual ~TurnEndListener() = default;
  virtual void on_turn_end() = 0;

 private:
  friend class EventLoop;
  bool awaits_turn_end_ = false;
};

// A pending `call_after`. Destroying or cancelling it on the loop's thread prevents the call. A
// moved-from or fired timer does nothing. It must not outlive the loop.
class Timer {
 public:
  struct Impl;
  Timer();
  explicit Timer(std::unique_ptr<Impl> impl);
  Timer(Timer&& other) noexcept;
  Timer& operator=(Timer&& other) noexcept;
  ~Timer();
  void cancel();
  bool pending() const;

 private:
  std::unique_ptr<Impl> impl_;
};

class EventLoop {
 public:
  // Throws std::runtime_error if the system gives no descriptor (start-up only).
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Works until `stop`. May be called again.
  void run();
  // Works for one turn, waiting at most `wait` for something to happen. For tests and commands.
  void run_once(std::chrono::milliseconds wait);
  // `run` returns at the end of the current turn. Tasks still posted run at the next `run`, or die
  // with the loop.
  void stop();

  // Runs `task` on the loop in a later turn, in posting order. Any thread. Many posts between two
  // turns cost one wake-up.
  void post(Task task);
  // Runs `task` on the loop once `delay` has passed, never at once.
  [[nodiscard]] Timer call_after(std::chrono::milliseconds delay, Task task);
  // `listener` must outlive the watch. Starts with Interest::none.
  std::unique_ptr<FdWatch> watch(int fd, FdListener& listener);
  // Calls `listener` once at the end of this turn; asking again in the same turn is free. A call
  // during a turn's end is for the next turn, which then comes without waiting.
  void call_at_turn_end(TurnEndListener& listener);
  // Must be called by a listener that dies while it is registered.
  void forget_turn_end(TurnEndListener& listener);

  // `object` dies at the end of this turn.
  template <typename T>
  void defer_destroy(std::unique_ptr<T> object) {
    keep_until_turn_end(Dying(object.release(), [](void* p) { delete static_cast<T*>(p); }));
  }

  // True on the thread that is inside `run` or `run_once`.
  bool is_loop_thread() const;
  // The time at which this turn began; cheap to ask.
  SteadyTime now() const;

  // Scratch space for reading, shared by the whole loop; its content is valid within one callback.
  MutableBytes read_buffer();
  Bytes& plain_buffer();

 private:
  using Dying = std::unique_ptr<void, void (*)(void*)>;
  void keep_until_turn_end(Dying object);
  // True on the loop's thread, and while it is not inside `run`.
  bool is_free_for_us() const;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Guards a callback against the death of the object that it would touch: what `token.guard(f)`
// returns does nothing once the token has died. Make, call and destroy on one loop's thread;
// guarded callbacks may travel between threads.
class LifeToken {
 public:
  LifeToken() : alive_(std::make_shared<char>()) {}
  LifeToken(const LifeToken&) = delete;
  LifeToken& operator=(const LifeToken&) = delete;

  template <typename F>
  auto guard(F function) const {
    return [weak = std::weak_ptr<char>(alive_), f = std::move(function)](auto&&... args) mutable {
      if (!weak.expired()) f(std::forward<decltype(args)>(args)...);
    };
  }

 private:
  std::shared_ptr<char> alive_;  // shared: the only way to hand out weak references
};

// N loops in N threads. The threads take no signals.
class LoopGroup {
 public:
  // Starts the threads at once.
  explicit LoopGroup(std::size_t count);
  // Stops and joins. Objects that live on the loops must be destroyed first: on their loop (by a
  // posted task), or between `stop` and the group's end.
  ~LoopGroup();
  LoopGroup(const LoopGroup&) = delete;
  LoopGroup& operator=(const LoopGroup&) = delete;

  std::size_t size() const { return loops_.size(); }
  EventLoop& at(std::size_t index) { return *loops_[index]; }
  // Runs `task(loop)` on every loop and waits until all have done so. Not from a loop's thread.
  void run_on_all(const std::function<void(EventLoop&)>& task);
  // Stops all loops and joins their threads; the loops still exist afterwards. Idempotent.
  void stop();

 private:
  std::vector<std::unique_ptr<EventLoop>> loops_;
  std::vector<std::thread> threads_;
};

}  // namespace culvert::node
