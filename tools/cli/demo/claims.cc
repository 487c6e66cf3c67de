#include "tools/cli/demo/claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "crypto/base/log.h"

namespace culvert::cli {

void DemoStory::print(const std::string& line) {
  if (telling_ == Telling::silent) return;
  std::fprintf(stdout, "%s\n", line.c_str());
  std::fflush(stdout);
}

void DemoStory::chapter(std::string_view title) {
  print(fmt::format("\n{}. {}", ++chapter_, title));
}

void DemoStory::say(std::string_view line) { print("   " + std::string(line)); }

void DemoStory::excerpt(std::string_view octets, std::size_t limit) {
  constexpr std::size_t kScreen = 92;
  std::size_t shown = 0, left = 0;
  while (!octets.empty()) {
    const std::size_t end = octets.find('\n');
    std::string_view line = octets.substr(0, end);
    octets.remove_prefix(end == std::string_view::npos ? octets.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    std::string blanks;
    for (const char c : line)
      blanks += c == '\t' ? std::string(4, ' ') : std::string(1, c);
    if (shown++ < limit)
      print("   | " + printable(blanks, kScreen));
    else
      ++left;
  }
  if (left > 0) print(fmt::format("   | … {} more line{}", left, left == 1 ? "" : "s"));
}

void DemoStory::claim(std::string text, bool holds, std::string found) {
  print(fmt::format("   {}  {}{}", holds ? "ok    " : "BROKEN", text,
                    found.empty() ? "" : " (" + printable(found, 300) + ")"));
  claims_.push_back({std::move(text), holds, std::move(found)});
}

std::size_t DemoStory::broken() const {
  return static_cast<std::size_t>(std::count_if(claims_.begin(), claims_.end(),
                                                [](const Claim& claim) { return !claim.holds; }));
}

}  // namespace culvert::cli
