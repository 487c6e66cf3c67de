#include "peering/json.h"

#include <nlohmann/json.hpp>
#include <set>

#include "crypto/base/utf8.h"

namespace culvert::peering {
namespace {

using Json = nlohmann::json;

Error bad_document(std::string text) { return permanent_error("bad-document", std::move(text)); }

Error bad_member(std::string_view name, std::string_view wanted) {
  return bad_document("member '" + std::string(name) + "' is not " + std::string(wanted));
}

// Watches the parser: the depth, and the names already used in each object that is open.
class Strictness {
 public:
  bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
    switch (event) {
      case Json::parse_event_t::object_start:
      case Json::parse_event_t::array_start:
        // `depth` counts the containers around this one.
        too_deep_ = too_deep_ || static_cast<std::size_t>(depth) >= kMaxJsonDepth;
        if (event == Json::parse_event_t::object_start) names_.emplace_back();
        break;
      case Json::parse_event_t::object_end:
        names_.pop_back();
        break;
      case Json::parse_event_t::key:
        twice_ = twice_ || !names_.back().insert(parsed.get<std::string>()).second;
        break;
      case Json::parse_event_t::array_end:
      case Json::parse_event_t::value:
        break;
    }
    return true;
  }
  bool broken() const { return too_deep_ || twice_; }

 private:
  std::vector<std::set<std::string>> names_;
  bool too_deep_ = false;
  bool twice_ = false;
};

}  // namespace

struct JsonObject::Held {
  Json json;

  const Json* find(std::string_view name) const {
    const auto at = json.find(std::string(name));
    return at == json.end() ? nullptr : &*at;
  }
};

JsonObject::JsonObject(std::unique_ptr<Held> held) : held_(std::move(held)) {}
JsonObject::JsonObject(JsonObject&&) noexcept = default;
JsonObject& JsonObject::operator=(JsonObject&&) noexcept = default;
JsonObject::~JsonObject() = default;

Result<JsonObject> JsonObject::parse(ByteView text) {
  const std::string_view all = as_text(text);
  // The library skips a byte order mark and takes NUL for the end; neither is JSON (RFC 8259, 8.1).
  if (!is_utf8(all) || all.starts_with("\xEF\xBB\xBF") ||
      all.find('\0') != std::string_view::npos) {
    return bad_document("the document is not UTF-8 text");
  }
  Strictness strictness;
  try {
    Json json = Json::parse(all.begin(), all.end(), std::ref(strictness), false);
    if (json.is_discarded() || !json.is_object()) return bad_document("not one JSON object");
    if (strictness.broken())
      return bad_document("a member stands twice, or the nesting is too deep");
    return JsonObject(std::make_unique<Held>(Held{std::move(json)}));
  } catch (const std::exception& failure) {
    return permanent_error("bad-document", "not one JSON object", failure.what());
  }
}

bool JsonObject::has(std::string_view name) const { return held_->find(name) != nullptr; }

Result<std::string> JsonObject::text(std::string_view name) const {
  const Json* member = held_->find(name);
  if (member == nullptr || !member->is_string()) return bad_member(name, "a text");
  return member->get<std::string>();
}

Result<std::uint64_t> JsonObject::number(std::string_view name) const {
  const Json* member = held_->find(name);
  if (member == nullptr || !member->is_number_unsigned()) return bad_member(name, "a whole number");
  return member->get<std::uint64_t>();
}

Result<std::vector<std::string>> JsonObject::texts(std::string_view name, std::size_t limit) const {
  const Json* member = held_->find(name);
  if (member == nullptr || !member->is_array()) return bad_member(name, "a list of texts");
  if (member->size() > limit) return bad_member(name, "short enough");
  std::vector<std::string> out;
  for (const Json& item : *member) {
    if (!item.is_string()) return bad_member(name, "a list of texts");
    out.push_back(item.get<std::string>());
  }
  return out;
}

Result<JsonObject> JsonObject::object(std::string_view name) const {
  const Json* member = held_->find(name);
  if (member == nullptr || !member->is_object()) return bad_member(name, "an object");
  return JsonObject(std::make_unique<Held>(Held{*member}));
}

struct JsonWriter::Held {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
};

JsonWriter::JsonWriter() : held_(std::make_unique<Held>()) {}
JsonWriter::JsonWriter(JsonWriter&&) noexcept = default;
JsonWriter& JsonWriter::operator=(JsonWriter&&) noexcept = default;
JsonWriter::~JsonWriter() = default;

JsonWriter& JsonWriter::text(std::string_view name, std::string_view value) {
  held_->json[std::string(name)] = std::string(value);
  return *this;
}

JsonWriter& JsonWriter::number(std::string_view name, std::uint64_t value) {
  held_->json[std::string(name)] = value;
  return *this;
}

JsonWriter& JsonWriter::texts(std::string_view name, const std::vector<std::string>& values) {
  held_->json[std::string(name)] = values;
  return *this;
}

JsonWriter& JsonWriter::object(std::string_view name, const JsonWriter& value) {
  held_->json[std::string(name)] = value.held_->json;
  return *this;
}

Bytes JsonWriter::finish() const { return to_bytes(held_->json.dump()); }

}  // namespace culvert::peering
