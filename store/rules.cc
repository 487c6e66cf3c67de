#include "store/rules.h"

#include "store/table.h"

namespace culvert::store {

namespace {

Bytes rule_key(std::string_view scope, std::string_view key) {
  return KeyWriter().text_nul(scope).text(key).take();
}

}  // namespace

void put_rule(WriteTransaction& txn, const Rule& rule) {
  if (rule.scope.empty() || rule.key.empty() || rule.scope.find('\0') != std::string::npos) {
    txn.fail(permanent_error("bad-rule", "a rule needs a scope and a key"));
    return;
  }
  txn.put(Table::rules, rule_key(rule.scope, rule.key), as_bytes(rule.value));
}

bool remove_rule(WriteTransaction& txn, std::string_view scope, std::string_view key) {
  return txn.erase(Table::rules, rule_key(scope, key));
}

std::optional<std::string> find_rule(const ReadTransaction& txn, std::string_view scope,
                                     std::string_view key) {
  const auto value = txn.get(Table::rules, rule_key(scope, key));
  if (!value) return std::nullopt;
  return to_text(*value);
}

std::vector<Rule> list_rules(const ReadTransaction& txn, std::string_view scope) {
  std::vector<Rule> rules;
  const Bytes prefix = scope.empty() ? Bytes{} : rule_key(scope, "");
  each(txn, Table::rules, prefix, prefix, [&](ByteView key, ByteView value) {
    const std::string_view text = as_text(key);
    const std::size_t nul = text.find('\0');
    if (nul != std::string_view::npos) {
      rules.push_back(
          {std::string(text.substr(0, nul)), std::string(text.substr(nul + 1)), to_text(value)});
    }
    return true;
  });
  return rules;
}

}  // namespace culvert::store
