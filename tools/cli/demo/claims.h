// The output of the demo: each claim with the result of its check, and excerpts of octets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace culvert::cli {

struct Claim {
  std::string text;
  bool holds = false;
  std::string found;  // what was found instead, or measured
};

// Writes a story line by line to standard output, and keeps the claims.
class DemoStory {
 public:
  enum class Telling { aloud, silent };
  explicit DemoStory(Telling telling) : telling_(telling) {}

  void chapter(std::string_view title);
  void say(std::string_view line);
  // Prints at most `limit` lines of `octets`, indented and cut to the screen, and says how many are
  // left.
  void excerpt(std::string_view octets, std::size_t limit);
  // Prints and keeps a claim: "ok" or "BROKEN", followed by `found`.
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
