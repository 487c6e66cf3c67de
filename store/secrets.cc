#include "store/secrets.h"

#include "store/table.h"

namespace culvert::store {

void put_secret(WriteTransaction& txn, std::string_view name, const SecretBytes& secret) {
  txn.put(Table::secrets, as_bytes(name),
          crypto::seal(txn.secrets_key(), secret.view(), as_bytes(name)));
}

std::optional<SecretBytes> find_secret(const ReadTransaction& txn, std::string_view name) {
  const auto sealed = txn.get(Table::secrets, as_bytes(name));
  if (!sealed) return std::nullopt;
  auto secret = crypto::open_sealed(txn.secrets_key(), *sealed, as_bytes(name));
  if (secret) return std::move(secret).value();
  txn.fail(std::move(secret).error());
  return std::nullopt;
}

bool remove_secret(WriteTransaction& txn, std::string_view name) {
  return txn.erase(Table::secrets, as_bytes(name));
}

std::vector<std::string> list_secrets(const ReadTransaction& txn) {
  std::vector<std::string> names;
  each(txn, Table::secrets, {}, {}, [&](ByteView name, ByteView) {
    names.push_back(to_text(name));
    return true;
  });
  return names;
}

}  // namespace culvert::store
