// Group commit: the thread that runs all writes of this process. Closures that wait while a commit
// is under way go into the next one together and share its fsync. For store.cc only.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "store/db.h"
#include "store/store.h"

namespace culvert::store {

class Committer {
 public:
  // `database` and `context` must outlive it. `before_commit` runs last in each transaction that
  // writes.
  Committer(Database& database, const StoreContext& context,
            std::function<void(WriteTransaction&)> before_commit);
  // Waits until every closure that was added is done.
  ~Committer();

  void add(Store::WriteFn fn, Store::DoneFn on_done);
  bool in_commit_thread() const { return std::this_thread::get_id() == thread_.get_id(); }
  Store::Counters counters() const;

 private:
  struct Job {
    Store::WriteFn fn;
    Store::DoneFn on_done;
    Status result = done();
    bool left_out = false;  // failed after it had written; the batch is run again without it
  };
  using Batch = std::vector<Job>;

  void run();
  Batch take_batch();
  std::size_t commit_some(Batch& batch, std::size_t from, std::size_t limit);
  std::size_t run_closures(TransactionState& state, Batch& batch, std::size_t from,
                           std::size_t limit);
  Status run_closure(TransactionState& state, Job& job);
  void report(Batch& batch, std::size_t from, std::size_t to);

  Database& database_;
  const StoreContext& context_;
  const std::function<void(WriteTransaction&)> before_commit_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> waiting_;
  Store::Counters counters_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses the rest
};

}  // namespace culvert::store
