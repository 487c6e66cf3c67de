#include "store/acceptance.h"

#include <algorithm>

#include "store/record.h"
#include "store/table.h"

namespace culvert::store {
namespace {

// The first octet of a key, before the fingerprint. Frozen.
enum class Role : std::uint8_t { news = 0, serial = 1, heard = 2 };

// Fields of a domain. Frozen.
enum : std::uint32_t { kDomain = 1, kState = 2, kReason = 3, kSince = 4 };
// Fields of HeardAcceptance. Frozen.
enum : std::uint32_t { kPeer = 1, kSerial = 2, kHeard = 3, kItem = 4 };
// Fields of the records of news and serials. Frozen.
enum : std::uint32_t { kNewsPeer = 1, kNewsSerial = 2, kNewsSince = 3 };

Bytes role_prefix(Role role) { return KeyWriter().octet(static_cast<std::uint8_t>(role)).take(); }

Bytes key_of(Role role, const Fingerprint& peer) {
  return KeyWriter().bytes(role_prefix(role)).bytes(peer.view()).take();
}

Bytes encode(const AcceptanceNews& news) {
  return RecordWriter()
      .bytes(kNewsPeer, news.peer.view())
      .integer(kNewsSerial, static_cast<std::int64_t>(news.serial))
      .time(kNewsSince, news.since)
      .take();
}

Result<AcceptanceNews> decode_news(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  const AcceptanceNews news{in->fingerprint(kNewsPeer), in->count(kNewsSerial),
                            in->time_or_zero(kNewsSince)};
  if (const Status ok = in->status(); !ok) return ok.error();
  return news;
}

Bytes encode(const DomainAcceptance& item) {
  return RecordWriter()
      .text(kDomain, item.domain.text())
      .text(kState, item.state)
      .text(kReason, item.reason)
      .time(kSince, item.since)
      .take();
}

Result<DomainAcceptance> decode_item(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  auto domain = in->domain(kDomain);
  if (!domain) return in->status().error();
  const std::string state = in->text(kState);
  const std::string reason = in->text(kReason);
  const Time since = in->time_or_zero(kSince);
  if (const Status ok = in->status(); !ok) return ok.error();
  return DomainAcceptance{*std::move(domain), state, reason, since};
}

}  // namespace

Bytes encode(const HeardAcceptance& heard) {
  RecordWriter out;
  out.bytes(kPeer, heard.peer.view()).integer(kSerial, static_cast<std::int64_t>(heard.serial));
  out.time(kHeard, heard.heard);
  for (const DomainAcceptance& item : heard.domains)
    out.item(kItem, ByteView(encode(item)));
  return out.take();
}

Result<HeardAcceptance> decode_heard_acceptance(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  HeardAcceptance heard{in->fingerprint(kPeer), in->count(kSerial), in->time_or_zero(kHeard), {}};
  for (const Bytes& octets : in->all_bytes(kItem)) {
    auto item = decode_item(octets);
    if (!item) return item.error();
    heard.domains.push_back(*std::move(item));
  }
  if (const Status ok = in->status(); !ok) return ok.error();
  return heard;
}

void put_heard_acceptance(WriteTransaction& txn, const HeardAcceptance& heard) {
  txn.put(Table::acceptances, key_of(Role::heard, heard.peer), encode(heard));
}

std::optional<HeardAcceptance> find_heard_acceptance(const ReadTransaction& txn,
                                                     const Fingerprint& peer) {
  return load<HeardAcceptance>(txn, Table::acceptances, key_of(Role::heard, peer),
                               decode_heard_acceptance);
}

void note_acceptance_news(WriteTransaction& txn, const Fingerprint& peer, Time now) {
  const auto seconds = std::max<std::int64_t>(1, now.time_since_epoch().count());
  const std::uint64_t serial =
      std::max(acceptance_serial(txn, peer) + 1, static_cast<std::uint64_t>(seconds));
  const Bytes record = encode(AcceptanceNews{peer, serial, now});
  txn.put(Table::acceptances, key_of(Role::news, peer), record);
  txn.put(Table::acceptances, key_of(Role::serial, peer), record);
}

std::vector<AcceptanceNews> acceptance_news(const ReadTransaction& txn) {
  return load_all<AcceptanceNews>(txn, Table::acceptances, role_prefix(Role::news), decode_news);
}

void end_acceptance_news(WriteTransaction& txn, const Fingerprint& peer, std::uint64_t serial) {
  const Bytes key = key_of(Role::news, peer);
  const auto news = load<AcceptanceNews>(txn, Table::acceptances, key, decode_news);
  if (news && news->serial <= serial) txn.erase(Table::acceptances, key);
}

std::uint64_t acceptance_serial(const ReadTransaction& txn, const Fingerprint& peer) {
  const auto news =
      load<AcceptanceNews>(txn, Table::acceptances, key_of(Role::serial, peer), decode_news);
  return news ? news->serial : 0;
}

}  // namespace culvert::store
