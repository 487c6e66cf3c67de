// Limits of the SMTP dialogs, each with its unit and reason, and how long each side waits (RFC
// 5321, 4.5.3). Limits shared with other folders are in crypto/base/limits.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "crypto/base/limits.h"

namespace culvert::node {

// A command line with its CRLF. RFC 5321 asks for 512; SMTPUTF8, DSN and long paths add to it.
inline constexpr std::size_t kMaxCommandLineBytes = 2048;

// A reply line with its CRLF. RFC 5321 asks for 512; servers in the wild exceed it.
inline constexpr std::size_t kMaxReplyLineBytes = 4096;
// Lines of one reply; the longest EHLO replies seen have about thirty.
inline constexpr std::size_t kMaxReplyLines = 128;
// Some servers write empty lines before a reply; more than this is not SMTP.
inline constexpr std::size_t kMaxEmptyLinesBeforeReply = 8;
// Text in one reply line that we write: with code and CRLF it stays within RFC 5321's 512.
inline constexpr std::size_t kMaxReplyTextBytes = 400;

// Refused commands in one session before 421: enough for a clumsy client, too few for a search.
inline constexpr std::size_t kMaxErrors = 20;
// Recipients refused between two accepted messages before 421: more than an honest list of
// recipients causes, and slow work for somebody who tries addresses.
inline constexpr std::size_t kMaxRefusedRecipients = 1000;
// Commands that carry no mail forward (NOOP, RSET, VRFY, HELP, EHLO) between two messages.
inline constexpr std::size_t kMaxIdleCommands = 200;
// An oversize message is read to its end before 552; if it goes on for this much more, 421.
inline constexpr std::uint64_t kMaxDiscardedBytes = 256 * 1024 * 1024;

// The name in EHLO, as RFC 5321, 4.5.3.1.2.
inline constexpr std::size_t kMaxHelloOctets = 255;

// How long the server waits (RFC 5321, 4.5.3.2.7 asks for five minutes a command).
inline constexpr std::chrono::seconds kCommandPatience{300};
inline constexpr std::chrono::seconds kBodyPiecePatience{180};
inline constexpr std::chrono::seconds kTlsPatience{30};
// A body may take this long at any rate; after that, it must have come at least at this rate on
// average. This ends a sender that keeps a connection busy with one octet every few seconds.
inline constexpr std::chrono::seconds kBodyGrace{600};
inline constexpr std::uint64_t kLeastBodyBytesPerSecond = 512;
// When all places are taken, a client that has said nothing for this long gives way: between two
// messages, where it loses nothing, and within a message or a handshake, where an honest client
// answers within a round trip.
inline constexpr std::chrono::seconds kIdlePause{2};
inline constexpr std::chrono::seconds kPause{10};

// How long the client waits (RFC 5321, 4.5.3.2).
inline constexpr std::chrono::seconds kConnectPatience{30};
inline constexpr std::chrono::seconds kReplyPatience{300};
inline constexpr std::chrono::seconds kFinalReplyPatience{600};
inline constexpr std::chrono::seconds kQuitPatience{10};
// If the DNS does not tell a client's name in this time, the client is shown as one whose name is
// unavailable at present: its mail is under way.
inline constexpr std::chrono::seconds kClientNamePatience{5};

// A kept connection to a next hop is closed when idle for this long, or after this many messages,
// so that changed addresses of a next hop are noticed.
inline constexpr std::chrono::seconds kKeptConnectionIdle{30};
inline constexpr std::size_t kMaxMessagesPerConnection = 100;

}  // namespace culvert::node
