#include "node/flow/own_marks.h"

#include <algorithm>
#include <vector>

#include "crypto/base/ascii.h"
#include "store/messages.h"

namespace culvert::node {
namespace {

// The words of the field in lower case. Servers on the way change folding and blanks.
std::vector<std::string> words_of(std::string_view body) {
  std::vector<std::string> words(1);
  for (const char c : body) {
    if (std::string_view(" \t\r\n").find(c) == std::string_view::npos) {
      words.back().push_back(lower_case(c));
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  return words;
}

std::string_view without_end(std::string_view word, char end) {
  if (word.ends_with(end)) word.remove_suffix(1);
  return word;
}

bool is_own_name(std::string_view name, const store::OwnMarks& own) {
  return std::find(own.names.begin(), own.names.end(), without_end(name, '.')) != own.names.end();
}

// True for `by NAME (Culvert) with PROTOCOL id ID;` with its words from `at` on, if NAME is ours.
bool tells_inside(const std::vector<std::string>& words, std::size_t at,
                  const store::OwnMarks& own) {
  if (at + 4 >= words.size() || words[at + 1] != "with" || words[at + 3] != "id") return false;
  // Before marks told, this was also written for mail from outside, and for opened mail.
  if (words[at + 2] == "culvert") return false;
  const auto id = store::MessageId::parse(without_end(words[at + 4], ';'));
  return id && own.since && id->made() >= *own.since;
}

}  // namespace

FoundMarks marks_in(std::string_view body, const store::OwnMarks& own) {
  FoundMarks found;
  const std::vector<std::string> words = words_of(body);
  for (std::size_t at = 2; at < words.size(); ++at) {
    if (words[at - 2] != "by") continue;
    const bool plain = words[at] == "(culvert)";
    const bool outside =
        words[at] == "(culvert" && at + 1 < words.size() && words[at + 1] == "outside)";
    if (!plain && !outside) continue;
    const bool ours = is_own_name(words[at - 1], own);
    found.own = found.own || ours;
    const bool inside = plain && ours && tells_inside(words, at, own);
    found.foreign = found.foreign || !inside;
    // Mail that peers' people wrote has their node's mark, and then ours for having opened it.
    const std::size_t protocol = at + (outside ? 3 : 2);
    const bool opened = protocol < words.size() && words[protocol] == "culvert";
    found.clear = found.clear || (!opened && (outside || (ours && !inside)));
  }
  return found;
}

}  // namespace culvert::node
