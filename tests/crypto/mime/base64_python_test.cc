// The other side is real: awkward texts are judged by Python's base64 module, run live, and by us.
// Python knows no lines, takes unused bits that are set, and is told what header comments say of
// line ends; everything else is its own judgement.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "crypto/mime/base64.h"

namespace culvert::crypto {
namespace {

constexpr const char* kJudge = R"(
import base64, sys
for line in sys.stdin:
    text = bytes.fromhex(line).replace(b"\r\n", b"\n")
    try:
        if b"\r" in text:
            raise ValueError("a carriage return alone")
        text = text.replace(b"\n", b"")
        octets = base64.b64decode(text, validate=True)
        if base64.b64encode(octets) != text:
            raise ValueError("not the one way to write it")
        print("+" + octets.hex())
    except ValueError:
        print("-")
)";

// All texts of up to five characters out of eight that matter.
void add_short_texts(std::vector<std::string>& texts) {
  constexpr std::string_view kCharacters = "AQg/=\r\n ";
  std::size_t begin = texts.size();
  texts.push_back("");
  for (int length = 1; length <= 5; ++length) {
    const std::size_t end = texts.size();
    for (std::size_t i = begin; i < end; ++i) {
      for (const char c : kCharacters)
        texts.push_back(texts[i] + c);
    }
    begin = end;
  }
}

// Lines of random lengths with random line ends.
std::string in_lines(const std::string& text, std::mt19937& random) {
  std::string lines;
  const std::size_t length = random() % 2 == 0 ? 76 : 1 + random() % 100;
  for (std::size_t at = 0; at < text.size(); at += length) {
    lines += text.substr(at, length) + (random() % 3 == 0 ? "\n" : "\r\n");
  }
  return lines;
}

void damage(std::string& text, std::mt19937& random) {
  constexpr std::string_view kStray("=\r\n -_\0A\x80!", 10);
  const std::size_t place = random() % (text.size() + 1);
  const char stray = kStray[random() % kStray.size()];
  switch (random() % 5) {
    case 0:
      text.insert(place, 1, stray);
      return;
    case 1:
      text.erase(place, 1 + random() % 3);
      return;
    case 2:
      text.resize(place);
      return;
    case 3:
      text += std::string(1 + random() % 3, stray);
      return;
    default:
      if (place < text.size()) text[place] = stray;
  }
}

void add_long_texts(std::vector<std::string>& texts) {
  std::mt19937 random(7);
  for (int i = 0; i < 20000; ++i) {
    Bytes octets(random() % 300);
    for (auto& octet : octets)
      octet = static_cast<std::uint8_t>(random());
    std::string text = in_lines(to_base64(octets), random);
    for (auto left = random() % 3; left > 0; --left)
      damage(text, random);
    texts.push_back(text);
  }
}

// What Python makes of each: `+` and the octets in hexadecimal, or `-`.
std::vector<std::string> judged_by_python(const std::vector<std::string>& texts) {
  std::string name = (std::filesystem::temp_directory_path() / "culvert-base64-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return {};
  const std::filesystem::path folder(name);
  std::ofstream(folder / "judge.py") << kJudge;
  std::ofstream asked(folder / "texts");
  for (const std::string& text : texts)
    asked << to_hex(as_bytes(text)) << "\n";
  asked.close();
  const std::string command = "cd '" + name + "' && python3 judge.py < texts > verdicts";
  std::vector<std::string> verdicts;
  if (std::system(command.c_str()) == 0) {
    std::ifstream answers(folder / "verdicts");
    for (std::string line; std::getline(answers, line);)
      verdicts.push_back(line);
  }
  std::filesystem::remove_all(folder);
  return verdicts;
}

struct Outcome {
  Bytes octets;  // those before the damage too
  std::string refusal;
  bool operator==(const Outcome&) const = default;
};

Outcome decoded(std::string_view text, std::size_t step) {
  Outcome out;
  Base64Decoder decoder;
  for (std::size_t at = 0; at < text.size(); at += step) {
    const Status s = decoder.decode(text.substr(at, step), out.octets);
    if (!s) {
      out.refusal = s.error().text;
      return out;
    }
  }
  if (const Status s = decoder.finish(); !s) out.refusal = s.error().text;
  return out;
}

TEST(Base64, AcceptsAndRefusesWhatPythonDoesInPiecesOfEverySize) {
  if (std::system("python3 -c '' > /dev/null 2>&1") != 0) GTEST_SKIP() << "there is no python3";
  std::vector<std::string> texts;
  add_short_texts(texts);
  add_long_texts(texts);
  const std::vector<std::string> verdicts = judged_by_python(texts);
  ASSERT_EQ(verdicts.size(), texts.size());
  std::size_t accepted = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Outcome whole = decoded(texts[i], texts[i].size() + 1);
    const std::string ours = whole.refusal.empty() ? "+" + to_hex(whole.octets) : "-";
    ASSERT_EQ(ours, verdicts[i]) << to_hex(as_bytes(texts[i])) << " " << whole.refusal;
    accepted += whole.refusal.empty() ? 1 : 0;
    const std::size_t most =
        i % 50 == 0 ? texts[i].size() : std::min<std::size_t>(texts[i].size(), 9);
    for (std::size_t step = 1; step <= most; ++step) {
      ASSERT_TRUE(decoded(texts[i], step) == whole) << to_hex(as_bytes(texts[i])) << " by " << step;
    }
  }
  // Both kinds are there in numbers.
  EXPECT_GT(accepted, 5000U);
  EXPECT_GT(texts.size() - accepted, 5000U);
}

}  // namespace
}  // namespace culvert::crypto
