// The administrator's rules: values by scope and key, looked up from the narrowest scope to the
// widest. No I/O: the rules are loaded elsewhere and passed in as a value. Immutable once built, so
// any thread may read.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/names.h"
#include "crypto/base/result.h"
#include "node/policy/keys.h"

namespace culvert::node {

// A scope in its written form: `user:jane@b.example`, `domain:b.example`, `domain:*.b.example` or
// `global`. Names are brought to one form, addresses to Mailbox::lookup_key. Otherwise permanent
// `bad-scope`, `bad-mailbox` or `bad-domain`.
Result<std::string> parse_scope(std::string_view text);

// A value and where it was found: for `policy explain` and the reasons in a trace.
struct FoundValue {
  std::size_t value = 0;  // index into the key's words
  std::string scope = "built-in";
};

class Rules {
 public:
  // One row as stored; the scope in any form that parse_scope reads.
  struct Row {
    std::string scope;
    std::string key;
    std::string value;
  };
  explicit Rules(const std::vector<Row>& rows);
  Rules() = default;

  // The value for that mailbox: user, then domain, then the nearest wildcard above it, then global.
  // If there is no mailbox (the null sender): global.
  FoundValue find(PolicyKey key, const ReversePath& mailbox) const;

 private:
  using Values = std::map<std::string, std::size_t, std::less<>>;  // by scope
  static std::optional<FoundValue> at(const Values& values, const std::string& scope);

  std::map<PolicyKey, Values> values_;
};

}  // namespace culvert::node
