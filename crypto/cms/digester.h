// Several message digests over one stream of octets, as SignedData announces them.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/cms/algorithms.h"

namespace culvert::crypto {

class Digester {
 public:
  Digester();
  ~Digester();
  Digester(Digester&&) noexcept;

  // Computes this digest too, from here on: once if it is repeated, not at all if it has no engine.
  // The digest of a broken row proves nothing; the caller checks the row first.
  void add(const DigestRow& row);
  void update(ByteView octets);
  // Ends; no more octets may come.
  void finish();
  // The digest, after `finish`, if it was computed.
  std::optional<ByteView> digest(ByteView oid) const;

 private:
  struct Running;
  std::vector<Running> running_;
};

// One digest in one call; `row` must be strong.
Bytes digest_of(const DigestRow& row, ByteView octets);

}  // namespace culvert::crypto
