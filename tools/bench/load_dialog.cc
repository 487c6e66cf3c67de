#include "tools/bench/load_dialog.h"

#include <utility>

namespace culvert::bench {

void LoadDialog::receive(std::string_view bytes) {
  std::string joined = std::exchange(pending_, {}).append(bytes);
  std::string_view rest = joined;
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    const std::string_view line = rest.substr(0, end);
    if (line.size() < 4 || line[3] != '-') reply(line);
    rest.remove_prefix(end + 1);
  }
  pending_ = rest;
}

std::string_view LoadDialog::body_left() const {
  if (state_ != State::body) return {};
  return std::string_view(plan_.body).substr(body_at_);
}

void LoadDialog::reply(std::string_view line) {
  const char kind = line.empty() ? '5' : line.front();
  switch (state_) {
    case State::greeting:
      out_ += "EHLO load.test\r\n";
      state_ = State::extensions;
      return;
    case State::extensions:
      return next_message();
    case State::envelope:
      return envelope_answered(line);
    case State::body:
      return message_answered(kind == '2');
    case State::finished:
      return;
  }
}

void LoadDialog::next_message() {
  if (plan_.left == 0) {
    out_ += "QUIT\r\n";
    state_ = State::finished;
    return;
  }
  --plan_.left;
  began_ns_ = monotonic_ns();
  out_ += "MAIL FROM:<" + plan_.sender + ">\r\nRCPT TO:<" + stamp(began_ns_) + "@" + plan_.domain +
          ">\r\nDATA\r\n";
  answers_left_ = 3;
  envelope_refused_ = false;
  state_ = State::envelope;
}

void LoadDialog::envelope_answered(std::string_view line) {
  const char wanted = answers_left_ == 1 ? '3' : '2';
  if (line.empty() || line.front() != wanted) envelope_refused_ = true;
  if (--answers_left_ > 0) return;
  body_at_ = 0;
  if (!envelope_refused_) {
    state_ = State::body;
    return;
  }
  ++plan_.refused;
  next_message();
}

void LoadDialog::message_answered(bool accepted) {
  if (accepted) {
    ++plan_.accepted;
    plan_.accept_latency.add(monotonic_ns() - began_ns_);
  } else {
    ++plan_.refused;
  }
  if (!plan_.reconnect) return next_message();
  out_ += "QUIT\r\n";
  state_ = State::finished;
}

}  // namespace culvert::bench
