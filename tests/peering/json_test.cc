#include "peering/json.h"

#include <gtest/gtest.h>

namespace culvert::peering {
namespace {

Result<JsonObject> parse(std::string_view text) { return JsonObject::parse(as_bytes(text)); }

std::string nested(int levels) {
  std::string text = "{\"a\":";
  for (int i = 1; i < levels; ++i)
    text += "[";
  text += "1";
  for (int i = 1; i < levels; ++i)
    text += "]";
  return text + "}";
}

TEST(JsonObject, GivesMembersByTheirType) {
  const auto object = parse(R"({"text":"x\u00e9","number":7,"list":["a","b"],"inner":{"n":1}})");
  ASSERT_TRUE(object.ok());
  EXPECT_EQ(object->text("text").value(), "x\xC3\xA9");
  EXPECT_EQ(object->number("number").value(), 7u);
  EXPECT_EQ(object->texts("list", 2).value(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(object->object("inner")->number("n").value(), 1u);
  EXPECT_TRUE(object->has("inner"));
  EXPECT_FALSE(object->has("absent"));
}

TEST(JsonObject, RefusesAMemberOfAnotherType) {
  const auto object = parse(R"({"text":7,"number":-1,"real":1.0,"list":["a",1],"long":["a","b"]})");
  ASSERT_TRUE(object.ok());
  EXPECT_FALSE(object->text("text").ok());
  EXPECT_FALSE(object->text("absent").ok());
  EXPECT_FALSE(object->number("number").ok());
  EXPECT_FALSE(object->number("real").ok());
  EXPECT_FALSE(object->texts("list", 5).ok());
  EXPECT_FALSE(object->texts("long", 1).ok());
  EXPECT_FALSE(object->object("text").ok());
}

TEST(JsonObject, RefusesWhatIsNotOneStrictObject) {
  const std::string texts[] = {
      "",
      "[]",
      "1",
      "{} {}",
      "{}x",
      std::string("{}\0{}", 5),
      "\xEF\xBB\xBF{}",
      "{\"a\":1,\"a\":2}",
      "{\"a\":1,\"\\u0061\":2}",
      "{\"o\":{\"a\":1,\"a\":1}}",
      "{\"l\":[{\"a\":1,\"a\":1}]}",
      "{\"a\":\"\xC3\x28\"}",
      "{\"a\":\"\\ud800\"}",
      "{\"a\":1,}",
      "{'a':1}",
      "{\"a\":1}// comment",
      "{\"a\":NaN}",
      "{\"a\":\"\n\"}",
  };
  for (const std::string& text : texts) {
    const auto object = parse(text);
    ASSERT_FALSE(object.ok()) << text;
    EXPECT_EQ(object.error().code, "bad-document");
  }
}

TEST(JsonObject, AllowsEightLevelsAndNoMore) {
  EXPECT_TRUE(parse(nested(8)).ok());
  EXPECT_FALSE(parse(nested(9)).ok());
  EXPECT_FALSE(parse(nested(100'000)).ok());
}

// `count` values in one list, besides the list and the object.
std::string list_of(std::size_t count, const std::string& value) {
  std::string text = "{\"l\":[";
  for (std::size_t i = 0; i < count; ++i)
    text += (i == 0 ? "" : ",") + value;
  return text + "]}";
}

std::string object_of(std::size_t members) {
  std::string text = "{";
  for (std::size_t i = 0; i < members; ++i)
    text += (i == 0 ? "\"m" : ",\"m") + std::to_string(i) + "\":0";
  return text + "}";
}

TEST(JsonObject, StopsAtItsBoundsAndSaysWhich) {
  EXPECT_TRUE(parse(list_of(kMaxJsonElements - 2, "0")).ok());
  EXPECT_EQ(parse(list_of(kMaxJsonElements - 1, "0")).error().text, "more than 16000 values");
  EXPECT_EQ(parse(list_of(kMaxJsonElements, "{}")).error().text, "more than 16000 values");
  EXPECT_EQ(parse(list_of(kMaxJsonElements, "[]")).error().text, "more than 16000 values");
  EXPECT_TRUE(parse(object_of(kMaxJsonMembers)).ok());
  EXPECT_EQ(parse(object_of(kMaxJsonMembers + 1)).error().text, "an object has too many members");
  EXPECT_TRUE(parse("{\"" + std::string(kMaxJsonKeyBytes, 'k') + "\":0}").ok());
  EXPECT_EQ(parse("{\"" + std::string(kMaxJsonKeyBytes + 1, 'k') + "\":0}").error().text,
            "the name of a member is too long");
  EXPECT_TRUE(parse("{\"a\":\"" + std::string(kMaxJsonTextBytes, 't') + "\"}").ok());
  EXPECT_EQ(parse("{\"a\":\"" + std::string(kMaxJsonTextBytes + 1, 't') + "\"}").error().text,
            "a text is too long");
  EXPECT_EQ(parse(nested(9)).error().text, "the nesting is too deep");
  EXPECT_EQ(parse("{\"a\":1,\"a\":2}").error().text, "a member stands twice");
  EXPECT_EQ(parse("[{}]").error().text, "not one JSON object");
}

TEST(JsonObject, TakesTheSameNameInDifferentObjects) {
  EXPECT_TRUE(parse(R"({"a":{"x":1},"b":{"x":1},"l":[{"x":1},{"x":1}]})").ok());
}

TEST(JsonWriter, WritesMembersInTheOrderOfTheCalls) {
  JsonWriter inner;
  inner.text("z", "quote \" and \xC3\xA9");
  JsonWriter writer;
  writer.number("b", 2).texts("a", {"x"}).object("c", inner);
  const Bytes octets = writer.finish();
  EXPECT_EQ(to_text(octets), "{\"b\":2,\"a\":[\"x\"],\"c\":{\"z\":\"quote \\\" and \xC3\xA9\"}}");
  EXPECT_TRUE(JsonObject::parse(octets).ok());
}

TEST(Json, ListsOfNumbersAreWholeAndBounded) {
  const auto object =
      JsonObject::parse(to_bytes(R"({"a":[1,2],"b":[1.0],"c":[-1],"d":["1"],"e":1})"));
  ASSERT_TRUE(object.ok());
  EXPECT_EQ(object->numbers("a", 2).value(), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_FALSE(object->numbers("a", 1).ok());
  for (const char* name : {"b", "c", "d", "e", "missing"})
    EXPECT_FALSE(object->numbers(name, 9).ok()) << name;
  JsonWriter writer;
  writer.numbers("n", {18446744073709551615U, 0});
  EXPECT_EQ(to_text(writer.finish()), R"({"n":[18446744073709551615,0]})");
}

}  // namespace
}  // namespace culvert::peering
