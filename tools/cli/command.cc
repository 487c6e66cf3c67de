#include "tools/cli/command.h"

namespace culvert::cli {

std::optional<std::string> Arguments::value(std::string_view name) const {
  const auto found = given_.find(name);
  if (found == given_.end() || found->second.empty()) return std::nullopt;
  return found->second.back();
}

const std::vector<std::string>& Arguments::all(std::string_view name) const {
  static const std::vector<std::string> kNone;
  const auto found = given_.find(name);
  return found == given_.end() ? kNone : found->second;
}

void Arguments::give(std::string name, std::vector<std::string> values, const Option* option) {
  if (option != nullptr && name != "--out" && option->value.find("FILE") != std::string::npos) {
    const bool has_prefix = option->value.find(':') != std::string::npos;
    for (const std::string& value : values)
      files_to_read_.push_back(has_prefix ? value.substr(value.find(':') + 1) : value);
  }
  given_[std::move(name)] = std::move(values);
}

}  // namespace culvert::cli
