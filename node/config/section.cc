#include "node/config/section.h"

#include <fmt/format.h>

namespace culvert::node {

void Findings::error(int line, std::string key, std::string text) {
  all_.push_back({Finding::Weight::error, file_, line, std::move(key), std::move(text)});
}

void Findings::warning(int line, std::string key, std::string text) {
  all_.push_back({Finding::Weight::warning, file_, line, std::move(key), std::move(text)});
}

std::vector<Finding> Findings::take_sorted() {
  std::stable_sort(all_.begin(), all_.end(),
                   [](const Finding& a, const Finding& b) { return a.line < b.line; });
  return std::move(all_);
}

Section::Section(const TreeTable* table, std::string name, int line, Findings& findings)
    : table_(table), name_(std::move(name)), line_(line), findings_(findings) {}

Section::~Section() {
  if (!table_ || any_key_) return;
  for (const auto& [key, value] : *table_) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    std::string known;
    for (const std::string& name : known_)
      known += (known.empty() ? "" : ", ") + name;
    findings_.error(value.line, printable(full(key), 120), "unknown key; here can stand: " + known);
  }
}

std::string Section::full(std::string_view key) const {
  return name_.empty() ? std::string(key) : name_ + "." + std::string(key);
}

int Section::line_of(std::string_view key) const {
  const auto found = table_ ? table_->find(key) : TreeTable::const_iterator{};
  return has(key) ? found->second.line : line_;
}

Section Section::below(std::string_view key) {
  const TreeValue* value = find(key);
  const TreeTable* table = value ? std::get_if<TreeTable>(&value->held) : nullptr;
  if (value && !table) wrong(key, "must be a table, not " + value->type_name());
  return {table, full(key), value ? value->line : line_, findings_};
}

const TreeValue* Section::find(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  if (!has(key)) return nullptr;
  return &table_->find(key)->second;
}

const std::string* Section::text(std::string_view key) {
  const TreeValue* value = find(key);
  const auto* text = value ? std::get_if<std::string>(&value->held) : nullptr;
  if (value && !text) wrong(key, "must be text in quotes, not " + value->type_name());
  return text;
}

void Section::truth(std::string_view key, bool& into) {
  const TreeValue* value = find(key);
  if (!value) return;
  if (const bool* truth = std::get_if<bool>(&value->held))
    into = *truth;
  else
    wrong(key, "must be true or false, without quotes, not " + value->type_name());
}

void Section::count(std::string_view key, std::uint32_t& into, std::uint32_t least,
                    std::uint32_t most) {
  const TreeValue* value = find(key);
  if (!value) return;
  const auto* number = std::get_if<std::int64_t>(&value->held);
  if (!number) {
    wrong(key, "must be a number, not " + value->type_name());
  } else if (*number < least || *number > most) {
    wrong(key, fmt::format("{} is impossible; write a number from {} to {}", *number, least, most));
  } else {
    into = static_cast<std::uint32_t>(*number);
  }
}

const TreeList* Section::list(std::string_view key) {
  const TreeValue* value = find(key);
  const auto* list = value ? std::get_if<TreeList>(&value->held) : nullptr;
  if (value && !list) {
    wrong(key, "must be a list, [\"…\", \"…\"], not " + value->type_name());
  }
  return list;
}

const std::string* Section::text_item(std::string_view key, const TreeValue& item) {
  const auto* text = std::get_if<std::string>(&item.held);
  if (!text) error(item.line, key, "must be a list of text in quotes, not of " + item.type_name());
  return text;
}

const TreeTable* Section::all() {
  any_key_ = true;
  return table_;
}

void Section::wrong(std::string_view key, std::string text) {
  findings_.error(line_of(key), full(key), std::move(text));
}

void Section::without_effect(std::string_view key, std::string text) {
  findings_.warning(line_of(key), full(key), std::move(text));
}

void Section::error(int line, std::string_view key, std::string text) {
  findings_.error(line, full(key), std::move(text));
}

}  // namespace culvert::node
