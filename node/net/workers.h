// Threads for work that a loop must not do: signatures, sealing, blocking name look-ups and HTTPS.
// The caller posts results back: `workers.submit([&loop, ...] { ...; loop.post(...); })`.
// Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "crypto/base/result.h"
#include "node/net/callback.h"

namespace culvert::node {

// Starts a thread that takes no signals, so that only the main thread does. `name` shows in `top`
// (at most 15 octets).
std::thread start_thread(std::string_view name, Task body);

class Workers {
 public:
  // `count` threads; at most `max_waiting` jobs that no thread has begun.
  Workers(std::size_t count, std::size_t max_waiting);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // Runs `job` in one of the threads, first come, first served. Jobs must not throw. temporary
  // `busy` if too many wait or after `stop`; the job is then dropped.
  Status submit(Task job);
  // Finishes the submitted jobs and joins. Idempotent.
  void stop();
  std::size_t waiting() const;

 private:
  void work();
  const std::size_t max_waiting_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace culvert::node
