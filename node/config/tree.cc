#include "node/config/tree.h"

#include <toml++/toml.h>
#include <sstream>

namespace culvert::node {
namespace {

TreeValue copy_of(const toml::node& node, int line);

TreeTable copy_of(const toml::table& table) {
  TreeTable copy;
  for (const auto& [key, value] : table) {
    copy.emplace(std::string(key.str()), copy_of(value, static_cast<int>(key.source().begin.line)));
  }
  return copy;
}

TreeList copy_of(const toml::array& array) {
  TreeList copy;
  for (const toml::node& value : array) {
    copy.push_back(copy_of(value, static_cast<int>(value.source().begin.line)));
  }
  return copy;
}

std::string name_of(toml::node_type type) {
  std::ostringstream out;
  out << type;
  return out.str();
}

TreeValue copy_of(const toml::node& node, int line) {
  if (const auto* text = node.as_string()) return {text->get(), line};
  if (const auto* number = node.as_integer()) return {number->get(), line};
  if (const auto* truth = node.as_boolean()) return {truth->get(), line};
  if (const auto* array = node.as_array()) return {copy_of(*array), line};
  if (const auto* table = node.as_table()) return {copy_of(*table), line};
  return {TreeOther{name_of(node.type())}, line};
}

}  // namespace

std::string TreeValue::type_name() const {
  static constexpr const char* kNames[] = {"text", "number", "true or false", "list", "table"};
  if (const auto* other = std::get_if<TreeOther>(&held)) return other->type;
  return kNames[held.index()];
}

std::variant<TreeTable, TreeSyntaxError> parse_tree(std::string_view toml) {
  try {
    const toml::parse_result document = toml::parse(toml);
    return copy_of(static_cast<const toml::table&>(document));
  } catch (const toml::parse_error& error) {
    return TreeSyntaxError{static_cast<int>(error.source().begin.line),
                           std::string(error.description())};
  }
}

int line_of(const TreeTable& root, std::initializer_list<std::string_view> path) {
  const TreeTable* table = &root;
  int line = 0;
  for (const std::string_view key : path) {
    const auto found = table ? table->find(key) : root.end();
    if (!table || found == table->end()) break;
    line = found->second.line;
    table = std::get_if<TreeTable>(&found->second.held);
  }
  return line;
}

}  // namespace culvert::node
