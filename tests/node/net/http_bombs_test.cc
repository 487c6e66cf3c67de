// Named attack: JSON bomb, in the HTTP around it: a megabyte of the worst costs what a megabyte
// costs.
#include "node/net/http_dialog.h"
#include "tests/support/cost_by_size.h"

namespace culvert::node {
namespace {

SizedBomb bomb(std::string name, std::string front, std::string piece) {
  return {std::move(name), [front = std::move(front), piece = std::move(piece)](std::size_t size) {
            std::string text = front;
            while (text.size() < size)
              text += piece;
            return to_bytes(text);
          }};
}

std::vector<SizedBomb> bombs() {
  const std::string post = "POST / HTTP/1.1\r\nHost: b\r\nContent-Length: 1000000\r\n\r\n";
  const std::string get = "GET / HTTP/1.1\r\nHost: b\r\n\r\n";
  return {
      bomb("body", post, "{}"),
      bomb("requests", get, get),
      bomb("small_bodies", "", "POST / HTTP/1.1\r\nHost: b\r\nContent-Length: 1\r\n\r\nx"),
      bomb("fields", "GET / HTTP/1.1\r\nHost: b\r\n", "a:\r\n"),
      bomb("long_field", "GET / HTTP/1.1\r\nHost: b\r\na: ", "a"),
      bomb("long_path", "GET /", "a"),
      bomb("length_with_many_digits", "POST / HTTP/1.1\r\nHost: b\r\nContent-Length: ", "1"),
      bomb("options_of_the_connection", "GET / HTTP/1.1\r\nHost: b\r\nConnection: ", "a,"),
      bomb("chunks", "POST / HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n",
           "1\r\na\r\n"),
      bomb("sizes_of_chunks", "POST / HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n",
           "0"),
      bomb("line_ends", "", "\r\n"),
      bomb("octets", "", std::string("\xff\0", 2)),
  };
}

void talk(ByteView octets, std::size_t piece_bytes) {
  HttpDialog dialog;
  while (!octets.empty() && dialog.waits() != HttpDialog::Waits::close) {
    const std::size_t count = std::min(piece_bytes, octets.size());
    dialog.receive(octets.first(count));
    octets = octets.subspan(count);
    while (dialog.take_request())
      dialog.answer({});
    static_cast<void>(dialog.take_output());
  }
}

TEST(HttpBomb, CostsALittleWhateverIsInIt) {
  for (const SizedBomb& one : bombs()) {
    expect_linear_and_cheap(one, [](ByteView octets) { talk(octets, octets.size()); });
    expect_linear_and_cheap(one, [](ByteView octets) { talk(octets, 1400); });
  }
}

// Octet by octet costs a call for each, and no more.
TEST(HttpBomb, CostsALittleInTheSmallestPieces) {
  for (const SizedBomb& one : bombs())
    expect_linear_and_cheap(one, [](ByteView octets) { talk(octets, 1); });
}

}  // namespace
}  // namespace culvert::node
