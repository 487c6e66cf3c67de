#include "tools/cli/json_text.h"

#include <nlohmann/json.hpp>

namespace culvert::cli {

std::string json_text(const nlohmann::ordered_json& value) {
  return value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace culvert::cli
