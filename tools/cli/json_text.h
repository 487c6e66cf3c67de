// The one way in which commands write JSON: members in the order in which they were set, indented
// by two, text that is not UTF-8 made so.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace culvert::cli {

std::string json_text(const nlohmann::ordered_json& value);

}  // namespace culvert::cli
