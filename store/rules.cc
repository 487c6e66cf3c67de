#include "store/rules.h"

#include <algorithm>

#include "store/record.h"
#include "store/table.h"

namespace culvert::store {

namespace {

// Fields of Rule. Frozen.
enum : std::uint32_t { kScope = 1, kKey = 2, kValue = 3 };

// Both parts are hashed: a scope may be an address, and the key of a rule may have any length.
Bytes rule_key(const ReadTransaction& txn, std::string_view scope, std::string_view key) {
  return KeyWriter()
      .bytes(txn.index(Table::rules, scope))
      .bytes(txn.index(Table::rules, key))
      .take();
}

}  // namespace

Bytes encode(const Rule& rule) {
  return RecordWriter()
      .text(kScope, rule.scope)
      .text(kKey, rule.key)
      .text(kValue, rule.value)
      .take();
}

Result<Rule> decode_rule(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  Rule rule{in->text(kScope), in->text(kKey), in->text(kValue)};
  if (rule.scope.empty() || rule.key.empty()) in->set_bad();
  if (const Status ok = in->status(); !ok) return ok.error();
  return rule;
}

void put_rule(WriteTransaction& txn, const Rule& rule) {
  const bool too_long = rule.scope.size() + rule.key.size() > kMaxRuleNameBytes;
  if (rule.scope.empty() || rule.key.empty() || too_long ||
      rule.scope.find('\0') != std::string::npos) {
    txn.fail(permanent_error("bad-rule", "a rule needs a scope and a key, of at most 500 octets"));
    return;
  }
  txn.put(Table::rules, rule_key(txn, rule.scope, rule.key), encode(rule));
}

bool remove_rule(WriteTransaction& txn, std::string_view scope, std::string_view key) {
  return txn.erase(Table::rules, rule_key(txn, scope, key));
}

std::optional<std::string> find_rule(const ReadTransaction& txn, std::string_view scope,
                                     std::string_view key) {
  auto rule = load<Rule>(txn, Table::rules, rule_key(txn, scope, key), decode_rule);
  if (!rule) return std::nullopt;
  return std::move(rule->value);
}

std::vector<Rule> list_rules(const ReadTransaction& txn, std::string_view scope) {
  const Bytes prefix = scope.empty() ? Bytes{} : txn.index(Table::rules, scope);
  std::vector<Rule> rules = load_all<Rule>(txn, Table::rules, prefix, decode_rule);
  std::sort(rules.begin(), rules.end(), [](const Rule& a, const Rule& b) {
    return std::tie(a.scope, a.key) < std::tie(b.scope, b.key);
  });
  return rules;
}

}  // namespace culvert::store
