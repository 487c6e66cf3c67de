// HTTP from a stranger, in pieces: nothing crashes, what is accepted is within its limits, and a
// request that is written back in plain form is read as the same request.
#include <cstdlib>

#include "node/net/http_dialog.h"

namespace {

using culvert::Bytes;
using culvert::ByteView;
using culvert::node::HttpDialog;
using culvert::node::HttpRequest;

constexpr std::size_t kMaxBodyBytes = 4096;

void require(bool holds) {
  if (!holds) std::abort();
}

Bytes write(const HttpRequest& request) {
  Bytes text;
  const bool posts = request.method == HttpRequest::Method::post;
  culvert::append(text, posts ? "POST " : "GET ");
  culvert::append(text, request.path + " HTTP/1.1\r\nHost: x\r\n");
  if (!request.content_type.empty()) {
    culvert::append(text, "Content-Type: " + request.content_type + "\r\n");
  }
  if (posts)
    culvert::append(text, "Content-Length: " + std::to_string(request.body.size()) + "\r\n");
  culvert::append(text, "\r\n");
  culvert::append(text, request.body);
  return text;
}

void check_round_trip(const HttpRequest& request) {
  require(request.body.size() <= kMaxBodyBytes && request.path.starts_with('/'));
  // A header at its limit may grow beyond it by our own fields.
  if (request.content_type.size() > 4096) return;
  HttpDialog dialog(kMaxBodyBytes);
  dialog.receive(write(request));
  const auto again = dialog.take_request();
  require(again.has_value() && again->method == request.method && again->path == request.path &&
          again->content_type == request.content_type && again->body == request.body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // The first octet says how large the pieces are.
  const std::size_t piece_bytes = data[0] == 0 ? size : data[0];
  const ByteView octets(data + 1, size - 1);
  HttpDialog dialog(kMaxBodyBytes);
  for (std::size_t at = 0; at < octets.size(); at += piece_bytes) {
    dialog.receive(octets.subspan(at, std::min(piece_bytes, octets.size() - at)));
    while (const auto request = dialog.take_request()) {
      check_round_trip(*request);
      dialog.answer({200, "", {}});
    }
    (void)dialog.take_output();
  }
  dialog.time_out();
  return 0;
}
