// SMTP transcripts of tests/dialogs: what each side says and what happens, line by line.
//
//   # a comment
//   C: EHLO mx.b.example        the client's line; `C+:` the same without CRLF behind it
//   S: 250-a.example            the server's line; `S+:` likewise; `...` at the end: any rest
//   X: word rest                an event or expectation; the replaying test gives it its meaning
//
// `\r`, `\n`, `\0`, `\\`, `\xNN` stand for octets, `{x*70000}` for 70,000 times `x`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace culvert::node {

struct TranscriptLine {
  char who = 0;       // C, S, X
  std::string text;   // octets, CRLF included where the line has one
  int number = 0;     // in the file
  bool open = false;  // ended with `...`: the beginning of a line
};

// The lines of one file; throws std::runtime_error for a line that is none.
std::vector<TranscriptLine> read_transcript(const std::string& path);

// The files of tests/dialogs whose names begin so, in order.
std::vector<std::string> transcripts(std::string_view prefix);

// `starttls_injection` for `.../server-starttls-injection.txt`: the name of its test.
std::string transcript_name(const std::string& path);

// True if `said` is what `expected` lines say.
bool fits(std::string_view said, const std::vector<TranscriptLine>& expected);

// Sizes of pieces to replay in: whole, byte by byte, and random ones from `seed`.
class PieceSizes {
 public:
  static PieceSizes whole() { return PieceSizes(0, 0); }
  static PieceSizes fixed(std::size_t size) { return PieceSizes(size, 0); }
  static PieceSizes random(unsigned seed) { return PieceSizes(1, seed); }
  std::size_t next();

 private:
  PieceSizes(std::size_t size, unsigned seed) : size_(size), seed_(seed) {}
  std::size_t size_;
  unsigned seed_;
};

// Those that every transcript is replayed in.
std::vector<PieceSizes> all_piece_sizes();

}  // namespace culvert::node
