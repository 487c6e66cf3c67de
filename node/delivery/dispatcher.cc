#include "node/delivery/dispatcher.h"

#include <algorithm>
#include <deque>

#include "crypto/base/log.h"
#include "node/delivery/paths.h"
#include "node/delivery/retry_schedule.h"
#include "node/delivery/settlement.h"
#include "node/delivery/unknown_paths.h"

namespace culvert::node {

// The traffic to one destination.
struct Dispatcher::Lane {
  std::deque<store::EntryId> ready;  // claimed, not begun
  std::size_t in_hand = 0;           // begun, not settled
  std::vector<std::unique_ptr<Hop>> hops;
  Backoff backoff;
  SteadyTime used{};

  bool idle_since(SteadyTime then) const {
    return ready.empty() && in_hand == 0 && used < then && !backoff.rests(then);
  }
};

namespace {

// A lane and its connections are forgotten after this long without traffic.
constexpr std::chrono::minutes kLaneLifetime{2};

bool leads_elsewhere(store::DeliveryPath path) { return path_traits(path).leads_elsewhere; }

bool is_report_to_world(const Attempt& attempt) {
  return path_traits(attempt.entry.path).leads_to_strangers && !attempt.message.sender;
}

// True if no server answered at all: the destination is down, rather than the message bad.
bool is_dead(const DeliveryReport& report) {
  return std::all_of(report.outcomes.begin(), report.outcomes.end(), [](const auto& outcome) {
    return !outcome.from_server && outcome.reply.temporary();
  });
}

}  // namespace

Dispatcher::Dispatcher(FlowContext& flow, HopContext& hops, LoopGroup& loops, Opener& opener)
    : flow_(flow), hops_(hops), loops_(loops), opener_(opener) {}

Dispatcher::~Dispatcher() = default;

void Dispatcher::start() {
  const Status submitted = flow_.workers.submit([this] { release_known_paths(flow_); });
  if (!submitted) log_warning("held mail is not looked at: {}", submitted.error().text);
  look();
}

void Dispatcher::wake() {
  if (awake_.exchange(true)) return;
  hops_.home.post([this] { look(); });
}

void Dispatcher::forget_failures() {
  for (auto& [key, lane] : lanes_)
    lane.backoff.forget();
  wake();
}

void Dispatcher::forget_failures(std::vector<std::string> destinations) {
  hops_.home.post([this, destinations = std::move(destinations)] {
    for (auto& [key, lane] : lanes_) {
      const bool is_meant =
          std::find(destinations.begin(), destinations.end(), key.second) != destinations.end();
      if (is_meant) lane.backoff.forget();
    }
    wake();
  });
}

bool Dispatcher::drained() {
  stopping_ = true;
  return std::all_of(lanes_.begin(), lanes_.end(),
                     [](const auto& lane) { return lane.second.in_hand == 0; });
}

void Dispatcher::look() {
  awake_.store(false);
  timer_ = hops_.home.call_after(kDispatchInterval, [this] { look(); });
  if (stopping_) return;
  flow_.watch.look();
  hold_unknown();
  for (const PathRow* row : all_paths())
    look_at(row->path);
  tend_lanes();
}

bool Dispatcher::has_room(store::DeliveryPath path) const {
  const PathTraits& traits = path_traits(path);
  if (!traits.leads_elsewhere) return true;
  return outward_ < kMaxAttemptsAtOnce - (traits.leads_to_strangers ? kAttemptsKeptForPeers : 0);
}

void Dispatcher::hold_unknown() {
  if (unknown_held_ != SteadyTime{} && hops_.home.now() - unknown_held_ < kUnknownPathsInterval) {
    return;
  }
  unknown_held_ = hops_.home.now();
  hold_unknown_paths(flow_);
}

void Dispatcher::look_at(store::DeliveryPath path) {
  store::DueScan scan;
  scan.path = path;
  scan.now = flow_.clock.now();
  scan.per_destination = kReadAhead;
  scan.wanted = [this](store::DeliveryPath of, const std::string& destination) {
    const auto lane = lanes_.find(Key{of, destination});
    return kReadAhead - (lane == lanes_.end() ? 0 : lane->second.ready.size());
  };
  scan.claimed = [this](const store::EntryId& id) { return claimed_.count(id) == 1; };
  bool more = has_room(path);
  while (more) {
    store::DueResult due;
    const Status read = flow_.store.read([&](const store::ReadTransaction& txn) -> Status {
      due = store::scan_due(txn, scan);
      return done();
    });
    if (!read) return log_error("the queue cannot be read: {}", read.error().text);
    for (const store::DueDestination& found : due.destinations) {
      if (!has_room(path)) break;
      const Key key{found.path, found.destination};
      Lane& lane = lanes_[key];
      for (const store::EntryId& id : found.entries) {
        claimed_.insert(id);
        lane.ready.push_back(id);
      }
      feed(key, lane);
    }
    scan.after = due.more_after;
    more = due.more_after.has_value() && has_room(path);
  }
}

// Lanes that waited for their destination may be due again; idle lanes are removed.
void Dispatcher::tend_lanes() {
  const SteadyTime long_ago = hops_.home.now() - kLaneLifetime;
  for (auto at = lanes_.begin(); at != lanes_.end();) {
    feed(at->first, at->second);
    return_expired(at->first, at->second);
    at = at->second.idle_since(long_ago) ? lanes_.erase(at) : std::next(at);
  }
}

void Dispatcher::feed(const Key& key, Lane& lane) {
  const std::size_t most = path_traits(key.first).most_at_once;
  // A failed destination is tried with one connection until it answers.
  const std::size_t allowed = lane.backoff.is_doubted() ? 1 : most;
  while (!stopping_ && !lane.ready.empty() && lane.in_hand < allowed && has_room(key.first) &&
         !lane.backoff.rests(hops_.home.now())) {
    const store::EntryId id = lane.ready.front();
    lane.ready.pop_front();
    ++lane.in_hand;
    outward_ += leads_elsewhere(key.first);
    lane.used = hops_.home.now();
    begin(key, lane, id);
  }
}

void Dispatcher::begin(const Key& key, Lane& lane, const store::EntryId& id) {
  std::optional<store::QueueEntry> entry;
  std::optional<store::Message> message;
  const Status read = flow_.store.read([&](const store::ReadTransaction& txn) -> Status {
    entry = store::find_entry(txn, id);
    message = store::find_message(txn, id.message);
    return done();
  });
  // A person holds it; or it cannot be read, which an immediate retry does not mend.
  if (!read || (entry && entry->state == store::EntryState::held)) {
    return when_settled(key, id)(read);
  }
  if (!entry || !message) return set_aside(key, id, when_settled(key, id));
  auto settled = when_settled(key, id);
  AttemptPlan plan = plan_attempt(flow_, *entry, *message);
  if (auto* attempt = std::get_if<Attempt>(&plan)) {
    if (has_room_for(*attempt)) return carry(key, lane, std::move(*attempt));
    return settled(temporary_error("reports-wait", "too many reports are under way"));
  }
  if (auto* local = std::get_if<DoHere>(&plan)) return do_here(std::move(*local), settled);
  if (const auto* postpone = std::get_if<Postpone>(&plan)) {
    return settle_postpone(flow_, *entry, *message, *postpone, std::move(settled));
  }
  if (const auto* redirect = std::get_if<Redirect>(&plan)) {
    return settle_redirect(flow_, *entry, *redirect, std::move(settled));
  }
  settle_give_up(flow_, *entry, *message, std::get<GiveUp>(plan), std::move(settled));
}

// The entry is due but cannot be read: it is gone by now, or its record is damaged. It must not
// come up again and again and block the entries behind it.
void Dispatcher::set_aside(const Key& key, const store::EntryId& id,
                           std::function<void(const Status&)> settled) {
  flow_.store.write_async(
      [key, id](store::WriteTransaction& txn) -> Status {
        store::set_aside_entry(txn, id, key.first, key.second);
        return done();
      },
      std::move(settled));
}

// Mail that waits for a destination which is not tried for a while is returned in time.
void Dispatcher::return_expired(const Key& key, Lane& lane) {
  if (!lane.backoff.rests(hops_.home.now()) || lane.ready.empty()) return;
  std::deque<store::EntryId> waiting;
  waiting.swap(lane.ready);
  for (const store::EntryId& id : waiting) {
    std::optional<store::QueueEntry> entry;
    std::optional<store::Message> message;
    const Status read = flow_.store.read([&](const store::ReadTransaction& txn) -> Status {
      entry = store::find_entry(txn, id);
      if (entry && has_expired(flow_, *entry)) message = store::find_message(txn, id.message);
      return done();
    });
    if (!read || !message) {
      lane.ready.push_back(id);
      continue;
    }
    ++lane.in_hand;
    outward_ += leads_elsewhere(key.first);
    settle_expired(flow_, *entry, *message, when_settled(key, id));
  }
}

void Dispatcher::do_here(DoHere local, const std::function<void(const Status&)>& settled) {
  const Status submitted = flow_.workers.submit([this, local = std::move(local), settled] {
    local.work({flow_, opener_}, settled);
  });
  if (!submitted) settled(submitted);
}

bool Dispatcher::has_room_for(const Attempt& attempt) const {
  return !is_report_to_world(attempt) || reports_ < kReportsAtOnce;
}

void Dispatcher::carry(const Key& key, Lane& lane, Attempt attempt) {
  const auto shared = std::make_shared<const Attempt>(std::move(attempt));
  reports_ += is_report_to_world(*shared);
  Hop& hop = free_hop(lane);
  hop.carry(shared, [this, key, shared, begun = hops_.home.now()](const DeliveryReport& report) {
    reports_ -= is_report_to_world(*shared);
    Backoff& backoff = lanes_[key].backoff;
    if (is_dead(report)) {
      backoff.failed(begun, hops_.home.now());
    } else {
      backoff.answered();
    }
    settle_delivery(flow_, *shared, report, when_settled(key, shared->entry.id));
  });
}

std::function<void(const Status&)> Dispatcher::when_settled(const Key& key,
                                                            const store::EntryId& id) {
  return [this, key, id](const Status& status) {
    hops_.home.post([this, key, id, stored = status.ok()] {
      if (!stored) rest(id);
      settled(key, id);
    });
  };
}

void Dispatcher::settled(const Key& key, const store::EntryId& id) {
  if (resting_.count(id) == 0) claimed_.erase(id);
  Lane& lane = lanes_[key];
  --lane.in_hand;
  outward_ -= leads_elsewhere(key.first);
  feed(key, lane);
  if (lane.ready.size() < kReadAhead / 4) wake();
}

// The entry stays claimed for a while: an immediate retry would do the same again and again.
void Dispatcher::rest(const store::EntryId& id) {
  resting_[id] = hops_.home.call_after(kUnsettledRest, [this, id] {
    // Posted: a timer must not die in its own callback.
    hops_.home.post([this, id] {
      claimed_.erase(id);
      resting_.erase(id);
      wake();
    });
  });
}

Hop& Dispatcher::free_hop(Lane& lane) {
  for (const auto& hop : lane.hops) {
    if (!hop->busy()) return *hop;
  }
  EventLoop& loop = loops_.at(next_loop_++ % loops_.size());
  return *lane.hops.emplace_back(std::make_unique<Hop>(hops_, loop));
}

}  // namespace culvert::node
