// Policy rules: one value for each scope and key. Their meaning is node/policy's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/transaction.h"

namespace culvert::store {

struct Rule {
  std::string scope{};  // `global`, `domain:b.example`, `user:jane@b.example`; not empty, no NUL
  std::string key{};    // `encrypt`, ...; not empty
  std::string value{};
  bool operator==(const Rule&) const = default;
};

Bytes encode(const Rule& rule);
// internal `damaged-record`.
Result<Rule> decode_rule(ByteView record);

// Of scope and key together.
inline constexpr std::size_t kMaxRuleNameBytes = 500;

// Replaces the value. permanent `bad-rule` if scope or key is empty or they are too long.
void put_rule(WriteTransaction& txn, const Rule& rule);
// False if there was none.
bool remove_rule(WriteTransaction& txn, std::string_view scope, std::string_view key);
std::optional<std::string> find_rule(const ReadTransaction& txn, std::string_view scope,
                                     std::string_view key);
// Of one scope, or of all with an empty `scope`; in the order of scope and key.
std::vector<Rule> list_rules(const ReadTransaction& txn, std::string_view scope = {});

}  // namespace culvert::store
