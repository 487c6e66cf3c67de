// Octets that come and go piece by piece. A message is never whole in memory: it is read from a
// `Source` and written to a `Sink`. Neither is thread-safe; each belongs to one caller at a time.
#pragma once

#include <utility>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace culvert {

// Where octets come from.
class Source {
 public:
  virtual ~Source() = default;
  // Fills the front of `into` (not empty) and returns the number of octets; 0 means the end, for
  // ever. A short count says nothing about the end.
  virtual Result<std::size_t> read(MutableBytes into) = 0;
};

// A source that can start again, for work that needs two passes (authenticate, then release).
class RewindableSource : public Source {
 public:
  // The next read returns the first octet again.
  virtual Status rewind() = 0;
};

// Where octets go. After an error nothing more may be written.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual Status write(ByteView bytes) = 0;
};

// Reads from memory that must outlive it.
class ViewSource final : public RewindableSource {
 public:
  explicit ViewSource(ByteView all) : all_(all) {}
  Result<std::size_t> read(MutableBytes into) override;
  Status rewind() override;

 private:
  ByteView all_;
  std::size_t at_ = 0;
};

// Octets in memory, then all of another source, which must outlive this.
class JoinedSource final : public Source {
 public:
  JoinedSource(Bytes front, Source& rest) : front_(std::move(front)), rest_(rest) {}
  Result<std::size_t> read(MutableBytes into) override;

 private:
  const Bytes front_;
  std::size_t at_ = 0;
  Source& rest_;
};

// Appends to a vector that must outlive it.
class BytesSink final : public Sink {
 public:
  explicit BytesSink(Bytes& to) : to_(to) {}
  Status write(ByteView bytes) override;

 private:
  Bytes& to_;
};

// Copies all that remains in `from` to `to`; returns the number of octets.
Result<std::uint64_t> copy_all(Source& from, Sink& to);

// Reads the next octets, at most `limit_bytes`; fewer only at the end.
Result<Bytes> read_front(Source& from, std::size_t limit_bytes);

// Reads all that remains. permanent `too-large` if that is longer than `limit_bytes`.
Result<Bytes> read_all(Source& from, std::size_t limit_bytes);

}  // namespace culvert
