// A TOML document as plain values that know their lines, so that toml++ stays in one file.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crypto/base/result.h"

namespace culvert::node {

struct TreeValue;
using TreeTable = std::map<std::string, TreeValue, std::less<>>;
using TreeList = std::vector<TreeValue>;

// TOML types that none of our keys takes: floating point, date, time.
struct TreeOther {
  std::string type;
};

// One value and its line. For a member of a table, `line` is that of its key.
struct TreeValue {
  std::variant<std::string, std::int64_t, bool, TreeList, TreeTable, TreeOther> held;
  int line = 0;

  // "text", "number", "true or false", "list", "table": for messages.
  std::string type_name() const;
};

// Where a document stops being valid TOML.
struct TreeSyntaxError {
  int line = 0;
  std::string text;
};

// The whole document. Tables nest at most 256 deep (toml++).
std::variant<TreeTable, TreeSyntaxError> parse_tree(std::string_view toml);

// The line of a key, by its path from the root; if it is absent, the line of the nearest table
// above it.
int line_of(const TreeTable& root, std::initializer_list<std::string_view> path);

}  // namespace culvert::node
