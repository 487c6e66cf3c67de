#include "peering/json.h"

#include <nlohmann/json.hpp>

#include "crypto/base/utf8.h"

namespace culvert::peering {
namespace {

using Json = nlohmann::json;

Error bad_document(std::string text) { return permanent_error("bad-document", std::move(text)); }

Error bad_member(std::string_view name, std::string_view wanted) {
  return bad_document("member '" + std::string(name) + "' is not " + std::string(wanted));
}

// Builds the tree from the parser's events and stops the parser at the first excess. The library's
// own builder looks at all members again at the end of each object in a list, so that a list of
// empty objects costs the square of its length.
class TreeBuilder {
 public:
  // The interface of nlohmann::json_sax. False stops the parser.
  bool null() { return add(nullptr) != nullptr; }
  bool boolean(bool value) { return add(value) != nullptr; }
  bool number_integer(Json::number_integer_t value) { return add(value) != nullptr; }
  bool number_unsigned(Json::number_unsigned_t value) { return add(value) != nullptr; }
  bool number_float(Json::number_float_t value, const std::string&) {
    return add(value) != nullptr;
  }
  bool string(std::string& value) {
    if (value.size() > kMaxJsonTextBytes) return stop("a text is too long");
    return add(std::move(value)) != nullptr;
  }
  bool binary(Json::binary_t&) { return stop("not JSON"); }
  bool start_object(std::size_t) { return open(Json::object()); }
  bool start_array(std::size_t) {
    return open_.empty() ? stop("not one JSON object") : open(Json::array());
  }
  bool key(std::string& name) {
    if (name.size() > kMaxJsonKeyBytes) return stop("the name of a member is too long");
    if (open_.back()->size() >= kMaxJsonMembers) return stop("an object has too many members");
    const auto [at, fresh] = open_.back()->emplace(std::move(name), nullptr);
    if (!fresh) return stop("a member stands twice");
    member_ = &*at;
    return true;
  }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool parse_error(std::size_t, const std::string&, const Json::exception& why) {
    detail_ = why.what();
    return stop("not one JSON object");
  }

  Error error() const { return permanent_error("bad-document", why_, detail_); }
  Json take() { return std::move(root_); }

 private:
  bool stop(std::string why) {
    why_ = std::move(why);
    return false;
  }
  // Returns where the value now stands; null if it is refused. An open container does not move,
  // because only the innermost one grows.
  Json* add(Json value) {
    if (open_.empty() && !value.is_object()) {
      stop("not one JSON object");
      return nullptr;
    }
    if (++elements_ > kMaxJsonElements) {
      stop("more than " + std::to_string(kMaxJsonElements) + " values");
      return nullptr;
    }
    if (open_.empty()) return &(root_ = std::move(value));
    Json& around = *open_.back();
    if (around.is_object()) return &(*member_ = std::move(value));
    around.push_back(std::move(value));
    return &around.back();
  }
  bool open(Json container) {
    if (open_.size() >= kMaxJsonDepth) return stop("the nesting is too deep");
    Json* const at = add(std::move(container));
    if (at != nullptr) open_.push_back(at);
    return at != nullptr;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  Json root_;
  std::vector<Json*> open_;  // containers, outermost first
  Json* member_ = nullptr;   // of the innermost object; gets the next value
  std::size_t elements_ = 0;
  std::string why_ = "not one JSON object";
  std::string detail_;
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
  TreeBuilder builder;
  try {
    if (!Json::sax_parse(all.begin(), all.end(), &builder)) return builder.error();
    return JsonObject(std::make_unique<Held>(Held{builder.take()}));
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

Result<std::vector<std::uint64_t>> JsonObject::numbers(std::string_view name,
                                                       std::size_t limit) const {
  const Json* member = held_->find(name);
  if (member == nullptr || !member->is_array()) return bad_member(name, "a list of whole numbers");
  if (member->size() > limit) return bad_member(name, "short enough");
  std::vector<std::uint64_t> out;
  for (const Json& item : *member) {
    if (!item.is_number_unsigned()) return bad_member(name, "a list of whole numbers");
    out.push_back(item.get<std::uint64_t>());
  }
  return out;
}

Result<JsonObject> JsonObject::object(std::string_view name) const {
  const Json* member = held_->find(name);
  if (member == nullptr || !member->is_object()) return bad_member(name, "an object");
  return JsonObject(std::make_unique<Held>(Held{*member}));
}

Result<std::vector<JsonObject>> JsonObject::objects(std::string_view name,
                                                    std::size_t limit) const {
  const Json* member = held_->find(name);
  if (member == nullptr || !member->is_array()) return bad_member(name, "a list of objects");
  if (member->size() > limit) return bad_member(name, "short enough");
  std::vector<JsonObject> out;
  for (const Json& item : *member) {
    if (!item.is_object()) return bad_member(name, "a list of objects");
    out.push_back(JsonObject(std::make_unique<Held>(Held{item})));
  }
  return out;
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

JsonWriter& JsonWriter::numbers(std::string_view name, const std::vector<std::uint64_t>& values) {
  held_->json[std::string(name)] = values;
  return *this;
}

JsonWriter& JsonWriter::object(std::string_view name, const JsonWriter& value) {
  held_->json[std::string(name)] = value.held_->json;
  return *this;
}

JsonWriter& JsonWriter::add_object(std::string_view name, const JsonWriter& value) {
  held_->json[std::string(name)].push_back(value.held_->json);
  return *this;
}

Bytes JsonWriter::finish() const { return to_bytes(held_->json.dump()); }

}  // namespace culvert::peering
