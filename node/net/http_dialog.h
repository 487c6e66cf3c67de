// The server's side of HTTP/1.1 (RFC 9110, 9112) for the peering port, without I/O: octets in,
// requests and octets out. Written by hand rather than on evhttp, because evhttp cannot carry
// Botan's TLS, and because strangers shall reach two kinds of request and nothing else.
//
// Accepted: GET without body and POST with Content-Length; one request after another on a kept
// connection. Strict: CRLF only, no folded field lines, no chunked coding, no white space before a
// colon, one Host, one Content-Length. Everything else is answered 400, 405, 411, 413, 414, 417,
// 431 or 505 and the connection ends: no request follows one whose end is in doubt.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/limits.h"

namespace culvert::node {

inline constexpr std::size_t kMaxHttpRequestLineBytes = 2 * 1024;
inline constexpr std::size_t kMaxHttpHeaderBytes = 8 * 1024;  // all field lines together
inline constexpr std::size_t kMaxHttpAheadBytes = 128 * 1024;
inline constexpr std::size_t kMaxHttpRequestsPerConnection = 1000;

struct HttpRequest {
  enum class Method { get, post };
  Method method = Method::get;
  std::string path;          // starts with `/`, origin form, printable ASCII; query included
  std::string content_type;  // as written; empty if there was none
  Bytes body;                // at most kMaxPeeringMessageBytes
};

struct HttpResponse {
  int status = 200;
  std::string content_type;  // empty: no such field
  Bytes body;
  std::optional<Time> date{};  // from the Date field (RFC 9110, 6.6.1)
};

class HttpDialog {
 public:
  enum class Waits { peer, answer, close };

  // `max_body_bytes`: a longer POST is 413.
  explicit HttpDialog(std::size_t max_body_bytes = kMaxPeeringMessageBytes)
      : max_body_bytes_(max_body_bytes) {}

  // Octets from the peer, in pieces of any size. May be called in every state. While an answer is
  // awaited, at most kMaxHttpAheadBytes are kept; beyond that the connection ends after the answer.
  void receive(ByteView octets);
  // The request to be answered now, handed out once; `waits()` is then `answer`.
  std::optional<HttpRequest> take_request();
  // Answers the request that was taken. The next request may then be ready.
  void answer(const HttpResponse& response);
  // Octets to send now; empties it.
  Bytes take_output();
  // `close`: send what is left, then end the connection.
  Waits waits() const { return waits_; }
  // True while a request has begun and is not complete. A time-out is then answered with 408, not
  // with silence.
  bool in_request() const;
  // True while a request's head is complete and its body is awaited.
  bool in_body() const { return state_ == State::body; }
  // The length of that body; 0 at any other time.
  std::size_t body_bytes() const { return in_body() ? head_.content_length.value_or(0) : 0; }
  // There is no room for the body: 503 and close.
  void refuse_body();
  // Ends a request that came too slowly: 408 and close.
  void time_out();

 private:
  enum class State { request_line, field_line, body, complete, refused };
  // What is known of the request being read; each new request starts from nothing.
  struct Head {
    std::size_t size_bytes = 0;
    std::optional<std::size_t> content_length;
    bool host_seen = false;
    bool type_seen = false;
    bool coding_seen = false;
    bool close_asked = false;
    bool expects_continue = false;
  };

  void work();
  bool step();
  bool take_line(std::size_t limit_bytes, int too_long_status);
  bool on_request_line();
  bool on_field_line();
  bool on_field(std::string_view name, std::string_view value);
  bool on_content_length(std::string_view value);
  bool on_header_end();
  bool on_body();
  bool refuse(int status);
  void write_head(const HttpResponse& response);
  void begin_next();

  const std::size_t max_body_bytes_;
  State state_ = State::request_line;
  Waits waits_ = Waits::peer;
  Bytes input_;  // arrived, not yet read
  std::size_t input_at_ = 0;
  Bytes output_;
  std::string line_;
  Head head_;
  HttpRequest request_;
  bool taken_ = false;
  bool last_ = false;  // the connection ends after the current answer
  std::size_t requests_ = 0;
};

}  // namespace culvert::node
