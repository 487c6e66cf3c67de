// What the demo says: each claim beside the check that was made for it, and excerpts of octets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace culvert::cli {

struct Claim {
  std::string text;
  bool holds = false;
  std::string found;  // what was found instead, or what was measured
};

// Tells a story line by line on standard output, and remembers the claims.
class DemoStory {
 public:
  enum class Telling { aloud, silent };
  explicit DemoStory(Telling telling) : telling_(telling) {}

  void chapter(std::string_view title);
  void say(std::string_view line);
  // At most `limit` lines of `octets`, each cut to the screen, indented; says how many were left.
  void excerpt(std::string_view octets, std::size_t limit);
  // Checks a claim: "ok" or "BROKEN", with `found` behind it.
  void claim(std::string text, bool holds, std::string found);

  const std::vector<Claim>& claims() const { return claims_; }
  std::size_t broken() const;

 private:
  void print(const std::string& line);

  Telling telling_;
  int chapter_ = 0;
  std::vector<Claim> claims_;
};

}  // namespace culvert::cli
