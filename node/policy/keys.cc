#include "node/policy/keys.h"

#include <algorithm>
#include <array>

#include "crypto/base/log.h"

namespace culvert::node {
namespace {

std::size_t stricter(std::size_t sender, std::size_t recipient) {
  return std::max(sender, recipient);
}

constexpr PolicyWord kEncryptWords[] = {
    {"never", "in clear, unless a route is or was active"},
    {"opportunistic", "sealed where a route is active, else in clear"},
    {"mandatory", "sealed or refused, never in clear"}};

constexpr std::array kRows = {
    PolicyRow{PolicyKey::encrypt, "encrypt", kEncryptWords,
              static_cast<std::size_t>(Encrypt::opportunistic), PolicyRow::Side::both, stricter,
              "whether mail to a domain without a route may leave in clear"}};

constexpr bool rows_stand_at_their_index() {
  for (std::size_t i = 0; i < kRows.size(); ++i)
    if (static_cast<std::size_t>(kRows[i].key) != i || kRows[i].built_in >= kRows[i].words.size())
      return false;
  return true;
}
static_assert(rows_stand_at_their_index());

}  // namespace

std::span<const PolicyRow> policy_rows() { return kRows; }

const PolicyRow& policy_row(PolicyKey key) { return kRows[static_cast<std::size_t>(key)]; }

const PolicyRow* find_policy_row(std::string_view name) {
  const auto found = std::find_if(kRows.begin(), kRows.end(),
                                  [name](const PolicyRow& row) { return row.name == name; });
  return found == kRows.end() ? nullptr : &*found;
}

Result<std::size_t> parse_policy_word(const PolicyRow& row, std::string_view word) {
  for (std::size_t value = 0; value < row.words.size(); ++value)
    if (row.words[value].word == word) return value;
  return permanent_error("bad-value", std::string(row.name) + " is " + policy_words(row) +
                                          ", not '" + printable(word, 40) + "'");
}

std::string policy_words(const PolicyRow& row) {
  std::string out;
  for (std::size_t i = 0; i < row.words.size(); ++i) {
    if (i > 0) out += i + 1 == row.words.size() ? " or " : ", ";
    out += row.words[i].word;
  }
  return out;
}

}  // namespace culvert::node
