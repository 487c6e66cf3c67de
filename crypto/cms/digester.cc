#include "crypto/cms/digester.h"

#include <botan/hash.h>

#include <algorithm>

namespace culvert::crypto {

struct Digester::Running {
  const DigestRow* row;
  std::unique_ptr<Botan::HashFunction> hash;
  Bytes digest;
};

Digester::Digester() = default;
Digester::~Digester() = default;
Digester::Digester(Digester&&) noexcept = default;

void Digester::add(const DigestRow& row) {
  const bool known = std::any_of(running_.begin(), running_.end(),
                                 [&](const Running& one) { return one.row == &row; });
  if (known || row.engine.empty()) return;
  running_.push_back({&row, Botan::HashFunction::create_or_throw(row.engine), {}});
}

void Digester::update(ByteView octets) {
  for (Running& one : running_)
    one.hash->update(octets);
}

void Digester::finish() {
  for (Running& one : running_) {
    one.digest.resize(one.hash->output_length());
    one.hash->final(one.digest);
  }
}

std::optional<ByteView> Digester::digest(ByteView oid) const {
  for (const Running& one : running_) {
    if (one.row->oid == oid) return ByteView(one.digest);
  }
  return std::nullopt;
}

Bytes digest_of(const DigestRow& row, ByteView octets) {
  const auto hash = Botan::HashFunction::create_or_throw(row.engine);
  hash->update(octets);
  Bytes out(hash->output_length());
  hash->final(out);
  return out;
}

}  // namespace culvert::crypto
