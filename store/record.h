// How records are coded: a sequence of fields, each
//     number (varint, 1..)  length (varint)  octets
// varint is LEB128 as in Protocol Buffers, at most 10 octets, shortest form only. A field that has
// its default value (empty, zero, false) is left out; unknown numbers are skipped when read, so an
// older program can read the records of a newer one. A field may repeat; a record may be nested in
// one. Field numbers are frozen in the file that encodes the record.
//
// Integers are zig-zag varints. Times are integers of Unix seconds, absent if std::nullopt.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/names.h"
#include "crypto/base/result.h"

namespace culvert::store {

// More fields than any record has; stops a damaged record from costing memory.
inline constexpr std::size_t kMaxRecordFields = 20'000;

class RecordWriter {
 public:
  // Each leaves the field out if the value is its default.
  RecordWriter& bytes(std::uint32_t number, ByteView value);
  RecordWriter& text(std::uint32_t number, std::string_view value);
  RecordWriter& integer(std::uint32_t number, std::int64_t value);
  RecordWriter& flag(std::uint32_t number, bool value);
  RecordWriter& time(std::uint32_t number, const std::optional<Time>& value);
  // Always written, even if empty: for members of lists.
  RecordWriter& item(std::uint32_t number, ByteView value);
  RecordWriter& item(std::uint32_t number, std::string_view value) {
    return item(number, as_bytes(value));
  }

  Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

// Reads a record whose octets outlive the reader. A field of the wrong shape makes the record bad.
// Ask `status` once, at the end, before the values are used.
class RecordReader {
 public:
  // internal `damaged-record` if it is not a sequence of fields.
  static Result<RecordReader> parse(ByteView record);

  // The last field of that number, or the default.
  ByteView bytes(std::uint32_t number) const;
  std::string text(std::uint32_t number) const;
  std::int64_t integer(std::uint32_t number);
  // An integer of 0..2^63-1, or one of 0..`last` for an enumeration.
  std::uint64_t count(std::uint32_t number);
  template <typename E>
  E choice(std::uint32_t number, E last) {
    return static_cast<E>(bounded(number, static_cast<std::int64_t>(last)));
  }
  bool flag(std::uint32_t number) { return bounded(number, 1) == 1; }
  std::optional<Time> time(std::uint32_t number);
  Time time_or_zero(std::uint32_t number) { return time(number).value_or(Time{}); }
  // An absent or malformed field makes the record bad.
  Fingerprint fingerprint(std::uint32_t number);
  std::optional<Domain> domain(std::uint32_t number);
  // Absent is the null path.
  ReversePath path(std::uint32_t number);
  // All fields of that number, in order.
  std::vector<ByteView> all(std::uint32_t number) const;
  std::vector<std::string> all_texts(std::uint32_t number) const;
  std::vector<Bytes> all_bytes(std::uint32_t number) const;
  std::vector<Domain> all_domains(std::uint32_t number);

  // For a decoder that finds something wrong itself.
  void set_bad() { bad_ = true; }
  // internal `damaged-record` if anything was wrong.
  Status status() const;

 private:
  explicit RecordReader(std::vector<std::pair<std::uint32_t, ByteView>> fields)
      : fields_(std::move(fields)) {}
  const ByteView* find(std::uint32_t number) const;
  std::int64_t bounded(std::uint32_t number, std::int64_t last);
  std::vector<std::pair<std::uint32_t, ByteView>> fields_;
  bool bad_ = false;
};

}  // namespace culvert::store
