// Bounds on what comes from outside, each with its unit and reason. A limit of one protocol is
// defined with that protocol; the limits here are shared by several parts.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace culvert {

// One piece of a stream: large enough to make calls cheap, small enough for a thousand connections.
inline constexpr std::size_t kStreamChunkBytes = 64 * 1024;
// A buffer for one message. Zeroing and wiping a larger one costs more than reading an ordinary
// mail through it; large mail takes a few more reads.
inline constexpr std::size_t kMessageBufferBytes = 16 * 1024;

// A line of a message. RFC 5321 asks for 1,000; real senders exceed it, and we keep what they
// wrote.
inline constexpr std::size_t kMaxBodyLineBytes = 64 * 1024;

// One transaction's recipients. RFC 5321, 4.5.3.1.8 asks for 100; a sealed envelope carries 1,000.
inline constexpr std::size_t kMaxRecipients = 1000;

// RFC 5321, 4.5.3.1.1 and 4.5.3.1.2; RFC 1035, 2.3.4.
inline constexpr std::size_t kMaxLocalPartOctets = 64;
inline constexpr std::size_t kMaxDomainOctets = 253;

// More Received fields with our own mark than this mean that a message is in a loop.
inline constexpr std::size_t kMaxOwnPasses = 5;

// A peering document sent over HTTPS, and one sent by mail.
inline constexpr std::size_t kMaxPeeringMessageBytes = 1024 * 1024;
inline constexpr std::size_t kMaxPeeringMailBytes = 64 * 1024;

// protocol.md, "Received": a sealed message is accepted for 14 days, or an hour ahead of our clock.
inline constexpr std::chrono::hours kMaxSealedAge{14 * 24};
inline constexpr std::chrono::hours kMaxSealedAhead{1};

// Quarantine holds mail for at most this long, whatever is configured.
inline constexpr std::chrono::hours kMaxHeldTime{40 * 24};
// How long after the sealing time a record of (peer, id, recipient) is kept: mail that was held for
// the whole time and is then opened must still be known.
inline constexpr std::chrono::hours seen_record_age(std::chrono::hours held) {
  return kMaxSealedAge + held + std::chrono::hours(24);
}
inline constexpr std::chrono::hours kSeenRecordAge = seen_record_age(std::chrono::hours(30 * 24));

}  // namespace culvert
