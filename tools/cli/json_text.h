// How every command writes JSON: members in the order in which they were set, indented by two, and
// invalid UTF-8 replaced.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace culvert::cli {

std::string json_text(const nlohmann::ordered_json& value);

// `json` with every character escaped (`\uXXXX`) that may not be shown as it is (code_points.h), so
// that it is safe on a terminal. The value stays the same, because JSON has such characters only in
// strings.
std::string safe_json(std::string_view json);

}  // namespace culvert::cli
