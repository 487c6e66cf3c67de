// What nodes tell each other of tunnel mail that could not be handed on (protocol.md, "Trouble"):
// what is to be told to a peer, and what a peer told. Which words and whose is peering's to decide.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/messages.h"

namespace culvert::store {

// Numbers are frozen.
enum class TroubleState : std::uint8_t { held = 0, dropped = 1, expired = 2, returned = 3 };

// Mail of a peer that this node took and did not hand on.
struct TroubleNote {
  Fingerprint peer{};        // whom it is told
  std::string message_id{};  // of the outer message, `<...>`
  Bytes culvert_id{};        // 16 octets if a signature was verified, or empty
  std::string reason{};      // a word of peering/trouble.h
  // That it is held is told only if it still is after so long: it may pass by itself.
  std::chrono::seconds patience{};
  std::vector<std::string> identifiers{};  // with `unknown-key`: serial numbers of the recipients
  bool operator==(const TroubleNote&) const = default;
};

Bytes encode(const TroubleNote& note);
// internal `damaged-record`.
Result<TroubleNote> decode_trouble_note(ByteView record);

// Of one peer in each of the three: what it is to be told, what it told that waits, and what it
// told at all. Beyond, nothing more is noted: it does not take what we tell, or sends what nobody
// can open. Others have their own room.
inline constexpr std::uint64_t kMaxTroublesOfPeer = 20'000;

struct TroubleToTell {
  TroubleNote note{};
  TroubleState state = TroubleState::held;
  Time since{};
  Bytes key{};  // of the record
  bool operator==(const TroubleToTell&) const = default;
};
// In the closure in which it comes to pass. The same again changes nothing; what is gone is not
// told to be held.
void note_trouble(WriteTransaction& txn, const TroubleNote& note, TroubleState state, Time now);
// It is not held any more: that is not told, unless it was.
void unnote_held(WriteTransaction& txn, const TroubleNote& note);
// At most `limit` of one peer, of those whose time has come.
std::vector<TroubleToTell> troubles_to_tell(const ReadTransaction& txn, const Fingerprint& peer,
                                            std::size_t limit, Time now);
// The peers that are to be told something, ascending. One look-up each.
std::vector<Fingerprint> peers_to_tell(const ReadTransaction& txn);
// It was told, or need not be any more.
void forget_trouble(WriteTransaction& txn, ByteView key);

// What a peer told of a mail of ours.
struct HeardTrouble {
  Fingerprint peer{};
  Bytes name{};  // sealed_mail.h
  TroubleState state = TroubleState::held;
  std::string reason{};
  Time heard{};
  bool operator==(const HeardTrouble&) const = default;
};
// Once for each mail and state, and nothing of a mail that is gone: false, and nothing changes, if
// it was heard before, or there is no room.
bool hear_trouble(WriteTransaction& txn, const HeardTrouble& heard);
// What was heard and not acted on yet, at most `limit`.
std::vector<HeardTrouble> troubles_heard(const ReadTransaction& txn, std::size_t limit);
// In the closure in which it is acted on. False if it was before.
bool end_heard_trouble(WriteTransaction& txn, const HeardTrouble& heard);

// Forgets at most `limit` of what was noted or heard before; how many. Goes through all of it.
std::size_t purge_troubles(WriteTransaction& txn, Time before, std::size_t limit);

}  // namespace culvert::store
