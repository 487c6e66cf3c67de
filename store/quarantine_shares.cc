#include "store/quarantine_shares.h"

#include <map>

#include "crypto/keys/sealing.h"
#include "store/meta.h"
#include "store/quarantine.h"
#include "store/record.h"
#include "store/table.h"

namespace culvert::store {

namespace {

// Fields of QuarantineShare. Frozen.
enum : std::uint32_t { kKind = 1, kSharePeer = 2, kSource = 3 };
// Fields of ShareUse. Frozen.
enum : std::uint32_t { kShare = 1, kBytes = 2, kItems = 3 };

// The sum over all strangers, in `meta`.
constexpr std::string_view kStrangersBytes = "quarantine-strangers";

void add_to_strangers(WriteTransaction& txn, std::int64_t by) {
  write_number(txn, kStrangersBytes,
               std::max<std::int64_t>(read_number(txn, kStrangersBytes) + by, 0));
}

// The stored key is a digest that only the node key makes: a share may name a domain or a network,
// which anybody could guess.
Bytes stored_key(const ReadTransaction& txn, const Bytes& share) {
  return txn.index(Table::quarantine_shares, as_text(share));
}

std::optional<ShareUse> find_use(const ReadTransaction& txn, const QuarantineShare& share) {
  return load<ShareUse>(txn, Table::quarantine_shares, stored_key(txn, share_key(share)),
                        decode_share_use);
}

void put_use(WriteTransaction& txn, const ShareUse& use) {
  txn.put(Table::quarantine_shares, stored_key(txn, share_key(use.share)), encode(use));
}

}  // namespace

Bytes encode(const QuarantineShare& share) {
  RecordWriter out;
  out.integer(kKind, static_cast<std::int64_t>(share.kind));
  if (share.peer) out.bytes(kSharePeer, share.peer->view());
  return out.text(kSource, share.source).take();
}

Result<QuarantineShare> decode_quarantine_share(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  QuarantineShare share;
  share.kind = in->choice(kKind, ShareKind::stranger);
  if (static_cast<std::uint8_t>(share.kind) == 0) in->set_bad();
  if (share.kind != ShareKind::stranger) share.peer = in->fingerprint(kSharePeer);
  share.source = in->text(kSource);
  if (const Status ok = in->status(); !ok) return ok.error();
  return share;
}

Bytes share_key(const QuarantineShare& share) { return crypto::index_digest({encode(share)}); }

Bytes encode(const ShareUse& use) {
  RecordWriter out;
  out.bytes(kShare, encode(use.share)).integer(kBytes, static_cast<std::int64_t>(use.bytes));
  return out.integer(kItems, static_cast<std::int64_t>(use.items)).take();
}

Result<ShareUse> decode_share_use(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  auto share = decode_quarantine_share(in->bytes(kShare));
  if (!share) return share.error();
  ShareUse use{*std::move(share), in->count(kBytes), in->count(kItems)};
  if (const Status ok = in->status(); !ok) return ok.error();
  return use;
}

std::uint64_t share_bytes(const ReadTransaction& txn, const QuarantineShare& share) {
  const auto use = find_use(txn, share);
  return use ? use->bytes : 0;
}

std::uint64_t strangers_bytes(const ReadTransaction& txn) {
  return static_cast<std::uint64_t>(read_number(txn, kStrangersBytes));
}

std::vector<ShareUse> list_shares(const ReadTransaction& txn, std::uint64_t least_bytes,
                                  std::size_t limit) {
  std::vector<ShareUse> found;
  each(txn, Table::quarantine_shares, {}, {}, [&](ByteView key, ByteView record) {
    auto use = decode_share_use(record);
    if (!use) {
      txn.damage().note(Table::quarantine_shares, key);
    } else if (use->bytes >= least_bytes) {
      found.push_back(*std::move(use));
    }
    return found.size() < limit;
  });
  return found;
}

void charge_share(WriteTransaction& txn, const QuarantineShare& share, std::uint64_t size_bytes) {
  ShareUse use = find_use(txn, share).value_or(ShareUse{share, 0, 0});
  use.bytes += charged_bytes(size_bytes);
  ++use.items;
  put_use(txn, use);
  if (share.kind == ShareKind::stranger) {
    add_to_strangers(txn, static_cast<std::int64_t>(charged_bytes(size_bytes)));
  }
}

void credit_share(WriteTransaction& txn, const QuarantineShare& share, std::uint64_t size_bytes) {
  if (share.kind == ShareKind::stranger) {
    add_to_strangers(txn, -static_cast<std::int64_t>(charged_bytes(size_bytes)));
  }
  auto use = find_use(txn, share);
  if (!use) return;
  if (use->items <= 1) {
    txn.erase(Table::quarantine_shares, stored_key(txn, share_key(share)));
    return;
  }
  use->bytes -= std::min(use->bytes, charged_bytes(size_bytes));
  --use->items;
  put_use(txn, *use);
}

void recount_quarantine(WriteTransaction& txn) {
  std::map<Bytes, ShareUse> uses;
  std::uint64_t strangers = 0;
  each(txn, Table::quarantine, {}, {}, [&](ByteView, ByteView record) {
    const auto item = decode_quarantine_item(record);
    if (!item) return true;  // `list_quarantine` reports it
    const QuarantineShare share = share_of(*item);
    ShareUse& use = uses[share_key(share)];
    const std::uint64_t bytes = charged_bytes(item->message.size_bytes);
    use = {share, use.bytes + bytes, use.items + 1};
    if (share.kind == ShareKind::stranger) strangers += bytes;
    return true;
  });
  for (const Bytes& key : keys_of(txn, Table::quarantine_shares, {}, SIZE_MAX))
    txn.erase(Table::quarantine_shares, key);
  for (const auto& [key, use] : uses)
    txn.put(Table::quarantine_shares, stored_key(txn, key), encode(use));
  write_number(txn, kStrangersBytes, static_cast<std::int64_t>(strangers));
}

}  // namespace culvert::store
