#include "node/intake/opening_room.h"

#include <algorithm>

#include "crypto/base/limits.h"
#include "node/flow/quarantine_source.h"
#include "node/flow/quarantine_upkeep.h"

namespace culvert::node {
namespace {

// A peering message with its seal: base64 in base64, with certificates and frames.
constexpr std::size_t kMaxSealedPeeringMailBytes = 2 * kMaxPeeringMailBytes;

// Named attack: Filling. A peering message never rests in quarantine, so it needs no room there:
// strangers who fill their room must not keep a new partner, whose network is still unknown, from
// its proof.
Status check_peering_size(std::uint64_t size_bytes) {
  if (size_bytes <= kMaxSealedPeeringMailBytes) return done();
  return permanent_error("too-large", "a peering message of more than " +
                                          std::to_string(kMaxSealedPeeringMailBytes) +
                                          " octets is not taken");
}

// An announced size may be a lie, in both directions. Named attack: Filling, with sizes that are
// announced and never sent: octets that were sent reserve at most as much again.
std::uint64_t wanted_bytes(const MailCommand& mail, std::uint64_t size_bytes, std::uint64_t step) {
  const std::uint64_t announced = mail.parameters.size_bytes.value_or(0);
  return std::max(std::min(announced, 2 * size_bytes), size_bytes + step);
}

}  // namespace

void OpeningRoom::begin(const store::MessageId& id) {
  id_ = id;
  hold_.reset();
  reserved_bytes_ = 0;
  is_given_up_ = false;
}

LooksSealed OpeningRoom::taken_as(LooksSealed looks) const {
  return is_given_up_ && looks == LooksSealed::maybe ? LooksSealed::no : looks;
}

Status OpeningRoom::grow(const Transaction& transaction, LooksSealed looks,
                         std::uint64_t size_bytes) {
  if (taken_as(looks) == LooksSealed::no) return done();
  if (is_for_peering(transaction)) return check_peering_size(size_bytes);
  if (!hold_) {
    shares_ = shares_for(context_, transaction.session.client_address, transaction.mail.sender);
    hold_ = std::make_shared<RoomHold>(context_.quarantine.room, *id_);
  }
  if (reserved_bytes_ > 0 && size_bytes <= reserved_bytes_) return done();
  const std::uint64_t step_bytes = context_.quarantine.room.limits().step_bytes;
  const Status reserved = reserve(wanted_bytes(transaction.mail, size_bytes, step_bytes));
  if (reserved || looks == LooksSealed::yes) return reserved;
  // Mail in clear never waits for room: mail that only may be sealed is taken as it is.
  hold_.reset();
  is_given_up_ = true;
  return done();
}

Status OpeningRoom::reserve(std::uint64_t size_bytes) {
  const Status reserved = context_.quarantine.room.reserve(*id_, shares_, size_bytes);
  if (reserved) {
    reserved_bytes_ = size_bytes;
  } else if (reserved.error().code == quarantine_full().code) {
    context_.quarantine.news.refused(source_text(shares_.front()));
    tell_quarantine_news(context_);
  }
  return reserved;
}

}  // namespace culvert::node
