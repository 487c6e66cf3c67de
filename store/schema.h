// The tables and the version of what is on disk. Names and versions are frozen; a table is only
// ever added. Keys are binary and sort as octets; multi-octet numbers in keys are big-endian.
#pragma once

#include <array>
#include <cstdint>

namespace culvert::store {

// A store with a larger number was written by a newer program and is refused.
inline constexpr std::uint32_t kSchemaVersion = 1;

enum class Table : std::uint8_t {
  meta,               // name -> value: schema, key-check, generation, horizon, clock, own card
  messages,           // message id -> Message
  queue,              // message id, number(2) -> QueueEntry
  due,                // path(1) destination NUL time(8) entry id -> nothing
  bodies,             // message id -> sealed octets of a small body
  seen,               // fingerprint, culvert id, recipient -> sealing time(8)
  seen_by_time,       // sealing time(8), key of `seen` -> nothing
  quarantine,         // message id -> QuarantineItem
  trace,              // message id, time(8), order(8) -> TraceEvent
  trace_addresses,    // address NUL time(8) message id -> nothing
  trace_times,        // time(8) message id -> addresses
  peers,              // fingerprint -> Peer
  routes,             // domain NUL fingerprint -> Route
  peer_routes,        // fingerprint, domain -> nothing
  proofs,             // role(1) fingerprint, id -> Proof
  invitations,        // id -> Invitation
  tombstones,         // fingerprint -> Tombstone
  incarnations,       // fingerprint, incarnation -> time(8)
  revoked,            // fingerprint, revoked id -> time(8)
  answered,           // fingerprint, id -> Answered
  answered_times,     // time(8), key of `answered` -> nothing
  secrets,            // name -> sealed octets
  certificates,       // index digest of (issuer, serial) -> StoredCertificate
  rules,              // scope NUL key -> value
  sent,               // token -> SentMail
  sent_by_time,       // sealing time(8), token -> nothing
  quarantine_shares,  // digest of a share -> ShareUse
  quarantine_copies,  // digest of a mail -> which message it is, and until when that counts
  peer_networks,      // order(1) digest of a network, fingerprint or the other way -> time(8)
};
inline constexpr std::size_t kTableCount = static_cast<std::size_t>(Table::peer_networks) + 1;

// The name under which a table is on disk.
const char* table_name(Table table);

}  // namespace culvert::store
