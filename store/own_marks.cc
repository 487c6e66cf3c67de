#include "store/own_marks.h"

#include <algorithm>

#include "crypto/base/ascii.h"
#include "store/record.h"
#include "store/table.h"

namespace culvert::store {

namespace {

constexpr std::string_view kOwnMarks = "own-marks";

// Fields of OwnMarks. Frozen.
enum : std::uint32_t { kName = 1, kSince = 2 };

std::string as_kept(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return lower_case(name);
}

void put_own_marks(WriteTransaction& txn, const OwnMarks& marks) {
  txn.put(Table::meta, as_bytes(kOwnMarks), encode(marks));
}

}  // namespace

Bytes encode(const OwnMarks& marks) {
  RecordWriter out;
  for (const std::string& name : marks.names)
    out.item(kName, name);
  return out.time(kSince, marks.since).take();
}

Result<OwnMarks> decode_own_marks(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  OwnMarks marks{in->all_texts(kName), in->time(kSince)};
  if (const Status ok = in->status(); !ok) return ok.error();
  return marks;
}

OwnMarks find_own_marks(const ReadTransaction& txn) {
  return load<OwnMarks>(txn, Table::meta, as_bytes(kOwnMarks), decode_own_marks)
      .value_or(OwnMarks{});
}

void start_own_marks(WriteTransaction& txn, Time now) { put_own_marks(txn, {{}, now}); }

void remove_own_marks(WriteTransaction& txn) { txn.erase(Table::meta, as_bytes(kOwnMarks)); }

void note_own_name(WriteTransaction& txn, std::string_view name, Time now) {
  const OwnMarks before = find_own_marks(txn);
  OwnMarks marks = before;
  const std::string kept = as_kept(name);
  std::erase(marks.names, kept);
  marks.names.push_back(kept);
  if (marks.names.size() > kMaxOwnNames) marks.names.erase(marks.names.begin());
  if (!marks.since) marks.since = now + std::chrono::seconds(1);
  if (!(marks == before)) put_own_marks(txn, marks);
}

}  // namespace culvert::store
