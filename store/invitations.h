// Invitations that this node gave, peering messages that it answered, and the state of its own
// card.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/names.h"
#include "store/transaction.h"

namespace culvert::store {

struct Invitation {
  Bytes id{};                     // first 16 octets of SHA-256("culvert1 id" || secret)
  SecretBytes secret{};           // sealed at rest
  Bytes payload_digest{};         // SHA-256 of the code's payload, for the MAC
  std::vector<Domain> domains{};  // of the partner, as the administrator named them
  bool replaces = false;          // the partner takes the place of whoever has these domains in use
  Time created{};
  Time expires{};
  std::optional<Time> used{};
  std::optional<Fingerprint> used_by{};
  std::string used_from{};  // address, for people
  Bytes answer{};           // for repeats by the same identity
};

// The secret is sealed under `key`, bound to the id.
Bytes encode(const Invitation& invitation, const crypto::SealingKey& key);
// internal `damaged-record`.
Result<Invitation> decode_invitation(ByteView record, const crypto::SealingKey& key);

// Replaces the one of that id (1 to 64 octets).
void put_invitation(WriteTransaction& txn, const Invitation& invitation);
std::optional<Invitation> find_invitation(const ReadTransaction& txn, ByteView id);
std::vector<Invitation> list_invitations(const ReadTransaction& txn);
bool remove_invitation(WriteTransaction& txn, ByteView id);

// A peering message that was acted on: a repeated id gets the stored answer and changes nothing.
struct Answered {
  Time time{};
  std::string type{};
  Bytes answer{};  // may be empty
  bool operator==(const Answered&) const = default;
};
Bytes encode(const Answered& answered);
// internal `damaged-record`.
Result<Answered> decode_answered(ByteView record);
// `id`: 1 to 64 octets. Replaces nothing: false if the id is recorded already.
bool note_answered(WriteTransaction& txn, const Fingerprint& peer, ByteView id,
                   const Answered& answered);
std::optional<Answered> find_answered(const ReadTransaction& txn, const Fingerprint& peer,
                                      ByteView id);
// How many are recorded for a peer; counts no further than `limit`.
std::size_t count_answered(const ReadTransaction& txn, const Fingerprint& peer, std::size_t limit);
// Forgets at most `limit` that are older than `before`. Returns how many.
std::size_t purge_answered(WriteTransaction& txn, Time before, std::size_t limit);

// Our own card: its serial is persisted with it, and never goes back.
struct OwnCard {
  std::uint64_t serial = 0;
  Bytes incarnation{};
  Time issued{};
  Time expires{};
  Bytes content_digest{};  // of what depends on the configuration; peering says how
  Bytes card{};            // signed (CMS DER)
  bool operator==(const OwnCard&) const = default;
};
Bytes encode(const OwnCard& card);
// internal `damaged-record`.
Result<OwnCard> decode_own_card(ByteView record);
// A serial that is not larger than the stored one of the same incarnation fails the transaction
// (internal `serial-went-back`).
void put_own_card(WriteTransaction& txn, const OwnCard& card);
std::optional<OwnCard> own_card(const ReadTransaction& txn);

}  // namespace culvert::store
