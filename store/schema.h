// The tables and the version of what is on disk. Names and versions are frozen; tables are only
// ever added. Keys are binary and sort as octets; multi-octet numbers in keys are big-endian.
//
// Values are sealed (record_seal.h); keys are not. So nothing that names a person, a company or a
// host stands in a key: `hash(…)` is a digest of 16 octets that only the node key makes, and what
// it stands for is in the value, if it is needed. Keys still show times, sizes, how many records
// there are, and which identities (by fingerprint) are peers.
//
// Version 1 had the same tables, not sealed, with addresses and domains in keys (version_1.h).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace culvert::store {

// A store with a larger number was written by a newer program and is refused.
inline constexpr std::uint32_t kSchemaVersion = 2;

enum class Table : std::uint8_t {
  // name -> value: schema, key-check, census, generation, horizon, clock, card, own-marks,
  // quarantine-strangers
  meta,
  messages,           // message id -> Message
  queue,              // message id, number(2) -> QueueEntry
  due,                // path(1) hash(destination) time(8) entry id -> destination
  bodies,             // message id -> a small body, sealed by its message's key and not again
  seen,               // fingerprint, culvert id, hash(recipient) -> sealing time(8)
  seen_by_time,       // sealing time(8), key of `seen` -> nothing
  quarantine,         // message id -> QuarantineItem
  trace,              // message id, time(8), order(8) -> TraceEvent
  trace_addresses,    // hash(address) time(8) message id -> nothing; not written any more
  trace_times,        // time(8) message id -> addresses
  peers,              // fingerprint -> Peer
  routes,             // hash(domain) fingerprint -> Route
  peer_routes,        // fingerprint, hash(domain) -> domain
  proofs,             // role(1) fingerprint, id -> Proof
  invitations,        // id -> Invitation
  tombstones,         // fingerprint -> Tombstone
  incarnations,       // fingerprint, incarnation -> time(8)
  revoked,            // fingerprint, revoked id -> time(8)
  answered,           // fingerprint, id -> Answered
  answered_times,     // time(8), key of `answered` -> nothing
  secrets,            // name -> sealed octets
  certificates,       // index digest of (issuer, serial) -> StoredCertificate
  rules,              // hash(scope) hash(key) -> Rule
  sent,               // token -> SentMail
  sent_by_time,       // sealing time(8), token -> nothing
  quarantine_shares,  // hash(share) -> ShareUse
  quarantine_copies,  // digest of a mail -> which message it is, and until when that counts
  peer_networks,      // order(1) hash(network), fingerprint or the other way -> time(8)
  sealed_mails,       // name of the outer message (21), attempt(2) -> SealedMail
  trouble,            // role(1), ... -> what is to be told to a peer, or was told by one
  commands,           // number(8) -> AdminCommand that is not in a log yet
  damaged,            // name of a table, NUL, key -> nothing: records that were set aside
  acceptances,        // role(1) fingerprint -> which domains a peer accepts, or is told of
};
inline constexpr std::size_t kTableCount = static_cast<std::size_t>(Table::acceptances) + 1;

// The name of a table on disk.
const char* table_name(Table table);

// The table of that name, or nothing.
std::optional<Table> table_named(std::string_view name);

// True for tables that decide whom mail is sealed for, and who is believed. A census (census.h)
// shows when one of their records is missing, added, or older than it was. One of their records
// that does not open holds all mail to other organisations; a record of another table is only set
// aside.
bool decides_trust(Table table);

}  // namespace culvert::store
