// `culvert policy`: the administrator's rules, by scope.
#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "node/policy/keys.h"
#include "node/policy/rules.h"
#include "store/routes.h"
#include "store/rules.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

// What can be set: `encrypt`.
std::string known_keys() {
  std::string out;
  for (const node::PolicyRow& row : node::policy_rows())
    out += (out.empty() ? "" : ", ") + std::string(row.name);
  return out;
}

// `encrypt=mandatory` as a rule for a scope. An unknown word is a usage error.
Result<store::Rule> parse_setting(const std::string& scope, const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string key = text.substr(0, equals);
  if (equals == std::string::npos) {
    return usage_error("'" + printable(text, 80) + "' is not KEY=VALUE; write encrypt=mandatory");
  }
  const node::PolicyRow* const row = node::find_policy_row(key);
  if (row == nullptr) {
    return usage_error("'" + printable(key, 80) + "' cannot be set; this version knows " +
                       known_keys());
  }
  const auto value = node::parse_policy_word(*row, text.substr(equals + 1));
  if (!value) return usage_error(value.error().text);
  return store::Rule{scope, key, std::string(row->words[*value].word)};
}

// `encrypt=never, encrypt=opportunistic or encrypt=mandatory`.
std::string settings() {
  std::string out;
  for (const node::PolicyRow& row : node::policy_rows()) {
    for (std::size_t i = 0; i < row.words.size(); ++i) {
      const bool is_last = i + 1 == row.words.size();
      out += out.empty() ? "" : i == 0 ? "; " : is_last ? " or " : ", ";
      out += std::string(row.name) + "=" + std::string(row.words[i].word);
    }
  }
  return out;
}

// One line for each word, from the strictest to the mildest.
std::string help_of_keys() {
  std::string out;
  for (const node::PolicyRow& row : node::policy_rows()) {
    out += std::string(row.name) + ": " + std::string(row.help) + ".\n";
    for (auto word = row.words.rbegin(); word != row.words.rend(); ++word)
      out += "  " + std::string(word->word) + ": " + std::string(word->help) + ".\n";
  }
  return out + "The narrowest scope counts; between sender and recipient the stricter.";
}

std::string built_in_text() {
  std::string out = "No rules are set; built in is ";
  bool first = true;
  for (const node::PolicyRow& row : node::policy_rows()) {
    const node::PolicyWord& word = row.words[row.built_in];
    out += std::string(first ? "" : "; ") + std::string(row.name) + "=" + std::string(word.word) +
           ": " + std::string(word.help);
    first = false;
  }
  return out + ".\n";
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
  report.text = table.empty() ? built_in_text() : table.text();
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

bool covers(std::string_view scope, const Domain& domain) {
  constexpr std::string_view kDomain = "domain:";
  constexpr std::string_view kBelow = "*.";
  if (scope.starts_with("user:")) return scope.substr(scope.rfind('@') + 1) == domain.text();
  if (!scope.starts_with(kDomain)) return false;
  const std::string_view name = scope.substr(kDomain.size());
  if (name.starts_with(kBelow)) return domain.text().ends_with(name.substr(kBelow.size() - 1));
  return name == domain.text();
}

// No rule bypasses a route that was active, so one that wants to is refused, not ignored.
Status check_routes(const store::ReadTransaction& txn, const store::Rule& rule) {
  if (rule.key != "encrypt" || rule.value != "never") return done();
  for (const store::Route& route : store::list_routes(txn)) {
    if (!route.active_since || route.released || !covers(rule.scope, route.domain)) continue;
    const std::string& domain = route.domain.text();
    return permanent_error("in-use", "mail to " + domain +
                                         " is sealed for the partner that has it, whatever the "
                                         "rules say; `culvert route release " +
                                         domain + "` ends that");
  }
  return done();
}

Result<Report> policy_unset(const Arguments& arguments) {
  const auto scope = scope_operand(*arguments.value("SCOPE"));
  if (!scope) return scope.error();
  const auto& keys = arguments.all("KEY");
  for (const std::string& key : keys) {
    if (node::find_policy_row(key) != nullptr) continue;
    return usage_error("'" + printable(key, 80) + "' is no key; this version knows " +
                       known_keys());
  }
  auto node = open_node(arguments);
  if (!node) return node.error();
  std::size_t removed = 0;
  const Status written = node->store->write([&](store::WriteTransaction& txn) -> Status {
    removed = 0;
    for (const std::string& key : keys)
      removed += store::remove_rule(txn, *scope, key) ? 1 : 0;
    return done();
  });
  if (!written) return written.error();
  if (removed == 0) {
    return permanent_error("not-found",
                           "no such rule is set for " + *scope + " (`culvert policy show`)");
  }
  return Report{.text = counted(removed, "rule") + " removed; what is wider counts again.\n",
                .json = json_text({{"removed", removed}})};
}

Result<Report> policy_set(const Arguments& arguments) {
  auto scope = scope_operand(*arguments.value("SCOPE"));
  if (!scope) return scope.error();
  std::vector<store::Rule> rules;
  for (const std::string& text : arguments.all("KEY=VALUE")) {
    auto rule = parse_setting(*scope, text);
    if (!rule) return rule.error();
    const bool is_twice = std::any_of(rules.begin(), rules.end(),
                                      [&rule](const auto& r) { return r.key == rule->key; });
    if (is_twice) return usage_error("'" + rule->key + "' is given twice; one value is set");
    rules.push_back(*std::move(rule));
  }
  auto node = open_node(arguments);
  if (!node) return node.error();
  const Status written = node->store->write([&](store::WriteTransaction& txn) -> Status {
    for (const store::Rule& rule : rules) {
      if (const Status fits = check_routes(txn, rule); !fits) return fits;
      store::put_rule(txn, rule);
    }
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
                        {"KEY=VALUE", Operand::Count::some, settings()}},
           .options = {},
           .detail = help_of_keys(),
           .example = "culvert policy set domain:b.example encrypt=mandatory",
           .run = policy_set},
          {.name = "policy unset",
           .summary = "removes rules; what a wider scope says counts again",
           .operands = {{"SCOPE", Operand::Count::one, scopes},
                        {"KEY", Operand::Count::some, known_keys()}},
           .options = {},
           .detail = {},
           .example = "culvert policy unset domain:b.example encrypt",
           .run = policy_unset}};
}

}  // namespace culvert::cli
