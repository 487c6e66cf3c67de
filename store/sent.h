// Tunnel mail that left under the tunnel address because its sender is not ours (protocol.md, "The
// tunnel form"): what is needed to tell that sender if the mail comes back later. Records are found
// by the token of the address that carried the mail, kept for as long as a report may come, and
// never more than kMaxSentMails. They hold addresses, no content.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/queue.h"

namespace culvert::store {

// About 300 MB of records: 70,000 forwarded mails a day for 14 days. Beyond this, the oldest is
// forgotten.
inline constexpr std::uint64_t kMaxSentMails = 1'000'000;

struct SentMail {
  MessageId message{};  // the original's; its trace tells of the report
  ReversePath sender{};
  std::string envid{};  // as given with MAIL
  Time received{};      // when we took the original over
  Time sealed{};
  std::vector<Recipient> recipients{};  // whose failure would be reported; it was not yet
  std::vector<Recipient> reported{};    // whose failure was reported: once each
  bool operator==(const SentMail&) const = default;
};

Bytes encode(const SentMail& mail);
// internal `damaged-record`.
Result<SentMail> decode_sent_mail(ByteView record);

// Records it under `token` (not empty, at most 64 octets). Call it in the closure that ends or
// defers the delivery.
void note_sent(WriteTransaction& txn, ByteView token, const SentMail& mail);
std::optional<SentMail> find_sent(const ReadTransaction& txn, ByteView token);

// Notes that the failure of these recipients is reported. False, and nothing changes, if the mail
// is not known or one of them is not waiting (any more). Call it in the closure that puts the
// report.
bool note_reported(WriteTransaction& txn, ByteView token, const std::vector<Mailbox>& recipients);

// Forgets at most `limit` mails that were sealed before `before`. Returns how many.
std::size_t purge_sent(WriteTransaction& txn, Time before, std::size_t limit);

}  // namespace culvert::store
