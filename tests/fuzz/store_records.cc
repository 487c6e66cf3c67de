// Every record of the store: what decodes is encoded again, and decodes to the same. The first
// octet chooses the record.
#include <cstdlib>

#include "store/acceptance.h"
#include "store/admin_commands.h"
#include "store/clock_jumps.h"
#include "store/invitations.h"
#include "store/keyring.h"
#include "store/messages.h"
#include "store/peers.h"
#include "store/quarantine.h"
#include "store/queue.h"
#include "store/record.h"
#include "store/routes.h"
#include "store/rules.h"
#include "store/sealed_mail.h"
#include "store/sent.h"
#include "store/trace.h"
#include "store/trouble.h"

namespace culvert::store {
namespace {

void expect(bool good) {
  if (!good) std::abort();
}

template <typename T>
void check(const Result<T>& decoded, Result<T> (*decode)(ByteView)) {
  if (!decoded) return;
  const Bytes written = encode(*decoded);
  const Result<T> again = decode(written);
  expect(again.ok() && *again == *decoded && encode(*again) == written);
}

// The same for records that hold a sealed secret; each writing seals it anew, so they are compared
// by what can be read.
const crypto::SealingKey& key() {
  static const crypto::SealingKey fixed = crypto::SealingKey::from_bytes(Bytes(32, 1)).value();
  return fixed;
}
void check_proof(ByteView record) {
  const auto decoded = decode_proof(record, key());
  if (!decoded) return;
  const auto again = decode_proof(encode(*decoded, key()), key());
  expect(again.ok() && again->domain == decoded->domain && again->id == decoded->id &&
         again->expires == decoded->expires);
}
void check_invitation(ByteView record) {
  const auto decoded = decode_invitation(record, key());
  if (!decoded) return;
  const auto again = decode_invitation(encode(*decoded, key()), key());
  expect(again.ok() && again->id == decoded->id && again->domains == decoded->domains &&
         again->answer == decoded->answer);
}

void check_codec(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return;
  RecordWriter out;
  for (std::uint32_t number = 1; number < 16; ++number) {
    for (const ByteView value : in->all(number))
      out.item(number, value);
    in->integer(number);
    in->path(number);
    in->domain(number);
  }
  const Bytes written = out.take();
  auto again = RecordReader::parse(written);
  expect(again.ok());
  for (std::uint32_t number = 1; number < 16; ++number) {
    expect(again->all_bytes(number) == in->all_bytes(number));
  }
}

void check_record(std::uint8_t which, ByteView record) {
  switch (which % 14) {
    case 0:
      return check_codec(record);
    case 1:
      return check<Message>(decode_message(record), decode_message);
    case 2:
      return check<QueueEntry>(decode_queue_entry(record), decode_queue_entry);
    case 3:
      check<ShareUse>(decode_share_use(record), decode_share_use);
      return check<QuarantineItem>(decode_quarantine_item(record), decode_quarantine_item);
    case 4:
      return check<TraceEvent>(decode_trace_event(record), decode_trace_event);
    case 5:
      check<HeardAcceptance>(decode_heard_acceptance(record), decode_heard_acceptance);
      return check<Peer>(decode_peer(record), decode_peer);
    case 6:
      return check<Route>(decode_route(record), decode_route);
    case 7:
      return check<StoredCertificate>(decode_stored_certificate(record), decode_stored_certificate);
    case 8:
      check<Answered>(decode_answered(record), decode_answered);
      return check<OwnCard>(decode_own_card(record), decode_own_card);
    case 9:
      return check_proof(record);
    case 10:
      check<SealedMail>(decode_sealed_mail(record), decode_sealed_mail);
      check<TroubleNote>(decode_trouble_note(record), decode_trouble_note);
      return check<SentMail>(decode_sent_mail(record), decode_sent_mail);
    case 11:
      return check<ClockRecord>(decode_clock_record(record), decode_clock_record);
    case 12:
      check<AdminCommand>(decode_admin_command(record), decode_admin_command);
      return check<Rule>(decode_rule(record), decode_rule);
    default:
      return check_invitation(record);
  }
}

}  // namespace
}  // namespace culvert::store

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  if (size > 0) culvert::store::check_record(octets[0], {octets + 1, size - 1});
  return 0;
}
