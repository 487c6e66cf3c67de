// Strict JSON for peering documents: a text is one object, with one meaning only. Nothing here
// knows what the members are for (peering/document, peering/card do). Thread-safe as values are:
// one object belongs to one caller at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/limits.h"
#include "crypto/base/result.h"

namespace culvert::peering {

// Bounds on a document. They hold while it is read: reading stops at the first excess, so that a
// stranger's megabyte costs no more than a megabyte of honest text (Named attack: JSON bomb).
// Nesting of objects and lists; the outermost object is level 1. A card needs three.
inline constexpr std::size_t kMaxJsonDepth = 8;
// Values in the whole document, containers included. The fullest card has 10,000 revoked keys,
// 1,000 domains, 128 certificates and some 150 others.
inline constexpr std::size_t kMaxJsonElements = 16'000;
// Members of one object. A card has 14; the rest is for future members.
inline constexpr std::size_t kMaxJsonMembers = 100;
inline constexpr std::size_t kMaxJsonKeyBytes = 64;
// One text, unescaped. The card inside an `accepted` is nearly the whole message.
inline constexpr std::size_t kMaxJsonTextBytes = kMaxPeeringMessageBytes;

// An object that was read. Asking for a member that is missing or of another type gives permanent
// `bad-document`, so a caller need not check twice. Members that nobody asks for are ignored.
class JsonObject {
 public:
  // Reads `text`: UTF-8 without byte order mark, one object followed by nothing but white space, no
  // member twice in one object, within the bounds above. permanent `bad-document` otherwise, whose
  // text says what is wrong. Linear in the size of `text`.
  static Result<JsonObject> parse(ByteView text);

  JsonObject(JsonObject&&) noexcept;
  JsonObject& operator=(JsonObject&&) noexcept;
  ~JsonObject();

  bool has(std::string_view name) const;
  Result<std::string> text(std::string_view name) const;
  // A whole number from 0 to 2^64-1, written without fraction or exponent.
  Result<std::uint64_t> number(std::string_view name) const;
  // A list of texts, at most `limit` of them.
  Result<std::vector<std::string>> texts(std::string_view name, std::size_t limit) const;
  // A list of whole numbers as above, at most `limit` of them.
  Result<std::vector<std::uint64_t>> numbers(std::string_view name, std::size_t limit) const;
  Result<JsonObject> object(std::string_view name) const;
  // A list of objects, at most `limit` of them.
  Result<std::vector<JsonObject>> objects(std::string_view name, std::size_t limit) const;

 private:
  struct Held;
  explicit JsonObject(std::unique_ptr<Held> held);
  std::unique_ptr<Held> held_;
};

// Writes an object, with the members in the order of the calls. If a name is given twice, the last
// value stays. Texts must be UTF-8: any other breaks an invariant (`finish` throws).
class JsonWriter {
 public:
  JsonWriter();
  JsonWriter(JsonWriter&&) noexcept;
  JsonWriter& operator=(JsonWriter&&) noexcept;
  ~JsonWriter();

  JsonWriter& text(std::string_view name, std::string_view value);
  JsonWriter& number(std::string_view name, std::uint64_t value);
  JsonWriter& texts(std::string_view name, const std::vector<std::string>& values);
  JsonWriter& numbers(std::string_view name, const std::vector<std::uint64_t>& values);
  JsonWriter& object(std::string_view name, const JsonWriter& value);
  // Adds an object to a list of objects.
  JsonWriter& add_object(std::string_view name, const JsonWriter& value);
  // The octets of the object.
  Bytes finish() const;

 private:
  struct Held;
  std::unique_ptr<Held> held_;
};

}  // namespace culvert::peering
