// What an administrator must know before a pairing: who has the domains already, and who was
// removed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/names.h"
#include "store/transaction.h"

namespace culvert::cli {

struct PairingConcerns {
  std::vector<std::string> in_use;   // one line for each domain that another identity has in use
  std::vector<std::string> removed;  // one line for each identity that was removed
};
// About a pairing that names `domains`. `identity`: of the other node, if it is known already.
PairingConcerns pairing_concerns(const store::ReadTransaction& txn,
                                 const std::vector<Domain>& domains,
                                 const std::optional<Fingerprint>& identity);

// The lines, each indented, with a line end.
std::string indented(const std::vector<std::string>& lines);

}  // namespace culvert::cli
