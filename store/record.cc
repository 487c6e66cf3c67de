#include "store/record.h"

#include <algorithm>

namespace culvert::store {

namespace {

Error damaged() { return internal_error("damaged-record", "a record of the store is damaged"); }

// Shortest form only, so that equal records are equal octets.
std::optional<std::uint64_t> take_varint(ByteView& from) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < from.size() && i < 10; ++i) {
    const std::uint64_t octet = from[i];
    if (i == 9 && octet > 1) return std::nullopt;
    value |= (octet & 0x7f) << (7 * i);
    if (octet < 0x80) {
      if (octet == 0 && i > 0) return std::nullopt;
      from = from.subspan(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

void put_varint(Bytes& to, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    to.push_back(static_cast<std::uint8_t>(value | 0x80));
  to.push_back(static_cast<std::uint8_t>(value));
}

std::uint64_t zig_zag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
std::int64_t zag_zig(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

}  // namespace

RecordWriter& RecordWriter::item(std::uint32_t number, ByteView value) {
  put_varint(out_, number);
  put_varint(out_, value.size());
  append(out_, value);
  return *this;
}

RecordWriter& RecordWriter::bytes(std::uint32_t number, ByteView value) {
  return value.empty() ? *this : item(number, value);
}
RecordWriter& RecordWriter::text(std::uint32_t number, std::string_view value) {
  return bytes(number, as_bytes(value));
}

RecordWriter& RecordWriter::integer(std::uint32_t number, std::int64_t value) {
  if (value == 0) return *this;
  return time(number, from_unix(value));
}

RecordWriter& RecordWriter::flag(std::uint32_t number, bool value) {
  return integer(number, value ? 1 : 0);
}

RecordWriter& RecordWriter::time(std::uint32_t number, const std::optional<Time>& value) {
  if (!value) return *this;
  Bytes octets;
  put_varint(octets, zig_zag(to_unix(*value)));
  return item(number, octets);
}

Result<RecordReader> RecordReader::parse(ByteView record) {
  std::vector<std::pair<std::uint32_t, ByteView>> fields;
  fields.reserve(16);
  while (!record.empty()) {
    const auto number = take_varint(record);
    if (!number || *number == 0 || *number > UINT32_MAX) return damaged();
    const auto length = take_varint(record);
    if (!length || *length > record.size() || fields.size() == kMaxRecordFields) return damaged();
    fields.emplace_back(static_cast<std::uint32_t>(*number), record.first(*length));
    record = record.subspan(*length);
  }
  return RecordReader(std::move(fields));
}

const ByteView* RecordReader::find(std::uint32_t number) const {
  const auto at = std::find_if(fields_.rbegin(), fields_.rend(),
                               [number](const auto& field) { return field.first == number; });
  return at == fields_.rend() ? nullptr : &at->second;
}

ByteView RecordReader::bytes(std::uint32_t number) const {
  const ByteView* value = find(number);
  return value == nullptr ? ByteView{} : *value;
}

std::string RecordReader::text(std::uint32_t number) const { return to_text(bytes(number)); }

std::int64_t RecordReader::integer(std::uint32_t number) {
  const auto value = time(number);
  return value ? to_unix(*value) : 0;
}

std::uint64_t RecordReader::count(std::uint32_t number) {
  return static_cast<std::uint64_t>(bounded(number, INT64_MAX));
}

std::int64_t RecordReader::bounded(std::uint32_t number, std::int64_t last) {
  const std::int64_t value = integer(number);
  if (value >= 0 && value <= last) return value;
  bad_ = true;
  return 0;
}

std::optional<Time> RecordReader::time(std::uint32_t number) {
  const ByteView* value = find(number);
  if (value == nullptr) return std::nullopt;
  ByteView rest = *value;
  const auto raw = take_varint(rest);
  if (!raw || !rest.empty()) {
    bad_ = true;
    return std::nullopt;
  }
  return from_unix(zag_zig(*raw));
}

Fingerprint RecordReader::fingerprint(std::uint32_t number) {
  const auto value = Fingerprint::from_bytes(bytes(number));
  if (!value) bad_ = true;
  return value.value_or(Fingerprint{});
}

std::optional<Domain> RecordReader::domain(std::uint32_t number) {
  auto value = Domain::parse(as_text(bytes(number)));
  if (value) return std::move(value).value();
  bad_ = true;
  return std::nullopt;
}

ReversePath RecordReader::path(std::uint32_t number) {
  const ByteView* value = find(number);
  if (value == nullptr) return std::nullopt;
  auto mailbox = Mailbox::parse(as_text(*value));
  if (mailbox) return std::move(mailbox).value();
  bad_ = true;
  return std::nullopt;
}

std::vector<ByteView> RecordReader::all(std::uint32_t number) const {
  std::vector<ByteView> values;
  for (const auto& [field, value] : fields_) {
    if (field == number) values.push_back(value);
  }
  return values;
}

std::vector<std::string> RecordReader::all_texts(std::uint32_t number) const {
  std::vector<std::string> texts;
  for (const ByteView value : all(number))
    texts.push_back(to_text(value));
  return texts;
}

std::vector<Bytes> RecordReader::all_bytes(std::uint32_t number) const {
  std::vector<Bytes> values;
  for (const ByteView value : all(number))
    values.emplace_back(value.begin(), value.end());
  return values;
}

std::vector<Domain> RecordReader::all_domains(std::uint32_t number) {
  std::vector<Domain> domains;
  for (const ByteView value : all(number)) {
    auto domain = Domain::parse(as_text(value));
    if (!domain) {
      bad_ = true;
      continue;
    }
    domains.push_back(std::move(domain).value());
  }
  return domains;
}

Status RecordReader::status() const { return bad_ ? Status(damaged()) : done(); }

}  // namespace culvert::store
