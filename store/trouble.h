// What nodes tell each other about tunnel mail that could not be handed on (protocol.md,
// "Trouble"): what a peer is to be told, and what a peer told. Peering decides which words, and
// whose.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/messages.h"

namespace culvert::store {

// Numbers are frozen.
enum class TroubleState : std::uint8_t { held = 0, dropped = 1, expired = 2, returned = 3 };

// Mail of a peer that this node accepted and did not hand on.
struct TroubleNote {
  Fingerprint peer{};        // the peer to tell
  std::string message_id{};  // of the outer message, `<...>`
  Bytes culvert_id{};        // 16 octets if a signature was verified, or empty
  std::string reason{};      // a word of peering/trouble.h
  // `held` is told only if the mail is still held after this long: the trouble may pass by itself.
  std::chrono::seconds patience{};
  std::vector<std::string> identifiers{};  // with `unknown-key`: serial numbers of the recipients
  bool operator==(const TroubleNote&) const = default;
};

Bytes encode(const TroubleNote& note);
// internal `damaged-record`.
Result<TroubleNote> decode_trouble_note(ByteView record);

// For one peer, in each of the three: what it is to be told, what it told that waits, and all that
// it told. Beyond this nothing more is noted: such a peer does not take what we tell, or sends what
// nobody can open. Other peers have their own room.
inline constexpr std::uint64_t kMaxTroublesOfPeer = 20'000;

struct TroubleToTell {
  TroubleNote note{};
  TroubleState state = TroubleState::held;
  Time since{};
  Bytes key{};  // of the record
  bool operator==(const TroubleToTell&) const = default;
};
// Call it in the closure in which it happens. The same note again changes nothing. Mail that is
// gone is not told as held any more.
void note_trouble(WriteTransaction& txn, const TroubleNote& note, TroubleState state, Time now);
// The mail is not held any more, so `held` is not told, unless it was told already.
void unnote_held(WriteTransaction& txn, const TroubleNote& note);
// At most `limit` of one peer that are due to be told.
std::vector<TroubleToTell> troubles_to_tell(const ReadTransaction& txn, const Fingerprint& peer,
                                            std::size_t limit, Time now);
// The peers that are to be told something, ascending. One look-up each.
std::vector<Fingerprint> peers_to_tell(const ReadTransaction& txn);
// It was told, or need not be told any more.
void forget_trouble(WriteTransaction& txn, ByteView key);

// What a peer told us about a mail of ours.
struct HeardTrouble {
  Fingerprint peer{};
  Bytes name{};  // sealed_mail.h
  TroubleState state = TroubleState::held;
  std::string reason{};
  Time heard{};
  bool operator==(const HeardTrouble&) const = default;
};
// Notes it once for each mail and state. False, and nothing changes, if it was heard before, if the
// mail is known to be gone, or if there is no room.
bool hear_trouble(WriteTransaction& txn, const HeardTrouble& heard);
// What was heard and not acted on yet, at most `limit`.
std::vector<HeardTrouble> troubles_heard(const ReadTransaction& txn, std::size_t limit);
// Call it in the closure that acts on it. False if it was acted on before.
bool end_heard_trouble(WriteTransaction& txn, const HeardTrouble& heard);

// Forgets at most `limit` of what was noted or heard before `before`. Returns how many. Goes
// through all of it.
std::size_t purge_troubles(WriteTransaction& txn, Time before, std::size_t limit);

}  // namespace culvert::store
