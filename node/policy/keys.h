// The table of policy keys: which keys can be set, to which words, what holds if none is set, and
// how the values of a mail's two sides become one. Rules, decisions, and the commands that set and
// explain them read it. To add a key: a PolicyKey here and a row in keys.cc, then `decide`
// (decision.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "crypto/base/result.h"

namespace culvert::node {

// Index of its row.
enum class PolicyKey : std::uint8_t { encrypt };

// Values of `encrypt`: indexes of its words.
enum class Encrypt : std::uint8_t { never, opportunistic, mandatory };

struct PolicyWord {
  std::string_view word;
  std::string_view help;  // what it does, as a phrase
};

struct PolicyRow {
  PolicyKey key;
  std::string_view name;
  std::span<const PolicyWord> words;  // from the mildest to the strictest; a value is an index
  std::size_t built_in;               // where no rule sets a value
  // The side whose rules are asked. For both, `combine` makes one value of the two.
  enum class Side : std::uint8_t { sender, recipient, both } side;
  std::size_t (*combine)(std::size_t sender, std::size_t recipient);
  std::string_view help;  // what the key decides, in a line

  std::size_t strictest() const { return words.size() - 1; }
};

std::span<const PolicyRow> policy_rows();
const PolicyRow& policy_row(PolicyKey key);
// Null if there is none of that name.
const PolicyRow* find_policy_row(std::string_view name);

// The value of a word. permanent `bad-value` for any other; the text lists those that exist.
Result<std::size_t> parse_policy_word(const PolicyRow& row, std::string_view word);

// `never, opportunistic or mandatory`.
std::string policy_words(const PolicyRow& row);

}  // namespace culvert::node
