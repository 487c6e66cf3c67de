#include "peering/refusal_word.h"

#include "peering/json.h"

namespace culvert::peering {
namespace {

struct Row {
  std::string_view word;
  std::string_view meaning;
};
constexpr Row kRows[] = {
    {kRefusedExpired, "the code has expired; ask for a new one"},
    {kRefusedUsed, "the code was used by another node; ask for a new one, and find out by whom"},
    {kRefusedRemoved,
     "the pairing was ended there; only a new code, or `culvert peer confirm` on both sides, pairs "
     "them again"},
    {kRefusedHeld,
     "it has seen cards of two copies of this node, and holds mail until its administrator decides "
     "(`culvert peer resume` there). If this data directory was copied back: stop every other "
     "copy, "
     "then run `culvert peer renew` here"},
    {kRefusedStale,
     "it has a newer card of this node. If this data directory was copied back: stop every other "
     "copy, then run `culvert peer renew` here"},
    {kRefusedClock,
     "by its clock the message is from the future: set this node's clock, or have that one set"},
    {kRefusedConflict, "another node holds the domain there"},
};

}  // namespace

std::optional<std::string_view> meaning_of_refusal(std::string_view word) {
  for (const Row& row : kRows) {
    if (row.word == word) return row.meaning;
  }
  return std::nullopt;
}

std::string write_refusal(std::string_view word, Time now) {
  JsonWriter writer;
  const Bytes body = writer.text("refused", word).text("time", to_rfc3339(now)).finish();
  return to_text(body);
}

std::optional<std::string> read_refusal(ByteView body) {
  if (body.empty() || body.size() > kMaxRefusalBytes) return std::nullopt;
  const auto members = JsonObject::parse(body);
  if (!members) return std::nullopt;
  auto word = members->text("refused");
  if (!word || !meaning_of_refusal(*word)) return std::nullopt;
  return *std::move(word);
}

}  // namespace culvert::peering
