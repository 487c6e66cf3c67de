// Other nodes that this one has paired with, and what must never be forgotten about them. Cards and
// certificates are opaque octets. Peering decides which change is right.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/names.h"
#include "store/transaction.h"

namespace culvert::store {

// Numbers are frozen.
enum class PeerState : std::uint8_t {
  pairing = 0,
  unconfirmed = 1,
  paired = 2,
  paused = 3,
  removed = 4,
};
// The same words.
const char* state_name(PeerState state);
// Paired, whether or not mail for it is held at present.
inline bool is_partner(PeerState state) {
  return state == PeerState::paired || state == PeerState::paused;
}

enum class PeerOrigin : std::uint8_t {
  invited_by_us = 0,
  accepted_by_us = 1,
  domain = 2,
  file = 3
};

// A card of another copy of a peer's key, because of which mail for the peer is held. For people.
struct ContestedCard {
  Bytes incarnation{};  // empty: there is none
  Time issued{};
  Time seen{};
  std::string address{};  // from where it came
  bool operator==(const ContestedCard&) const = default;
};

struct Peer {
  Fingerprint fingerprint{};
  std::string name{};  // node name on the card
  PeerState state = PeerState::pairing;
  PeerOrigin origin = PeerOrigin::invited_by_us;
  Time since{};           // of the state
  Time paired{};          // first stored
  std::string address{};  // from where it paired, for people
  std::optional<Time> last_seen{};

  Bytes identity_certificate{};  // DER
  Bytes card{};                  // the accepted one, as received (CMS DER)
  std::uint64_t serial = 0;
  Bytes incarnation{};
  Time card_issued{};
  Time card_expires{};
  Bytes card_digest{};         // over its eContent
  std::string card_address{};  // from where it came, for people
  std::vector<std::string> urls{};
  std::vector<Bytes> signing_certificates{};     // DER, newest first
  std::vector<Bytes> encryption_certificates{};  // DER, newest first
  std::uint64_t largest_message_bytes = 0;       // 0: not stated
  std::vector<std::uint64_t> tunnel_forms{};     // listed on its card; none: it does not say
  // Its card once listed form 2. Never unset while the record lives, whatever a later card says.
  bool ever_listed_form_2 = false;
  // Which program read the capabilities of its card (peering/peer_changes.h).
  std::uint64_t capabilities_read = 0;
  // Its card lists the document `routes`: it tells which of our domains it accepts.
  bool tells_acceptance = false;
  std::vector<Bytes> allowed_certificates{};  // tunnel certificates of others, by an administrator

  std::vector<Domain> named{};  // its domains that an administrator here named
  std::string
      outbound_held{};        // not empty: why nothing is sealed for it (a copy of its key in use)
  ContestedCard contested{};  // why, in detail
  // The incarnation that an administrator chose after a hold: its next card is taken, if it was not
  // issued before that time.
  Bytes chosen_incarnation{};
  Time chosen_since{};
  // When an administrator last ended a hold: cards from before that are no news.
  Time resumed{};
  // When the pairing before this one ended; nothing if this is the first.
  std::optional<Time> ended_before{};
  // Since when it is to be told that it was removed here.
  std::optional<Time> goodbye_due{};
  std::vector<std::string> ignored_domains{};  // on its card, but not counted; for people

  std::optional<Time> card_tried{};     // when we last tried to exchange cards
  std::uint64_t card_tried_serial = 0;  // which of ours
  std::string card_trouble{};           // why that failed, for people; empty: it did not
  // How far its clock is ahead of ours, and when that was measured.
  std::chrono::seconds clock_ahead{};
  std::optional<Time> clock_measured{};
  std::optional<Time> card_sent{};  // when it last accepted ours
  std::uint64_t card_sent_serial = 0;
  // Of the newest card of ours that it surely has: the pairing gave it, or it took it since.
  std::uint64_t taken_serial = 0;
  // Our card as it last went by mail.
  std::optional<Time> card_mailed{};
  std::uint64_t card_mailed_serial = 0;
  // Set while it cannot be reached by HTTPS: since when, and why the last try failed.
  std::optional<Time> unreachable_since{};
  std::string unreachable_why{};
  std::uint64_t refused = 0;  // messages from it that were not accepted
  // Addresses from which messages that it signed came recently, newest first.
  std::vector<std::string> seen_from{};
  bool operator==(const Peer&) const = default;
};

Bytes encode(const Peer& peer);
// internal `damaged-record`.
Result<Peer> decode_peer(ByteView record);

// Replaces the peer of that fingerprint.
void put_peer(WriteTransaction& txn, const Peer& peer);
std::optional<Peer> find_peer(const ReadTransaction& txn, const Fingerprint& fingerprint);
// In the order of fingerprints, removed peers included.
std::vector<Peer> list_peers(const ReadTransaction& txn);

// Peers that were removed, here or by themselves: their identity does not come back by itself.
struct Tombstone {
  Fingerprint fingerprint{};
  Time since{};
  std::string reason{};
  bool operator==(const Tombstone&) const = default;
};
void put_tombstone(WriteTransaction& txn, const Tombstone& tombstone);
// When people pair with the identity again.
void remove_tombstone(WriteTransaction& txn, const Fingerprint& fingerprint);
std::optional<Tombstone> find_tombstone(const ReadTransaction& txn, const Fingerprint& fingerprint);

// Every incarnation that an identity has had, with the `issued` time of the card that brought it.
// The first time given stays. `incarnation`: 1 to 64 octets.
void note_incarnation(WriteTransaction& txn, const Fingerprint& peer, ByteView incarnation,
                      Time issued);
std::optional<Time> find_incarnation(const ReadTransaction& txn, const Fingerprint& peer,
                                     ByteView incarnation);

// The times of all of them, in no order.
std::vector<Time> incarnation_times(const ReadTransaction& txn, const Fingerprint& peer);

// What an identity revoked of its own: the union over all its cards. `id`: 1 to 64 octets that name
// the certificate or identity (peering says how). The first time given stays; nothing is ever
// removed.
void note_revoked(WriteTransaction& txn, const Fingerprint& peer, ByteView id, Time when);
bool is_revoked(const ReadTransaction& txn, const Fingerprint& peer, ByteView id);
std::vector<Bytes> list_revoked(const ReadTransaction& txn, const Fingerprint& peer);

}  // namespace culvert::store
