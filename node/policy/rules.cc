#include "node/policy/rules.h"

#include "crypto/base/log.h"

namespace culvert::node {
namespace {

constexpr std::string_view kUser = "user:";
constexpr std::string_view kBelow = "domain:*.";
constexpr std::string_view kDomain = "domain:";

template <typename Name>
Result<std::string> scoped(std::string_view prefix, std::string_view name) {
  auto parsed = Name::parse(name);
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
  if (text.starts_with(kUser)) return scoped<Mailbox>(kUser, text.substr(kUser.size()));
  if (text.starts_with(kBelow)) return scoped<Domain>(kBelow, text.substr(kBelow.size()));
  if (text.starts_with(kDomain)) return scoped<Domain>(kDomain, text.substr(kDomain.size()));
  return permanent_error("bad-scope",
                         "a scope is user:ADDRESS, domain:NAME, domain:*.NAME or global, not '" +
                             printable(text, 80) + "'");
}

Rules::Rules(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    if (row.key != "encrypt") continue;
    const auto value = parse_encrypt(row.value);
    // A word that this version does not know was meant as a restriction: the strictest holds.
    encrypt_[row.scope] = value ? *value : Encrypt::mandatory;
  }
}

std::optional<FoundEncrypt> Rules::at(const std::string& scope) const {
  const auto found = encrypt_.find(scope);
  if (found == encrypt_.end()) return std::nullopt;
  return FoundEncrypt{found->second, scope};
}

FoundEncrypt Rules::encrypt_for(const Mailbox& mailbox) const {
  if (encrypt_.empty()) return {};
  if (auto found = at(std::string(kUser) + mailbox.text())) return *found;
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
