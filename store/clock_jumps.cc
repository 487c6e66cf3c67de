#include "store/clock_jumps.h"

#include <algorithm>

#include "store/record.h"
#include "store/table.h"

namespace culvert::store {

namespace {

constexpr std::string_view kClock = "clock";

// Fields of ClockRecord, and of the jumps in it. Frozen.
enum : std::uint32_t { kWall = 1, kJump = 2 };
enum : std::uint32_t { kFrom = 1, kTo = 2 };

std::chrono::seconds length(const ClockJump& jump) { return jump.to - jump.from; }

}  // namespace

void ClockJumps::note(Time now, std::chrono::seconds gained) {
  constexpr std::chrono::seconds kNothing{0};
  if (gained > kNothing) {
    jumps_.push_back({now - gained, now});
    if (jumps_.size() <= kMaxClockJumps) return;
    // Merge the oldest jump into the next, which becomes as long as both: no date gets less time
    // back.
    jumps_[1].to += length(jumps_[0]);
    jumps_.erase(jumps_.begin());
  }
  for (auto back = -gained; back > kNothing && !jumps_.empty();) {
    const auto taken = std::min(back, length(jumps_.back()));
    jumps_.back().to -= taken;
    back -= taken;
    if (length(jumps_.back()) == kNothing) jumps_.pop_back();
  }
}

Time ClockJumps::now_for(Time since, Time now) const {
  for (const ClockJump& jump : jumps_) {
    if (since < jump.to) now -= jump.to - std::max(since, jump.from);
  }
  return now;
}

Time ClockJumps::now_for_oldest(Time now) const { return now_for(Time::min(), now); }

void ClockJumps::forget_old(Time now) {
  std::chrono::seconds later{};  // what later jumps gained
  for (auto at = jumps_.rbegin(); at != jumps_.rend(); ++at) {
    if (now - at->to - later > kClockJumpAge) {
      jumps_.erase(jumps_.begin(), at.base());
      return;
    }
    later += length(*at);
  }
}

Bytes encode(const ClockRecord& record) {
  RecordWriter out;
  out.time(kWall, record.wall);
  for (const ClockJump& jump : record.jumps.all()) {
    out.item(kJump, RecordWriter().time(kFrom, jump.from).time(kTo, jump.to).take());
  }
  return out.take();
}

Result<ClockRecord> decode_clock_record(ByteView octets) {
  auto in = RecordReader::parse(octets);
  if (!in) return in.error();
  ClockRecord record;
  record.wall = in->time_or_zero(kWall);
  for (const ByteView item : in->all(kJump)) {
    auto fields = RecordReader::parse(item);
    if (!fields) return fields.error();
    record.jumps.jumps_.push_back({fields->time_or_zero(kFrom), fields->time_or_zero(kTo)});
    if (const Status ok = fields->status(); !ok) return ok.error();
  }
  if (const Status ok = in->status(); !ok) return ok.error();
  return record;
}

ClockRecord find_clock_record(const ReadTransaction& txn) {
  const ByteView key = as_bytes(kClock);
  const auto held = txn.held(Table::meta, key);
  if (held == ReadTransaction::Held::absent) return {};
  // Not `load`, which fails the transaction: one altered octet would keep the node from taking any
  // mail. The note holds all mail to other organisations.
  if (held == ReadTransaction::Held::whole) {
    const auto octets = txn.get(Table::meta, key);
    auto record = octets ? decode_clock_record(*octets) : Result<ClockRecord>(ClockRecord{});
    if (record) return std::move(record).value();
  }
  txn.damage().note(Table::meta, key);
  return {};
}

void put_clock_record(WriteTransaction& txn, const ClockRecord& record) {
  txn.put(Table::meta, as_bytes(kClock), encode(record));
}

}  // namespace culvert::store
