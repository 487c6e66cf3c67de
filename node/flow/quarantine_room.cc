#include "node/flow/quarantine_room.h"

namespace culvert::node {

namespace {

// Makes the largest message fit, with its overhead and the last step.
constexpr std::uint64_t kShareSlackBytes = 1024 * 1024;

}  // namespace

QuarantineLimits quarantine_limits(std::uint64_t largest_message_bytes) {
  const std::uint64_t unit = largest_message_bytes + kShareSlackBytes;
  return {.peer_bytes = kPeerShareMessages * unit,
          .peers_hosts_bytes = kPeersHostsShareMessages * unit,
          .stranger_bytes = kStrangerShareMessages * unit,
          .strangers_bytes = kStrangersMessages * unit,
          .step_bytes = kReservationStepBytes};
}

std::uint64_t limit_of(const QuarantineLimits& limits, store::ShareKind kind) {
  switch (kind) {
    case store::ShareKind::peer:
      return limits.peer_bytes;
    case store::ShareKind::peers_hosts:
      return limits.peers_hosts_bytes;
    case store::ShareKind::stranger:
      return limits.stranger_bytes;
  }
  return 0;
}

Error quarantine_full() {
  return temporary_error(
      "quarantine-full",
      "too much sealed mail from where you send waits in the quarantine of this node; please try "
      "again later, or tell its administrator (culvert quarantine list)");
}

Status QuarantineRoom::reserve(const store::MessageId& id,
                               const std::vector<store::QuarantineShare>& shares,
                               std::uint64_t size_bytes) {
  const std::uint64_t bytes = store::charged_bytes(size_bytes);
  // Held while the store is read: two messages must not both find the last room. Reading waits for
  // no writer.
  const std::lock_guard lock(mutex_);
  const store::QuarantineShare* found = nullptr;
  const Status read = store_.read([&](const store::ReadTransaction& txn) -> Status {
    for (const store::QuarantineShare& share : shares) {
      if (!fits_locked(txn, share, bytes, id)) continue;
      found = &share;
      break;
    }
    return done();
  });
  if (!read) return read;
  if (found == nullptr) return quarantine_full();
  set_locked(id, *found, bytes);
  return done();
}

void QuarantineRoom::keep_room(const store::MessageId& id, const store::QuarantineShare& share,
                               std::uint64_t size_bytes) {
  const std::lock_guard lock(mutex_);
  if (!reservations_.contains(id)) set_locked(id, share, store::charged_bytes(size_bytes));
  reservations_[id].taken = true;
}

void QuarantineRoom::release(const store::MessageId& id) {
  const std::lock_guard lock(mutex_);
  release_locked(id);
}

std::optional<store::QuarantineShare> QuarantineRoom::share_of(const store::MessageId& id) const {
  const std::lock_guard lock(mutex_);
  const auto at = reservations_.find(id);
  return at == reservations_.end() ? std::nullopt : std::optional(at->second.share);
}

bool QuarantineRoom::fits(const store::ReadTransaction& txn, const store::QuarantineShare& share,
                          std::uint64_t size_bytes, const store::MessageId& id) const {
  const std::lock_guard lock(mutex_);
  return fits_locked(txn, share, store::charged_bytes(size_bytes), id);
}

std::vector<store::MessageId> QuarantineRoom::taken() const {
  const std::lock_guard lock(mutex_);
  std::vector<store::MessageId> ids;
  for (const auto& [id, reservation] : reservations_) {
    if (reservation.taken) ids.push_back(id);
  }
  return ids;
}

void QuarantineRoom::set_taken(const store::MessageId& id) {
  const std::lock_guard lock(mutex_);
  const auto at = reservations_.find(id);
  // The opener may have been faster.
  if (at != reservations_.end()) at->second.taken = true;
}

bool QuarantineRoom::fits_locked(const store::ReadTransaction& txn,
                                 const store::QuarantineShare& share, std::uint64_t bytes,
                                 const store::MessageId& id) const {
  const Bytes key = store::share_key(share);
  const auto own = reservations_.find(id);
  const bool has_own = own != reservations_.end();
  const auto at = reserved_.find(key);
  std::uint64_t reserved = at == reserved_.end() ? 0 : at->second;
  if (has_own && own->second.key == key) reserved -= own->second.bytes;
  const QuarantineLimits limits = limits_();
  if (store::share_bytes(txn, share) + reserved + bytes > limit_of(limits, share.kind)) {
    return false;
  }
  if (share.kind != store::ShareKind::stranger) return true;
  std::uint64_t strangers = strangers_reserved_;
  if (has_own && own->second.share.kind == share.kind) strangers -= own->second.bytes;
  return store::strangers_bytes(txn) + strangers + bytes <= limits.strangers_bytes;
}

void QuarantineRoom::set_locked(const store::MessageId& id, const store::QuarantineShare& share,
                                std::uint64_t bytes) {
  release_locked(id);
  const Bytes key = store::share_key(share);
  reservations_[id] = {share, key, bytes, false};
  reserved_[key] += bytes;
  if (share.kind == store::ShareKind::stranger) strangers_reserved_ += bytes;
}

void QuarantineRoom::release_locked(const store::MessageId& id) {
  const auto at = reservations_.find(id);
  if (at == reservations_.end()) return;
  const Reservation& gone = at->second;
  const auto sum = reserved_.find(gone.key);
  sum->second -= gone.bytes;
  if (sum->second == 0) reserved_.erase(sum);
  if (gone.share.kind == store::ShareKind::stranger) strangers_reserved_ -= gone.bytes;
  reservations_.erase(at);
}

}  // namespace culvert::node
