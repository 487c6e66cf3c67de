#include "node/net/http_dialog.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "crypto/base/ascii.h"

namespace culvert::node {
namespace {

constexpr std::string_view kVersion = "HTTP/1.1";
// More digits than any length that we accept.
constexpr std::size_t kMaxLengthDigits = 10;

// IMF-fixdate (RFC 9110, 5.6.7) has the zone in letters.
std::string http_date(Time time) {
  std::string text = to_rfc5322(time);
  return text.substr(0, text.rfind(' ')) + " GMT";
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 417:
      return "Expectation Failed";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Other";
  }
}

// RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool is_origin_form(std::string_view target) {
  return target.starts_with('/') &&
         std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

// RFC 9110, 5.5, without octets above 127: no field that we read needs them.
bool is_field_value(std::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return c == '\t' || (c >= ' ' && c < 0x7f); });
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool lists(std::string_view value, std::string_view wanted) {
  while (true) {
    const std::size_t comma = value.find(',');
    if (lower_case(trim(value.substr(0, comma))) == wanted) return true;
    if (comma == std::string_view::npos) return false;
    value = value.substr(comma + 1);
  }
}

}  // namespace

void HttpDialog::receive(ByteView octets) {
  if (state_ == State::refused || last_) return;
  append(input_, octets);
  if (state_ == State::complete) {
    last_ = input_.size() - input_at_ > kMaxHttpAheadBytes;
    if (last_) input_.clear();
    return;
  }
  work();
}

void HttpDialog::work() {
  while (step()) {
  }
  input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(input_at_));
  input_at_ = 0;
}

// Takes one line or the whole body; false if more octets or an answer are needed.
bool HttpDialog::step() {
  switch (state_) {
    case State::request_line:
      return take_line(kMaxHttpRequestLineBytes, 414) && on_request_line();
    case State::field_line:
      return take_line(kMaxHttpHeaderBytes - head_.size_bytes, 431) && on_field_line();
    case State::body:
      return on_body();
    case State::complete:
    case State::refused:
      return false;
  }
  return false;
}

// Moves octets to `line_` until it is one whole line, then cuts off CRLF.
bool HttpDialog::take_line(std::size_t limit_bytes, int too_long_status) {
  while (input_at_ < input_.size()) {
    const char c = static_cast<char>(input_[input_at_++]);
    // A bare CR is no line end, nor is a bare LF (request smuggling).
    const bool after_cr = !line_.empty() && line_.back() == '\r';
    if (after_cr != (c == '\n')) return refuse(400);
    if (line_.size() >= limit_bytes) return refuse(too_long_status);
    if (c == '\n') {
      line_.pop_back();
      return true;
    }
    line_ += c;
  }
  return false;
}

bool HttpDialog::on_request_line() {
  const std::string line = std::move(line_);
  line_.clear();
  const std::string_view text = line;
  const std::size_t first = text.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : text.find(' ', first + 1);
  if (second == std::string_view::npos) return refuse(400);
  const std::string_view method = text.substr(0, first);
  const std::string_view target = text.substr(first + 1, second - first - 1);
  const std::string_view version = text.substr(second + 1);
  if (!is_token(method) || !version.starts_with("HTTP/")) return refuse(400);
  if (version != kVersion) return refuse(505);
  if (method != "GET" && method != "POST") return refuse(405);
  if (!is_origin_form(target)) return refuse(400);
  request_.method = method == "GET" ? HttpRequest::Method::get : HttpRequest::Method::post;
  request_.path = target;
  state_ = State::field_line;
  return true;
}

bool HttpDialog::on_field_line() {
  const std::string line = std::move(line_);
  line_.clear();
  head_.size_bytes += line.size() + 2;
  if (line.empty()) return on_header_end();
  // A folded line starts with white space and so has no name (RFC 9112, 5.2).
  const std::size_t colon = line.find(':');
  if (colon == std::string::npos) return refuse(400);
  const std::string_view name = std::string_view(line).substr(0, colon);
  const std::string_view value = trim(std::string_view(line).substr(colon + 1));
  if (!is_token(name) || !is_field_value(value)) return refuse(400);
  return on_field(lower_case(name), value);
}

bool HttpDialog::on_field(std::string_view name, std::string_view value) {
  if (name == "host") {
    if (std::exchange(head_.host_seen, true)) return refuse(400);
  } else if (name == "content-length") {
    return on_content_length(value);
  } else if (name == "transfer-encoding") {
    head_.coding_seen = true;
  } else if (name == "content-type") {
    if (std::exchange(head_.type_seen, true)) return refuse(400);
    request_.content_type = value;
  } else if (name == "connection") {
    head_.close_asked = head_.close_asked || lists(value, "close");
  } else if (name == "expect") {
    if (lower_case(value) != "100-continue") return refuse(417);
    head_.expects_continue = true;
  }
  return true;
}

bool HttpDialog::on_content_length(std::string_view value) {
  if (head_.content_length || value.empty()) return refuse(400);
  const bool digits =
      std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return refuse(400);
  if (value.size() > kMaxLengthDigits) return refuse(413);
  std::size_t length = 0;
  std::from_chars(value.data(), value.data() + value.size(), length);
  head_.content_length = length;
  return true;
}

bool HttpDialog::on_header_end() {
  const bool posts = request_.method == HttpRequest::Method::post;
  if (!head_.host_seen) return refuse(400);
  // Two lengths for one body are how requests are smuggled (RFC 9112, 6.1).
  if (head_.coding_seen) return refuse(head_.content_length ? 400 : 411);
  if (posts && !head_.content_length) return refuse(411);
  const std::size_t length = head_.content_length.value_or(0);
  if (!posts && length > 0) return refuse(400);
  if (length > max_body_bytes_) return refuse(413);
  if (head_.expects_continue && length > 0 && input_at_ == input_.size()) {
    append(output_, "HTTP/1.1 100 Continue\r\n\r\n");
  }
  state_ = State::body;
  return true;
}

bool HttpDialog::on_body() {
  const std::size_t missing = head_.content_length.value_or(0) - request_.body.size();
  const std::size_t count = std::min(missing, input_.size() - input_at_);
  append(request_.body, ByteView(input_).subspan(input_at_, count));
  input_at_ += count;
  if (count < missing) return false;
  state_ = State::complete;
  waits_ = Waits::answer;
  taken_ = false;
  return false;
}

std::optional<HttpRequest> HttpDialog::take_request() {
  if (state_ != State::complete || taken_) return std::nullopt;
  taken_ = true;
  return std::move(request_);
}

void HttpDialog::answer(const HttpResponse& response) {
  if (state_ != State::complete) return;
  ++requests_;
  last_ = last_ || head_.close_asked || requests_ >= kMaxHttpRequestsPerConnection;
  write_head(response);
  append(output_, response.body);
  if (last_) {
    state_ = State::refused;
    waits_ = Waits::close;
    return;
  }
  begin_next();
}

void HttpDialog::begin_next() {
  state_ = State::request_line;
  waits_ = Waits::peer;
  head_ = {};
  request_ = {};
  work();
}

bool HttpDialog::refuse(int status) {
  last_ = true;
  state_ = State::refused;
  waits_ = Waits::close;
  write_head({status, {}, {}});
  return false;
}

void HttpDialog::write_head(const HttpResponse& response) {
  append(output_, "HTTP/1.1 " + std::to_string(response.status) + " ");
  append(output_, reason_phrase(response.status));
  append(output_, "\r\nContent-Length: " + std::to_string(response.body.size()) + "\r\n");
  if (!response.content_type.empty()) {
    append(output_, "Content-Type: " + response.content_type + "\r\n");
  }
  if (response.date) append(output_, "Date: " + http_date(*response.date) + "\r\n");
  if (response.status == 405) append(output_, "Allow: GET, POST\r\n");
  if (last_) append(output_, "Connection: close\r\n");
  append(output_, "\r\n");
}

Bytes HttpDialog::take_output() { return std::exchange(output_, {}); }

bool HttpDialog::in_request() const {
  return state_ == State::field_line || state_ == State::body || !line_.empty();
}

void HttpDialog::refuse_body() {
  if (in_body()) refuse(503);
}

void HttpDialog::time_out() {
  if (state_ == State::complete || state_ == State::refused) return;
  if (in_request()) {
    refuse(408);
    return;
  }
  state_ = State::refused;
  waits_ = Waits::close;
}

}  // namespace culvert::node
