#include "tools/cli/demo/eavesdropper.h"

#include <thread>

namespace culvert::cli {

Eavesdropper::Eavesdropper() : server_([this](DemoSocket& socket) { serve(socket); }) {}

std::string Eavesdropper::heard() const {
  const std::lock_guard lock(mutex_);
  return heard_;
}

void Eavesdropper::cut() {
  target_ = 0;
  server_.break_off();
}

void Eavesdropper::note(std::string_view octets) {
  const std::lock_guard lock(mutex_);
  heard_ += octets;
}

// Works line by line, so that the keyword cannot be split between two pieces.
void Eavesdropper::pass_replies(DemoSocket& from, DemoSocket& to) {
  constexpr std::string_view kKeyword = "STARTTLS", kInstead = "XNOTHING";
  while (auto line = from.read_line()) {
    if (const std::size_t at = line->find(kKeyword); at != std::string::npos) {
      line->replace(at, kKeyword.size(), kInstead);
    }
    note(*line);
    if (!to.write(*line)) break;
  }
  to.shut();
}

void Eavesdropper::serve(DemoSocket& from) {
  const std::uint16_t port = target_;
  if (port == 0) return;
  DemoSocket to = connect_loopback(port);
  if (!to) return;
  std::thread replies([&] { pass_replies(to, from); });
  while (true) {
    const std::string piece = from.read_some();
    if (piece.empty()) break;
    note(piece);
    if (!to.write(piece)) break;
  }
  to.shut();
  replies.join();
}

}  // namespace culvert::cli
