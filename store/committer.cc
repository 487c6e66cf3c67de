#include "store/committer.h"

#include <algorithm>
#include <exception>

namespace culvert::store {

namespace {

// Large enough that the fsync is a small part of a batch. Small enough that the first closure does
// not wait noticeably for the last.
constexpr std::size_t kBatchClosures = 512;
// A batch must fit between the reserve and the room made ahead (db.cc), index pages included.
constexpr std::uint64_t kBatchBytes = 4 * 1024 * 1024;
constexpr std::uint64_t kCommitsBetweenReaderChecks = 1000;

}  // namespace

Committer::Committer(Database& database, const StoreContext& context,
                     std::function<void(WriteTransaction&)> before_commit)
    : database_(database),
      context_(context),
      before_commit_(std::move(before_commit)),
      thread_([this] { run(); }) {}

Committer::~Committer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Committer::add(Store::WriteFn fn, Store::DoneFn on_done) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    was_empty = waiting_.empty();
    waiting_.push_back({std::move(fn), std::move(on_done)});
  }
  // If closures wait already, the thread has been woken. Waking it again would be a system call for
  // each message.
  if (was_empty) wake_.notify_one();
}

Store::Counters Committer::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

void Committer::run() {
  for (Batch batch = take_batch(); !batch.empty(); batch = take_batch()) {
    std::size_t at = 0;
    while (at < batch.size()) {
      const std::size_t end = commit_some(batch, at, batch.size() - at);
      report(batch, at, end);
      at = end;
    }
  }
}

// Empty when the thread is to end.
Committer::Batch Committer::take_batch() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
  const std::size_t size = std::min(waiting_.size(), kBatchClosures);
  Batch batch;
  batch.reserve(size);
  std::move(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(size),
            std::back_inserter(batch));
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(size));
  return batch;
}

// Commits at most `limit` closures from `from` on and sets their results. Returns where to go on.
std::size_t Committer::commit_some(Batch& batch, std::size_t from, std::size_t limit) {
  for (;;) {
    TransactionState state;
    state.context = &context_;
    Status committed = database_.begin_write(state);
    std::size_t end = from + limit;
    if (committed) {
      end = run_closures(state, batch, from, limit);
      if (end == from) {  // one was left out; undo what it wrote
        database_.abort(state);
        continue;
      }
      // Nothing to make durable: do not pay for a commit.
      if (state.writes == 0) {
        database_.abort(state);
      } else {
        committed = database_.commit(state);
      }
    }
    if (committed || state.is_in_doubt) {
      for (const auto& act : state.unless_undone)
        act();
    }
    if (committed) {
      for (const auto& act : state.after_commit)
        act();
      const std::lock_guard lock(mutex_);
      ++counters_.commits;
      counters_.closures += end - from;
      if (counters_.commits % kCommitsBetweenReaderChecks == 0) database_.clear_stale_readers();
      return end;
    }
    if (committed.error().code == "disk-full" && end - from > 1) {
      // Together they do not fit. In smaller parts, those that remove something do.
      limit = (end - from) / 2;
      continue;
    }
    for (std::size_t i = from; i < end; ++i) {
      if (batch[i].result) batch[i].result = committed;
    }
    return end;
  }
}

// Runs closures until the batch is large enough. Returns where it stopped, or `from` if a closure
// failed after it had written.
std::size_t Committer::run_closures(TransactionState& state, Batch& batch, std::size_t from,
                                    std::size_t limit) {
  std::size_t at = from;
  for (; at < from + limit && state.written_bytes < kBatchBytes; ++at) {
    Job& job = batch[at];
    if (job.left_out) continue;
    state.opened.clear();  // views of the previous closure ended with it
    const std::uint64_t writes_before = state.writes;
    const std::size_t acts_before = state.after_commit.size();
    const std::size_t kept_before = state.unless_undone.size();
    job.result = run_closure(state, job);
    if (job.result) continue;
    if (state.writes != writes_before || state.failure) {
      job.left_out = true;
      return from;
    }
    state.after_commit.resize(acts_before);
    state.unless_undone.resize(kept_before);
  }
  if (state.writes != 0 && before_commit_) {
    WriteTransaction txn(state);
    before_commit_(txn);
  }
  return at;
}

Status Committer::run_closure(TransactionState& state, Job& job) {
  WriteTransaction txn(state);
  Status result = done();
  try {
    result = job.fn(txn);
  } catch (const std::exception& e) {
    result = internal_error("closure-threw", "an internal error", e.what());
  } catch (...) {
    result = internal_error("closure-threw", "an internal error");
  }
  if (state.failure) return *state.failure;
  return result;
}

void Committer::report(Batch& batch, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i) {
    Job job = std::move(batch[i]);
    // Destroy the closure before the caller is told: a body that was not committed removes its file
    // then.
    job.fn = nullptr;
    job.on_done(std::move(job.result));
  }
}

}  // namespace culvert::store
