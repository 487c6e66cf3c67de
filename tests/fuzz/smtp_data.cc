// The body of DATA: any octets in any pieces give one result; what was read is written and read
// again. And any content: the writer refuses it, or the reader gives it back.
#include <string>

#include "node/smtp/data_reader.h"
#include "node/smtp/data_writer.h"
#include "tests/fuzz/smtp_support.h"

namespace culvert::node {
namespace {

struct Body {
  std::string content;
  bool spoiled = false;
  bool ended = false;
};

Body read(fuzz::Pieces pieces) {
  DataReader reader({.message_bytes = 1'000'000});
  Body body;
  while (!pieces.empty() && !body.ended) {
    ByteView piece = pieces.next();
    while (!piece.empty() && !body.ended) {
      const auto step = reader.take(piece);
      fuzz::check(step.consumed_bytes > 0 && step.consumed_bytes <= piece.size());
      body.content += as_text(step.content);
      body.ended = step.ended;
      piece = piece.subspan(step.consumed_bytes);
    }
  }
  body.spoiled = reader.fault().has_value();
  if (body.spoiled) body.content.clear();
  return body;
}

// The wire form behind one octet, which says how it is cut; nothing if the writer refuses.
Bytes written(fuzz::Pieces content, std::uint8_t cut) {
  DataWriter writer;
  Bytes out{cut};
  while (!content.empty()) {
    if (!writer.write(content.next(), out)) return {};
  }
  if (!writer.finish(out)) return {};
  return out;
}

}  // namespace
}  // namespace culvert::node

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  if (size == 0) return 0;
  Bytes input(data, data + size);
  const node::Body in_pieces = node::read(fuzz::Pieces(input));
  const Bytes wire = node::written(fuzz::Pieces(input), input.front());
  input.front() = 0;
  const node::Body whole = node::read(fuzz::Pieces(input));
  fuzz::check(in_pieces.content == whole.content || !whole.ended);
  fuzz::check(in_pieces.spoiled == whole.spoiled && in_pieces.ended == whole.ended);
  if (wire.empty()) return 0;
  const node::Body back = node::read(fuzz::Pieces(wire));
  std::string content(as_text(ByteView(data, size).subspan(1)));
  if (!content.empty() && !content.ends_with("\r\n")) content += "\r\n";
  fuzz::check(back.ended && (back.spoiled || back.content == content));
  return 0;
}
