// Bounds on what comes from outside, each with its unit and reason. A limit that belongs to one
// protocol stands with that protocol; here are those that several parts share.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace culvert {

// One piece of a stream: large enough to make calls cheap, small enough for a thousand connections.
inline constexpr std::size_t kStreamChunkBytes = 64 * 1024;
// A buffer that is made for one message. To fill a larger one with zeros, and to wipe it, costs
// more than to read an ordinary mail through it; large mail takes a few turns more.
inline constexpr std::size_t kMessageBufferBytes = 16 * 1024;

// A line of a message. RFC 5321 asks for 1,000; real senders exceed it, and we keep what they
// wrote.
inline constexpr std::size_t kMaxBodyLineBytes = 64 * 1024;

// One transaction's recipients. RFC 5321, 4.5.3.1.8 asks for 100; a sealed envelope carries 1,000.
inline constexpr std::size_t kMaxRecipients = 1000;

// RFC 5321, 4.5.3.1.1 and 4.5.3.1.2; RFC 1035, 2.3.4.
inline constexpr std::size_t kMaxLocalPartOctets = 64;
inline constexpr std::size_t kMaxDomainOctets = 253;

// Received fields with our own mark, beyond which a message is in a loop.
inline constexpr std::size_t kMaxOwnPasses = 5;

// A peering document as it travels over HTTPS, and as it travels by mail.
inline constexpr std::size_t kMaxPeeringMessageBytes = 1024 * 1024;
inline constexpr std::size_t kMaxPeeringMailBytes = 64 * 1024;

// protocol.md, "Received": a sealed message is accepted for 14 days, or an hour ahead of our clock.
inline constexpr std::chrono::hours kMaxSealedAge{14 * 24};
inline constexpr std::chrono::hours kMaxSealedAhead{1};

// What is held in quarantine is held for at most so long, whatever is configured.
inline constexpr std::chrono::hours kMaxHeldTime{40 * 24};
// Records of (peer, id, recipient) are kept so long after the sealing time: what was held for the
// whole time and is opened then must still be known.
inline constexpr std::chrono::hours seen_record_age(std::chrono::hours held) {
  return kMaxSealedAge + held + std::chrono::hours(24);
}
inline constexpr std::chrono::hours kSeenRecordAge = seen_record_age(std::chrono::hours(30 * 24));

}  // namespace culvert
