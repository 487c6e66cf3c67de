#include "node/net/workers.h"

#include <pthread.h>
#include <signal.h>

#include <string>

namespace culvert::node {

std::thread start_thread(std::string_view name, Task body) {
  // A thread inherits its signal mask, so signals are blocked while it is created.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread([name = std::string(name.substr(0, 15)), body = std::move(body)]() mutable {
    pthread_setname_np(pthread_self(), name.c_str());
    body();
  });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

Workers::Workers(std::size_t count, std::size_t max_waiting) : max_waiting_(max_waiting) {
  threads_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    threads_.push_back(start_thread("worker-" + std::to_string(i), [this] { work(); }));
  }
}

Workers::~Workers() { stop(); }

Status Workers::submit(Task job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return temporary_error("busy", "the node is stopping");
    if (jobs_.size() >= max_waiting_) {
      return temporary_error("busy", "the node has too much work waiting");
    }
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
  return done();
}

void Workers::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

std::size_t Workers::waiting() const {
  const std::lock_guard lock(mutex_);
  return jobs_.size();
}

void Workers::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    {
      Task job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
    }
    lock.lock();
  }
}

}  // namespace culvert::node
