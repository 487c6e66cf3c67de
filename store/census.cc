#include "store/census.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "store/damage.h"
#include "store/record.h"

namespace culvert::store {

namespace {

// Fields of the census, and of each table in it. Frozen.
enum : std::uint32_t { kTable = 1 };
enum : std::uint32_t { kName = 1, kCount = 2, kDigest = 3 };

// Adds the records of a table to `census`. False if one of them does not open.
bool count_table(const ReadTransaction& txn, Table table, Census& census) {
  bool whole = true;
  for (Cursor at = txn.scan(table); !at.at_end(); at.next()) {
    if (!is_counted(table, at.key())) continue;
    census.add(table, txn.seal().element(table, at.key(), at.stored()));
    if (!at.value()) whole = false;
  }
  return whole;
}

}  // namespace

bool is_counted(Table table, ByteView key) {
  return decides_trust(table) && !(table == Table::meta && as_text(key) == kCensusName);
}

void Census::change(Table table, const ElementDigest& element, std::int64_t by) {
  Sum& sum = sums_[table];
  sum.count += by;
  for (std::size_t i = 0; i < element.size(); ++i)
    sum.digest[i] ^= element[i];
}

void Census::add(Table table, const ElementDigest& element) { change(table, element, 1); }
void Census::remove(Table table, const ElementDigest& element) { change(table, element, -1); }

bool Census::agrees(const Census& other, Table table) const {
  const auto sum_of = [table](const Census& census) {
    const auto found = census.sums_.find(table);
    return found == census.sums_.end() ? Sum{} : found->second;
  };
  return sum_of(*this) == sum_of(other);
}

Bytes encode(const Census& census) {
  RecordWriter out;
  for (const auto& [table, sum] : census.sums_) {
    out.item(kTable, RecordWriter()
                         .text(kName, table_name(table))
                         .integer(kCount, sum.count)
                         .bytes(kDigest, sum.digest)
                         .take());
  }
  return out.take();
}

Result<Census> decode_census(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  Census census;
  for (const ByteView item : in->all(kTable)) {
    auto fields = RecordReader::parse(item);
    if (!fields) return fields.error();
    const auto table = table_named(as_text(fields->bytes(kName)));
    const ByteView digest = fields->bytes(kDigest);
    Census::Sum sum;
    if (!table || digest.size() != sum.digest.size()) {
      in->set_bad();
      continue;
    }
    sum.count = fields->integer(kCount);
    std::copy(digest.begin(), digest.end(), sum.digest.begin());
    if (const Status ok = fields->status(); !ok) return ok.error();
    census.sums_[*table] = sum;
  }
  if (const Status ok = in->status(); !ok) return ok.error();
  return census;
}

std::optional<Census> find_census(const ReadTransaction& txn) {
  const Cursor at = txn.scan(Table::meta, as_bytes(kCensusName));
  if (at.at_end() || as_text(at.key()) != kCensusName) return std::nullopt;
  const auto record = at.value();
  if (!record) return std::nullopt;
  auto census = decode_census(*record);
  if (!census) return std::nullopt;
  return std::move(census).value();
}

std::vector<Table> find_alterations(const ReadTransaction& txn) {
  const auto kept = find_census(txn);
  Census counted;
  std::vector<Table> altered;
  for (std::size_t i = 0; i < kTableCount; ++i) {
    const auto table = static_cast<Table>(i);
    if (!decides_trust(table)) continue;
    const bool whole = count_table(txn, table, counted);
    // Without a census, every table counts as altered.
    if (whole && kept && kept->agrees(counted, table)) continue;
    altered.push_back(table);
  }
  if (txn.failed()) return {};  // the database cannot be read; that is reported as such
  const bool known = txn.damage().is_altered();
  for (const Table table : altered)
    txn.damage().set_altered(table);
  if (!altered.empty() && !known) log_error("store: {}", txn.damage().altered());
  return altered;
}

}  // namespace culvert::store
