// People's mail that left through a tunnel: what is needed to tell its sender if the peer says
// later what became of it (protocol.md, "Trouble"). Records are found by the name of the outer
// message, which begins with the time, so that they lie side by side. They hold addresses, no
// content.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/queue.h"

namespace culvert::store {

// About 350 MB of records. Beyond this, the oldest is forgotten.
inline constexpr std::uint64_t kMaxSealedMails = 1'000'000;
// A name: the first octets of the message's id, which are its time, and a token.
inline constexpr std::size_t kSealedTimeBytes = 5;
inline constexpr std::size_t kSealedNameBytes = kSealedTimeBytes + 16;

struct SealedMail {
  Fingerprint peer{};
  MessageId message{};  // the original's: its trace, and the Culvert-Id
  // Serial numbers of the certificates that it is sealed to, in hexadecimal digits; another after a
  // rollover.
  std::vector<std::string> certificates{};
  ReversePath sender{};
  std::string envid{};
  Time received{};
  Origin origin = Origin::unset;        // of the original
  std::vector<Recipient> recipients{};  // handed over with it
  std::string message_id{};  // of the original (Message::message_id): its sender knows it by that
  bool operator==(const SealedMail&) const = default;
};

Bytes encode(const SealedMail& mail);
// internal `damaged-record`.
Result<SealedMail> decode_sealed_mail(ByteView record);

// Records one attempt, whose number tells it from others of the same name. Reads nothing. Call it
// in the closure that settles the attempt.
void note_sealed_mail(RecordSink& out, ByteView name, std::uint32_t attempt,
                      const SealedMail& mail);
// With the certificates and the recipients of all attempts, each once.
std::optional<SealedMail> find_sealed_mail(const ReadTransaction& txn, ByteView name);

// Forgets at most `limit`: mail accepted before `before`, and the oldest beyond kMaxSealedMails.
// Returns how many.
std::size_t purge_sealed_mails(WriteTransaction& txn, Time before, std::size_t limit);

}  // namespace culvert::store
