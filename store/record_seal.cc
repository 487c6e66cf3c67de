#include "store/record_seal.h"

#include <algorithm>
#include <stdexcept>

namespace culvert::store {

namespace {

constexpr std::size_t kMaxTableName = 32;

// Put together on the stack: one is made for each record that is read or written.
class AssociatedData {
 public:
  AssociatedData(Table table, ByteView key) {
    const std::string_view name = table_name(table);
    if (name.size() > kMaxTableName || key.size() > kMaxKeyBytes) {
      throw std::logic_error("record_seal.h: a key that is too long");
    }
    octets_[size_++] = static_cast<std::uint8_t>(kSchemaVersion);
    add(as_bytes(name));
    octets_[size_++] = 0;
    add(key);
  }
  ByteView view() const { return ByteView(octets_).first(size_); }

 private:
  void add(ByteView more) {
    std::copy(more.begin(), more.end(), octets_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += more.size();
  }
  std::array<std::uint8_t, 2 + kMaxTableName + kMaxKeyBytes> octets_;
  std::size_t size_ = 0;
};

}  // namespace

RecordSeal::RecordSeal(const crypto::NodeKey& key)
    : index_key_(key.derive(crypto::KeyPurpose::index)),
      census_key_(key.derive(crypto::KeyPurpose::census)) {
  const crypto::SealingKey records = key.derive(crypto::KeyPurpose::records);
  for (std::size_t i = 0; i < kTableCount; ++i) {
    SecretBytes octets(crypto::SealingKey::kSize);
    crypto::keyed_digest(records, {as_bytes("table"), as_bytes(table_name(static_cast<Table>(i)))},
                         octets.writable());
    table_keys_.push_back(crypto::SealingKey::from_bytes(octets.view()).value());
  }
}

bool RecordSeal::is_sealed(Table table, ByteView key) {
  return table != Table::bodies && !(table == Table::meta && as_text(key) == kSchemaName);
}

std::size_t RecordSeal::overhead_bytes(Table table, ByteView key) {
  return is_sealed(table, key) ? crypto::kSealOverheadBytes : 0;
}

void RecordSeal::seal(Table table, ByteView key, ByteView value, MutableBytes out) const {
  if (!is_sealed(table, key)) {
    std::copy(value.begin(), value.end(), out.begin());
    return;
  }
  crypto::seal_into(table_keys_[static_cast<std::size_t>(table)], value,
                    AssociatedData(table, key).view(), out);
}

bool RecordSeal::open(Table table, ByteView key, ByteView stored, Bytes& out) const {
  out.clear();
  if (!is_sealed(table, key)) {
    out.assign(stored.begin(), stored.end());
    return true;
  }
  if (stored.size() < crypto::kSealOverheadBytes || key.size() > kMaxKeyBytes) return false;
  out.resize(stored.size() - crypto::kSealOverheadBytes);
  if (crypto::open_into(table_keys_[static_cast<std::size_t>(table)], stored,
                        AssociatedData(table, key).view(), out)) {
    return true;
  }
  out.clear();
  return false;
}

Bytes RecordSeal::index(Table table, std::string_view text) const {
  Bytes out(kIndexBytes);
  crypto::keyed_digest(index_key_, {as_bytes(table_name(table)), as_bytes(text)}, out);
  return out;
}

ElementDigest RecordSeal::element(Table table, ByteView key, ByteView stored) const {
  ElementDigest digest{};
  crypto::keyed_digest(census_key_, {as_bytes(table_name(table)), key, stored}, digest);
  return digest;
}

}  // namespace culvert::store
