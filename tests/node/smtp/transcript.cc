#include "tests/node/smtp/transcript.h"

#include "tests/support/source_root.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <stdexcept>

namespace culvert::node {
namespace {

// The octet that an escape stands for; `at` moves behind it.
char unescaped(std::string_view text, std::size_t& at) {
  const char kind = text.at(at++);
  switch (kind) {
    case 'r':
      return '\r';
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case '0':
      return '\0';
    case '\\':
      return '\\';
    case 'x':
      break;
    default:
      throw std::runtime_error("unknown escape");
  }
  const std::string digits(text.substr(at, 2));
  at += 2;
  return static_cast<char>(std::stoi(digits, nullptr, 16));
}

std::string octets_of(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at++];
    const std::size_t close = c == '{' ? text.find('}', at) : std::string_view::npos;
    if (c == '\\') {
      out.push_back(unescaped(text, at));
    } else if (close != std::string_view::npos && text.at(at + 1) == '*') {
      out.append(std::stoul(std::string(text.substr(at + 2, close - at - 2))), text[at]);
      at = close + 1;
    } else {
      out.push_back(c);
    }
  }
  return out;
}

TranscriptLine parse_line(const std::string& line, int number) {
  const bool without_end = line.size() > 2 && line[1] == '+';
  const std::size_t colon = without_end ? 2 : 1;
  if (line.size() <= colon || line[colon] != ':' ||
      std::string("CSX").find(line[0]) == std::string::npos) {
    throw std::runtime_error("line " + std::to_string(number) + " is no transcript: " + line);
  }
  TranscriptLine out{line[0], {}, number, false};
  std::string text = line.substr(std::min(line.size(), colon + 2));
  if (text.ends_with("...")) {
    out.open = true;
    text.resize(text.size() - 3);
  }
  out.text = octets_of(text);
  if (out.who != 'X' && !without_end && !out.open) out.text += "\r\n";
  return out;
}

}  // namespace

std::vector<TranscriptLine> read_transcript(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + " cannot be read");
  std::vector<TranscriptLine> out;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (!line.empty() && line[0] != '#') out.push_back(parse_line(line, number));
  }
  return out;
}

std::vector<std::string> transcripts(std::string_view prefix) {
  std::vector<std::string> out;
  for (const auto& entry :
       std::filesystem::directory_iterator(culvert::tests::source_root() / "tests/dialogs")) {
    if (entry.path().filename().string().starts_with(prefix)) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string transcript_name(const std::string& path) {
  std::string name = std::filesystem::path(path).stem().string();
  name.erase(0, name.find('-') + 1);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

bool fits(std::string_view said, const std::vector<TranscriptLine>& expected) {
  for (const TranscriptLine& line : expected) {
    if (!said.starts_with(line.text)) return false;
    said.remove_prefix(line.text.size());
    if (!line.open) continue;
    const std::size_t end = said.find("\r\n");
    if (end == std::string_view::npos) return false;
    said.remove_prefix(end + 2);
  }
  return said.empty();
}

std::size_t PieceSizes::next() {
  if (size_ == 0) return std::numeric_limits<std::size_t>::max();
  if (seed_ == 0) return size_;
  seed_ = seed_ * 1664525u + 1013904223u;
  return 1 + (seed_ >> 16) % 40;
}

std::vector<PieceSizes> all_piece_sizes() {
  std::vector<PieceSizes> out = {PieceSizes::whole(), PieceSizes::fixed(1), PieceSizes::fixed(2)};
  for (unsigned seed = 1; seed <= 20; ++seed)
    out.push_back(PieceSizes::random(seed));
  return out;
}

}  // namespace culvert::node
