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

std::string_view to_text(Encrypt value) {
  switch (value) {
    case Encrypt::never:
      return "never";
    case Encrypt::opportunistic:
      return "opportunistic";
    case Encrypt::mandatory:
      return "mandatory";
  }
  return "mandatory";
}

Result<Encrypt> parse_encrypt(std::string_view word) {
  for (const Encrypt value : {Encrypt::never, Encrypt::opportunistic, Encrypt::mandatory}) {
    if (word == to_text(value)) return value;
  }
  return permanent_error("bad-value", "encrypt is opportunistic, mandatory or never, not '" +
                                          printable(word, 40) + "'");
}

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
    if (row.key != "encrypt") continue;
    const auto value = parse_encrypt(row.value);
    // Another spelling of a scope that a row has already must not undo it: the stricter holds.
    const auto scope = parse_scope(row.scope);
    auto& held = encrypt_.try_emplace(scope ? *scope : row.scope, Encrypt::never).first->second;
    // A word that this version does not know was meant as a restriction: the strictest holds.
    held = std::max(held, value ? *value : Encrypt::mandatory);
  }
}

std::optional<FoundEncrypt> Rules::at(const std::string& scope) const {
  const auto found = encrypt_.find(scope);
  if (found == encrypt_.end()) return std::nullopt;
  return FoundEncrypt{found->second, scope};
}

FoundEncrypt Rules::encrypt_for(const Mailbox& mailbox) const {
  if (encrypt_.empty()) return {};
  if (auto found = at(user_scope(mailbox))) return *found;
  const std::string& domain = mailbox.domain().text();
  if (auto found = at(std::string(kDomain) + domain)) return *found;
  for (auto dot = domain.find('.'); dot != std::string::npos; dot = domain.find('.', dot + 1)) {
    if (auto found = at(std::string(kBelow) + domain.substr(dot + 1))) return *found;
  }
  return encrypt_for_null();
}

FoundEncrypt Rules::encrypt_for_null() const {
  if (auto found = at("global")) return *found;
  return {};
}

}  // namespace culvert::node
