// Private keys and other secrets by name, sealed under the node key and bound to their name.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"
#include "store/transaction.h"

namespace culvert::store {

// Replaces what has that name. `name`: 1 to 200 octets; PKCS#8 DER for private keys.
void put_secret(WriteTransaction& txn, std::string_view name, const SecretBytes& secret);
// Nothing if there is none. One that does not open fails the transaction (internal
// `damaged-record`; permanent `not-sealed-here` if only its inner seal does not).
std::optional<SecretBytes> find_secret(const ReadTransaction& txn, std::string_view name);
// False if there was none.
bool remove_secret(WriteTransaction& txn, std::string_view name);
std::vector<std::string> list_secrets(const ReadTransaction& txn);

}  // namespace culvert::store
