// Reads the keys of one table of the configuration, each by its type and at most once. A key that
// nobody asked for is an unknown key. A wrong value leaves a finding and keeps its default.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "node/config/config.h"
#include "node/config/tree.h"

namespace culvert::node {

// Collects findings about one file.
class Findings {
 public:
  explicit Findings(std::string file) : file_(std::move(file)) {}
  void error(int line, std::string key, std::string text);
  void warning(int line, std::string key, std::string text);
  // All findings by line; findings of the same line in the order of discovery.
  std::vector<Finding> take_sorted();

 private:
  std::string file_;
  std::vector<Finding> all_;
};

class Section {
 public:
  // `table` (null: not in the file) and `findings` must outlive it. `name` is dotted; empty: root.
  Section(const TreeTable* table, std::string name, int line, Findings& findings);
  // Reports every key of the table that was not asked for.
  ~Section();
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;

  // The table `key` below this one; an absent one reads as empty.
  Section below(std::string_view key);

  // The value of `key`, or null if it is absent; from now on the key counts as known.
  const TreeValue* find(std::string_view key);
  // The same; a value of another type is a finding.
  const std::string* text(std::string_view key);
  void truth(std::string_view key, bool& into);
  void count(std::string_view key, std::uint32_t& into, std::uint32_t least, std::uint32_t most);

  // A text value, read by a parser.
  template <typename T>
  void parsed(std::string_view key, T& into, Result<T> (*parse)(std::string_view)) {
    const std::string* written = text(key);
    if (!written) return;
    auto value = parse(*written);
    if (value)
      into = *std::move(value);
    else
      wrong(key, value.error().text);
  }

  // A list of texts, each read by a parser; duplicates are findings. One wrong item keeps the
  // default, so that no second finding follows from the first.
  template <typename T>
  void parsed_list(std::string_view key, std::vector<T>& into,
                   Result<T> (*parse)(std::string_view)) {
    const TreeList* list = this->list(key);
    if (!list) return;
    std::vector<T> values;
    bool all_right = true;
    for (const TreeValue& item : *list) {
      const std::string* written = text_item(key, item);
      auto value = written ? parse(*written) : Result<T>(permanent_error("bad-value", {}));
      all_right = all_right && value.ok();
      if (!written) continue;
      if (!value) {
        error(item.line, key, value.error().text);
      } else if (std::find(values.begin(), values.end(), *value) != values.end()) {
        error(item.line, key, "'" + printable(*written, 80) + "' stands there twice; remove one");
      } else {
        values.push_back(*std::move(value));
      }
    }
    if (all_right) into = std::move(values);
  }

  // A text value that is one of some words.
  template <typename E>
  void choice(std::string_view key, E& into,
              std::initializer_list<std::pair<std::string_view, E>> words) {
    const std::string* written = text(key);
    if (!written) return;
    std::string known;
    for (const auto& [word, meaning] : words) {
      if (*written == word) {
        into = meaning;
        return;
      }
      known += (known.empty() ? "\"" : ", \"") + std::string(word) + "\"";
    }
    wrong(key, "'" + printable(*written, 40) + "' is none of " + known);
  }

  // A finding about a key, at the key's line (or the table's, if the key is absent).
  void wrong(std::string_view key, std::string text);
  void without_effect(std::string_view key, std::string text);
  void error(int line, std::string_view key, std::string text);
  // The dotted name of a key.
  std::string full(std::string_view key) const;
  // The line of a key, or of the table's head.
  int line_of(std::string_view key) const;
  bool has(std::string_view key) const { return table_ && table_->contains(key); }
  // The keys that are present; for tables whose keys are data. They count as known.
  const TreeTable* all();

 private:
  const TreeList* list(std::string_view key);
  const std::string* text_item(std::string_view key, const TreeValue& item);

  const TreeTable* table_;
  std::string name_;
  int line_;
  Findings& findings_;
  std::vector<std::string> known_;
  bool any_key_ = false;
};

}  // namespace culvert::node
