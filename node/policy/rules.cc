#include "node/policy/rules.h"

#include <algorithm>

#include "crypto/base/log.h"

namespace culvert::node {
namespace {

constexpr std::string_view kUser = "user:";
constexpr std::string_view kBelow = "domain:*.";
constexpr std::string_view kDomain = "domain:";

std::string user_scope(const Mailbox& mailbox) { return std::string(kUser) + mailbox.lookup_key(); }

Result<std::string> domain_scope(std::string_view prefix, std::string_view name) {
  auto parsed = Domain::parse(name);
  if (!parsed) return parsed.error();
  return std::string(prefix) + parsed->text();
}

}  // namespace

Result<std::string> parse_scope(std::string_view text) {
  if (text == "global") return std::string(text);
  if (text.starts_with(kUser)) {
    const auto mailbox = Mailbox::parse(text.substr(kUser.size()));
    if (!mailbox) return mailbox.error();
    return user_scope(*mailbox);
  }
  if (text.starts_with(kBelow)) return domain_scope(kBelow, text.substr(kBelow.size()));
  if (text.starts_with(kDomain)) return domain_scope(kDomain, text.substr(kDomain.size()));
  return permanent_error("bad-scope",
                         "a scope is user:ADDRESS, domain:NAME, domain:*.NAME or global, not '" +
                             printable(text, 80) + "'");
}

Rules::Rules(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const PolicyRow* const key = find_policy_row(row.key);
    if (key == nullptr) continue;
    const auto value = parse_policy_word(*key, row.value);
    // A second row for the same scope, in another spelling, must not undo the first: the stricter
    // value holds.
    const auto scope = parse_scope(row.scope);
    auto& held = values_[key->key].try_emplace(scope ? *scope : row.scope, 0).first->second;
    // A word that this version does not know was meant as a restriction, so the strictest value
    // holds.
    held = std::max(held, value ? *value : key->strictest());
  }
}

std::optional<FoundValue> Rules::at(const Values& values, const std::string& scope) {
  const auto found = values.find(scope);
  if (found == values.end()) return std::nullopt;
  return FoundValue{found->second, scope};
}

FoundValue Rules::find(PolicyKey key, const ReversePath& mailbox) const {
  const FoundValue built_in{policy_row(key).built_in};
  const auto of_key = values_.find(key);
  if (of_key == values_.end()) return built_in;
  const Values& values = of_key->second;
  if (mailbox) {
    if (auto found = at(values, user_scope(*mailbox))) return *found;
    const std::string& domain = mailbox->domain().text();
    if (auto found = at(values, std::string(kDomain) + domain)) return *found;
    for (auto dot = domain.find('.'); dot != std::string::npos; dot = domain.find('.', dot + 1)) {
      if (auto found = at(values, std::string(kBelow) + domain.substr(dot + 1))) return *found;
    }
  }
  return at(values, "global").value_or(built_in);
}

}  // namespace culvert::node
