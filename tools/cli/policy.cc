// `culvert policy`: the administrator's rules, by scope.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "node/policy/rules.h"
#include "store/rules.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

// `encrypt=mandatory` as a rule for a scope; a word that means nothing is wrong usage.
Result<store::Rule> parse_setting(const std::string& scope, const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string key = text.substr(0, equals);
  if (equals == std::string::npos) {
    return usage_error("'" + printable(text, 80) + "' is not KEY=VALUE; write encrypt=mandatory");
  }
  if (key != "encrypt") {
    return usage_error("'" + printable(key, 80) + "' cannot be set; this version knows encrypt");
  }
  const auto value = node::parse_encrypt(text.substr(equals + 1));
  if (!value) return usage_error(value.error().text);
  return store::Rule{scope, key, std::string(node::to_text(*value))};
}

Result<std::string> scope_operand(const std::string& text) {
  auto scope = node::parse_scope(text);
  if (!scope) return usage_error(scope.error().text);
  return scope;
}

Report report_of(const std::vector<store::Rule>& rules) {
  Table table({"SCOPE", "KEY", "VALUE"});
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const store::Rule& rule : rules) {
    table.add({rule.scope, rule.key, rule.value});
    list.push_back({{"scope", rule.scope}, {"key", rule.key}, {"value", rule.value}});
  }
  Report report;
  report.text = table.empty() ? "No rules are set; built in is encrypt=opportunistic: sealed where "
                                "a route is active, else clear.\n"
                              : table.text();
  report.json = json_text({{"rules", std::move(list)}});
  return report;
}

Result<Report> policy_show(const Arguments& arguments) {
  std::string scope;
  if (const auto given = arguments.value("SCOPE")) {
    auto parsed = scope_operand(*given);
    if (!parsed) return parsed.error();
    scope = *std::move(parsed);
  }
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto rules = read_store<std::vector<store::Rule>>(
      *node->store, [&](const store::ReadTransaction& txn) -> Result<std::vector<store::Rule>> {
        return store::list_rules(txn, scope);
      });
  if (!rules) return rules.error();
  return report_of(*rules);
}

Result<Report> policy_set(const Arguments& arguments) {
  auto scope = scope_operand(*arguments.value("SCOPE"));
  if (!scope) return scope.error();
  std::vector<store::Rule> rules;
  for (const std::string& text : arguments.all("KEY=VALUE")) {
    auto rule = parse_setting(*scope, text);
    if (!rule) return rule.error();
    rules.push_back(*std::move(rule));
  }
  auto node = open_node(arguments);
  if (!node) return node.error();
  const Status written = node->store->write([&](store::WriteTransaction& txn) -> Status {
    for (const store::Rule& rule : rules)
      store::put_rule(txn, rule);
    return done();
  });
  if (!written) return written.error();
  return report_of(rules);
}

}  // namespace

std::vector<Command> policy_commands() {
  const std::string scopes =
      "`global`, `domain:b.example`, `domain:*.b.example` or `user:jane@b.example`";
  return {{.name = "policy show",
           .summary = "shows the rules that are set",
           .operands = {{"SCOPE", Operand::Count::optional, "of this scope only: " + scopes}},
           .options = {},
           .detail = {},
           .example = "culvert policy show domain:b.example",
           .run = policy_show},
          {.name = "policy set",
           .summary = "sets rules; a running node obeys them within a second",
           .operands = {{"SCOPE", Operand::Count::one, scopes},
                        {"KEY=VALUE", Operand::Count::some,
                         "encrypt=never, encrypt=opportunistic or encrypt=mandatory"}},
           .options = {},
           .detail =
               "mandatory: sealed or refused, never clear. opportunistic: sealed where a route is "
               "active.\nThe narrowest scope counts; between sender and recipient the stricter.",
           .example = "culvert policy set domain:b.example encrypt=mandatory",
           .run = policy_set}};
}

}  // namespace culvert::cli
