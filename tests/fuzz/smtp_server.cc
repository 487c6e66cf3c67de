// A whole session of the server dialog: any octets, in any pieces. Everything that it says is a
// well-formed reply, and the same whatever the pieces were; a body has no bare line end.
#include <algorithm>
#include <string>

#include "node/smtp/replies.h"
#include "node/smtp/reply_reader.h"
#include "node/smtp/server_dialog.h"
#include "tests/fuzz/smtp_support.h"

namespace culvert::node {
namespace {

constexpr std::uint64_t kMaxMessageBytes = 4000;

struct Outcome {
  std::string output;
  std::string bodies;
  bool operator==(const Outcome&) const = default;
};

bool refuses(const Mailbox& mailbox) { return mailbox.local_part().starts_with("r"); }

// One decision of the outside; false if octets are needed.
bool decide(ServerDialog& dialog, Outcome& outcome) {
  switch (dialog.waits_for()) {
    case ServerWait::sender_decision:
      dialog.sender_decided(std::nullopt);
      return true;
    case ServerWait::recipient_decision: {
      const Mailbox recipient = dialog.rcpt().mailbox;
      dialog.recipient_decided(
          refuses(recipient) ? std::optional(replies::relaying_denied(recipient)) : std::nullopt);
      return true;
    }
    case ServerWait::body_decision:
      outcome.bodies += "\xff(begin)";
      dialog.body_decided(std::nullopt);
      return true;
    case ServerWait::body_taken:
      outcome.bodies += as_text(dialog.body_piece());
      dialog.body_taken();
      return true;
    case ServerWait::commit:
      outcome.bodies += "(end)";
      dialog.committed(replies::accepted("00"));
      return true;
    case ServerWait::reset:
      // What was handed out of a spoiled message depends on the pieces, and is void.
      outcome.bodies.resize(std::min(outcome.bodies.size(), outcome.bodies.rfind('\xff')));
      dialog.reset_done();
      return true;
    case ServerWait::tls:
      dialog.tls_established();
      return true;
    case ServerWait::peer:
    case ServerWait::start:
    case ServerWait::close:
      return false;
  }
  return false;
}

Outcome run(fuzz::Pieces pieces) {
  ServerDialog dialog({.hostname = "gate.a.example",
                       .max_message_bytes = kMaxMessageBytes,
                       .starttls = ServerRules::StartTls::absent});
  dialog.start(std::nullopt);
  Outcome outcome;
  while (!pieces.empty() && dialog.waits_for() != ServerWait::close) {
    ByteView piece = pieces.next();
    while (!piece.empty() && dialog.waits_for() == ServerWait::peer) {
      piece = piece.subspan(dialog.receive(piece));
      while (decide(dialog, outcome)) {
      }
    }
  }
  outcome.output = to_text(dialog.take_output());
  return outcome;
}

void check_replies(const std::string& output) {
  ReplyReader reader;
  ByteView rest = as_bytes(output);
  while (!rest.empty()) {
    const auto step = reader.take(rest);
    fuzz::check(step.ok() && step->reply.has_value());
    rest = rest.subspan(step->consumed_bytes);
  }
}

void check_line_ends(const std::string& bodies) {
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    if (bodies[i] == '\r') fuzz::check(i + 1 < bodies.size() && bodies[i + 1] == '\n');
    if (bodies[i] == '\n') fuzz::check(i > 0 && bodies[i - 1] == '\r');
  }
}

}  // namespace
}  // namespace culvert::node

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  Bytes input(data, data + size);
  const node::Outcome in_pieces = node::run(fuzz::Pieces(input));
  node::check_replies(in_pieces.output);
  if (!input.empty()) input.front() = 0;
  const node::Outcome whole = node::run(fuzz::Pieces(input));
  node::check_line_ends(whole.bodies);
  fuzz::check(in_pieces.output == whole.output || size > node::kMaxMessageBytes);
  return 0;
}
