// A server that says anything to the client dialog, in any pieces: every recipient gets exactly one
// outcome, and nothing but commands, and the message once, is ever sent. Replies that were read are
// written back and read again.
#include <string>

#include "node/smtp/client_dialog.h"
#include "node/smtp/reply_reader.h"
#include "tests/fuzz/smtp_support.h"

namespace culvert::node {
namespace {

ClientEnvelope envelope() {
  ClientEnvelope out;
  out.mail.sender = *Mailbox::parse("a@a.example");
  out.mail.parameters.size_bytes = 10;
  out.recipients.push_back({*Mailbox::parse("b@b.example"), {}, {}});
  out.recipients.push_back({*Mailbox::parse("c@b.example"), {}, "rfc822;c@b.example"});
  return out;
}

void check_output(ByteView output) {
  for (std::size_t i = 0; i < output.size(); ++i) {
    if (output[i] == '\r') fuzz::check(i + 1 < output.size() && output[i + 1] == '\n');
    if (output[i] == '\n') fuzz::check(i > 0 && output[i - 1] == '\r');
  }
}

// What the outside does when the dialog waits for it; false if octets are needed.
bool act(ClientDialog& dialog, int& deliveries) {
  switch (dialog.waits_for()) {
    case ClientWait::tls:
      dialog.tls_established();
      return true;
    case ClientWait::message:
      if (deliveries > 0) fuzz::check(dialog.outcomes().size() == 2);
      if (++deliveries > 3) return dialog.quit(), true;
      dialog.deliver(envelope());
      return true;
    case ClientWait::body:
      dialog.body(as_bytes(".dot\r\nend"));
      dialog.body_end();
      return true;
    case ClientWait::peer:
    case ClientWait::close:
      return false;
  }
  return false;
}

void talk(fuzz::Pieces pieces) {
  ClientDialog dialog({"gate.a.example", TlsUse::opportunistic});
  dialog.start();
  int deliveries = 0;
  while (!pieces.empty() && dialog.waits_for() != ClientWait::close) {
    const ByteView piece = pieces.next();
    fuzz::check(dialog.receive(piece) == piece.size());
    while (act(dialog, deliveries)) {
    }
    check_output(dialog.take_output());
  }
  if (dialog.waits_for() != ClientWait::close) {
    dialog.connection_failed(temporary_error("lost", "lost"));
  }
  fuzz::check(!dialog.delivering());
  fuzz::check(dialog.outcomes().empty() || dialog.outcomes().size() == 2);
}

// What was read, written and read again is the same, as far as it is printable ASCII in short
// lines.
void round_trip(ByteView octets) {
  ReplyReader reader;
  const auto step = reader.take(octets);
  if (!step || !step->reply) return;
  ReplyReader again;
  const std::string wire = wire_form(*step->reply);
  const auto second = again.take(as_bytes(wire));
  fuzz::check(second.ok() && second->reply && second->reply->code == step->reply->code);
  fuzz::check(wire_form(*second->reply) == wire);
}

}  // namespace
}  // namespace culvert::node

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  node::talk(fuzz::Pieces({data, size}));
  node::round_trip({data, size});
  return 0;
}
