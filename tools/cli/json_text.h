// The one way in which commands write JSON: members in the order in which they were set, indented
// by two, text that is not UTF-8 made so.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace culvert::cli {

std::string json_text(const nlohmann::ordered_json& value);

// JSON with everything escaped (`\uXXXX`) that may not be shown as it is (code_points.h), so that
// it is safe on a terminal too: the same value, since JSON has such characters in strings only.
std::string safe_json(std::string_view json);

}  // namespace culvert::cli
