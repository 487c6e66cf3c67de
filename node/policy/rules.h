// The administrator's rules: values by scope and key, looked up from the narrowest scope to the
// widest. No I/O: the rules are loaded elsewhere and handed in as a value. Immutable once built,
// so any thread may read.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/names.h"
#include "crypto/base/result.h"

namespace culvert::node {

// `encrypt`, from the mildest to the strictest.
enum class Encrypt { never, opportunistic, mandatory };

std::string_view to_text(Encrypt value);
// permanent `bad-value` for any other word; the text lists those that exist.
Result<Encrypt> parse_encrypt(std::string_view word);

// A scope in its written form: `user:jane@b.example`, `domain:b.example`, `domain:*.b.example` or
// `global`; names are brought to one form, addresses to Mailbox::lookup_key. permanent `bad-scope`,
// `bad-mailbox` or `bad-domain` otherwise.
Result<std::string> parse_scope(std::string_view text);

// A value that was found, and where: for `policy explain` and the reasons in a trace.
struct FoundEncrypt {
  Encrypt value = Encrypt::opportunistic;
  std::string scope = "built-in";
};

class Rules {
 public:
  // One row as it is stored; the scope in any form that parse_scope reads.
  struct Row {
    std::string scope;
    std::string key;
    std::string value;
  };
  explicit Rules(const std::vector<Row>& rows);
  Rules() = default;

  // What holds for that mailbox: user, then domain, then the nearest wildcard above it, then
  // global.
  FoundEncrypt encrypt_for(const Mailbox& mailbox) const;
  // What holds where no mailbox is known (the null sender): global.
  FoundEncrypt encrypt_for_null() const;

 private:
  std::optional<FoundEncrypt> at(const std::string& scope) const;

  std::map<std::string, Encrypt, std::less<>> encrypt_;
};

}  // namespace culvert::node
