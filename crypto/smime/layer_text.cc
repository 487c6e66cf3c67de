// How layers are shown: to people as a tree, to scripts as JSON.
#include <nlohmann/json.hpp>

#include "crypto/base/log.h"
#include "crypto/smime/inspect.h"

namespace culvert::crypto {
namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kMaxShownOctets = 2000;

std::string facts_text(const Facts& facts, const std::string& indent) {
  std::string text;
  for (const auto& [name, value] : facts)
    text += indent + name + ": " + printable(value, kMaxShownOctets) + "\n";
  return text;
}

nlohmann::ordered_json facts_json(const Facts& facts) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (const auto& [name, value] : facts)
    object[name] = value;
  return object;
}

}  // namespace

std::string layers_text(const std::vector<Layer>& layers) {
  std::string text;
  std::string indent;
  for (const Layer& layer : layers) {
    text += indent + layer.type + "\n";
    indent += "  ";
    text += facts_text(layer.facts, indent);
    for (const Layer::Entry& entry : layer.entries) {
      text += indent + entry.kind + "\n" + facts_text(entry.facts, indent + "  ");
    }
  }
  return text;
}

std::string layers_json(const std::vector<Layer>& layers) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const Layer& layer : layers) {
    nlohmann::ordered_json object{{"type", layer.type}};
    object.update(facts_json(layer.facts));
    for (const Layer::Entry& entry : layer.entries) {
      object[entry.kind + "s"].push_back(facts_json(entry.facts));
    }
    all.push_back(std::move(object));
  }
  return nlohmann::ordered_json{{"layers", std::move(all)}}.dump(
      2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace culvert::crypto
