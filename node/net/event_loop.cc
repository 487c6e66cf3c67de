#include "node/net/event_loop.h"

#include <event2/event.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <stdexcept>

#include "crypto/base/require.h"
#include "node/net/socket.h"

namespace culvert::node {
namespace {

constexpr const char* kOwnThread = "a call on the loop's own thread";

struct BaseDeleter {
  void operator()(event_base* base) const { event_base_free(base); }
};
struct EventDeleter {
  void operator()(event* one) const { event_free(one); }
};
using BasePointer = std::unique_ptr<event_base, BaseDeleter>;
using EventPointer = std::unique_ptr<event, EventDeleter>;

timeval to_timeval(std::chrono::milliseconds time) {
  const auto count = std::max<std::chrono::milliseconds::rep>(time.count(), 0);
  return {static_cast<time_t>(count / 1000), static_cast<suseconds_t>(count % 1000 * 1000)};
}

BasePointer make_base() {
  std::unique_ptr<event_config, void (*)(event_config*)> config(event_config_new(),
                                                                event_config_free);
  // One thread uses a base, so it needs no lock. But there must be no list of changes that are
  // applied later (EPOLL_USE_CHANGELIST, which saves system calls): an entry for a closed
  // descriptor would be applied to a new descriptor of the same number, which another loop has.
  event_config_set_flag(config.get(), EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV);
  return BasePointer(event_base_new_with_config(config.get()));
}

class LibeventWatch final : public FdWatch {
 public:
  LibeventWatch(event_base* base, int fd, FdListener& listener)
      : read_(event_new(base, fd, EV_READ | EV_PERSIST, &LibeventWatch::readable, &listener)),
        write_(event_new(base, fd, EV_WRITE | EV_PERSIST, &LibeventWatch::writable, &listener)) {}

  void set_interest(Interest interest) override {
    set(read_, reading_, interest == Interest::read || interest == Interest::read_write);
    set(write_, writing_, interest == Interest::write || interest == Interest::read_write);
  }

 private:
  static void set(EventPointer& one, bool& is, bool shall) {
    if (is == shall) return;
    is = shall;
    if (shall) {
      event_add(one.get(), nullptr);
    } else {
      event_del(one.get());
    }
  }
  static void readable(int, short, void* listener) noexcept {
    static_cast<FdListener*>(listener)->on_readable();
  }
  static void writable(int, short, void* listener) noexcept {
    static_cast<FdListener*>(listener)->on_writable();
  }

  EventPointer read_;
  EventPointer write_;
  bool reading_ = false;
  bool writing_ = false;
};

}  // namespace

struct Timer::Impl {
  EventPointer due;
  Task task;

  static void fire(int, short, void* self) noexcept {
    auto* timer = static_cast<Impl*>(self);
    // The task may replace or destroy the timer that holds it.
    Task task = std::move(timer->task);
    task();
  }
};

Timer::Timer() = default;
Timer::Timer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Timer::Timer(Timer&& other) noexcept = default;
Timer& Timer::operator=(Timer&& other) noexcept = default;
Timer::~Timer() = default;
void Timer::cancel() { impl_.reset(); }
bool Timer::pending() const { return impl_ != nullptr && static_cast<bool>(impl_->task); }

struct EventLoop::Impl {
  BasePointer base = make_base();
  Socket wake_fd{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  EventPointer wake;
  EventPointer turn_limit;

  std::mutex mutex;
  std::vector<Task> posted;  // under mutex
  std::atomic<bool> stopping{false};
  std::atomic<std::thread::id> thread{};

  std::vector<TurnEndListener*> turn_end;
  std::vector<TurnEndListener*> turn_end_now;
  std::vector<Dying> dying;
  std::vector<Task> running;
  mutable std::optional<SteadyTime> now;
  Bytes read_buffer = Bytes(kReadChunkBytes);
  Bytes plain_buffer;

  void turn(std::optional<std::chrono::milliseconds> wait);
  bool has_work();
  void run_posted();
  void end_turn();
};

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {
  if (!impl_->base || !impl_->wake_fd)
    throw std::runtime_error("no event loop: out of descriptors");
  // Edge-triggered: each write wakes once and nothing needs to be read back.
  impl_->wake.reset(event_new(
      impl_->base.get(), impl_->wake_fd.fd(), EV_READ | EV_PERSIST | EV_ET,
      [](int, short, void*) {}, nullptr));
  impl_->turn_limit.reset(evtimer_new(
      impl_->base.get(), [](int, short, void*) {}, nullptr));
  if (event_add(impl_->wake.get(), nullptr) != 0) {
    throw std::runtime_error("no event loop: cannot watch its wake-up descriptor");
  }
}

EventLoop::~EventLoop() {
  impl_->end_turn();
  // Tasks may own things that refer to this loop, so they go while all of it still exists.
  std::vector<Task> left;
  {
    const std::lock_guard lock(impl_->mutex);
    left.swap(impl_->posted);
  }
  left.clear();
  impl_->end_turn();
}

void EventLoop::run() {
  impl_->thread = std::this_thread::get_id();
  while (!impl_->stopping.exchange(false))
    impl_->turn(std::nullopt);
  impl_->thread = std::thread::id();
}

void EventLoop::run_once(std::chrono::milliseconds wait) {
  impl_->thread = std::this_thread::get_id();
  impl_->turn(wait);
  impl_->thread = std::thread::id();
}

void EventLoop::stop() {
  impl_->stopping = true;
  post([] {});
}

void EventLoop::post(Task task) {
  bool asleep = false;
  {
    const std::lock_guard lock(impl_->mutex);
    // If other tasks wait already, the first of them has woken the loop. The loop itself looks at
    // the list before it sleeps.
    asleep = impl_->posted.empty() && !is_loop_thread();
    impl_->posted.push_back(std::move(task));
  }
  if (!asleep) return;
  const std::uint64_t one = 1;
  // Fails only if the counter is full, and then the loop is awake anyway.
  [[maybe_unused]] const ssize_t written = ::write(impl_->wake_fd.fd(), &one, sizeof one);
}

Timer EventLoop::call_after(std::chrono::milliseconds delay, Task task) {
  require(is_free_for_us(), kOwnThread);
  auto timer = std::make_unique<Timer::Impl>();
  timer->task = std::move(task);
  timer->due.reset(evtimer_new(impl_->base.get(), &Timer::Impl::fire, timer.get()));
  const timeval time = to_timeval(delay);
  event_add(timer->due.get(), &time);
  return Timer(std::move(timer));
}

std::unique_ptr<FdWatch> EventLoop::watch(int fd, FdListener& listener) {
  require(is_free_for_us(), kOwnThread);
  return std::make_unique<LibeventWatch>(impl_->base.get(), fd, listener);
}

void EventLoop::call_at_turn_end(TurnEndListener& listener) {
  require(is_free_for_us(), kOwnThread);
  if (listener.awaits_turn_end_) return;
  listener.awaits_turn_end_ = true;
  impl_->turn_end.push_back(&listener);
}

void EventLoop::forget_turn_end(TurnEndListener& listener) {
  std::replace(impl_->turn_end_now.begin(), impl_->turn_end_now.end(), &listener,
               static_cast<TurnEndListener*>(nullptr));
  if (!listener.awaits_turn_end_) return;
  listener.awaits_turn_end_ = false;
  std::erase(impl_->turn_end, &listener);
}

void EventLoop::keep_until_turn_end(Dying object) {
  require(is_free_for_us(), kOwnThread);
  impl_->dying.push_back(std::move(object));
}

bool EventLoop::is_loop_thread() const {
  return impl_->thread.load() == std::this_thread::get_id();
}

bool EventLoop::is_free_for_us() const {
  const std::thread::id owner = impl_->thread.load(std::memory_order_relaxed);
  return owner == std::thread::id() || owner == std::this_thread::get_id();
}

SteadyTime EventLoop::now() const {
  if (!impl_->now) impl_->now = std::chrono::steady_clock::now();
  return *impl_->now;
}

MutableBytes EventLoop::read_buffer() { return impl_->read_buffer; }
Bytes& EventLoop::plain_buffer() { return impl_->plain_buffer; }

bool EventLoop::Impl::has_work() {
  if (!turn_end.empty() || !dying.empty()) return true;
  const std::lock_guard lock(mutex);
  return !posted.empty();
}

void EventLoop::Impl::turn(std::optional<std::chrono::milliseconds> wait) {
  int flags = EVLOOP_ONCE;
  if (has_work()) {
    flags |= EVLOOP_NONBLOCK;
  } else if (wait) {
    const timeval time = to_timeval(*wait);
    event_add(turn_limit.get(), &time);
  }
  now.reset();
  event_base_loop(base.get(), flags);
  if (wait) event_del(turn_limit.get());
  run_posted();
  end_turn();
}

void EventLoop::Impl::run_posted() {
  {
    const std::lock_guard lock(mutex);
    running.swap(posted);
  }
  for (Task& task : running)
    task();
  running.clear();
}

void EventLoop::Impl::end_turn() {
  turn_end_now.swap(turn_end);
  // Indexed: a listener that dies takes itself out of the list.
  for (std::size_t i = 0; i < turn_end_now.size(); ++i) {
    TurnEndListener* listener = turn_end_now[i];
    if (listener == nullptr) continue;
    turn_end_now[i] = nullptr;
    listener->awaits_turn_end_ = false;
    listener->on_turn_end();
  }
  turn_end_now.clear();
  while (!dying.empty()) {
    std::vector<Dying> now_dying;
    now_dying.swap(dying);
  }
}

}  // namespace culvert::node
