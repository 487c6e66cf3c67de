// The first octets of a message, for mail that is meant for the node itself. The rest may be of any
// size and is never held.
#pragma once

#include <functional>

#include "crypto/base/bytes.h"
#include "crypto/base/stream.h"

namespace culvert::node {

// Passes everything on to `to`. Keeps the first `limit_bytes` if `wanted` says so when the first
// octets come.
class FrontCopy final : public Sink {
 public:
  // `to` must outlive it.
  FrontCopy(Sink& to, std::size_t limit_bytes, std::function<bool()> wanted)
      : to_(to), limit_bytes_(limit_bytes), wanted_(std::move(wanted)) {}

  // Errors of `to`.
  Status write(ByteView octets) override;

  // Counts everything that was written.
  std::uint64_t size_bytes() const { return size_bytes_; }
  // Empty if it was not wanted.
  ByteView front() const { return front_; }

 private:
  Sink& to_;
  const std::size_t limit_bytes_;
  std::function<bool()> wanted_;
  Bytes front_;
  std::uint64_t size_bytes_ = 0;
};

}  // namespace culvert::node
