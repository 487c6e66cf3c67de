#include "node/smtp/data_reader.h"

#include <array>

#include "node/smtp/line_end.h"

namespace culvert::node {
namespace {

constexpr std::array<std::uint8_t, 2> kCrLf = {'\r', '\n'};

}  // namespace

DataReader::Step DataReader::take(ByteView octets) {
  if (octets.empty() || state_ == State::ended) return {0, {}, state_ == State::ended};
  Step step = scan(octets);
  if (!fault_ && content_bytes_ + step.content.size() > limits_.message_bytes) {
    spoil(DataFault::message_too_big);
  }
  if (fault_) {
    discarded_bytes_ += step.consumed_bytes;
    step.content = {};
  }
  content_bytes_ += step.content.size();
  return step;
}

DataReader::Step DataReader::scan(ByteView octets) {
  if (fault_) return skip(octets);
  switch (state_) {
    case State::line_start:
    case State::in_line:
      return scan_lines(octets);
    case State::cr:
      return settle_cr(octets);
    case State::dot:
      return settle_dot(octets);
    case State::dot_cr:
      return settle_dot_cr(octets);
    case State::ended:
      break;
  }
  return {0, {}, true};
}

// Takes as many whole lines as possible in one span. The span ends before a line that begins with a
// dot, before a CR whose LF has not come, and at the end of the octets.
DataReader::Step DataReader::scan_lines(ByteView octets) {
  std::size_t at = 0;
  while (at < octets.size()) {
    if (state_ == State::line_start && octets[at] == '.') {
      if (at > 0) return {at, octets.first(at), false};
      state_ = State::dot;
      return {1, {}, false};
    }
    const LineEnd end = find_line_end(octets, at);
    count_line(end.at - at);
    state_ = State::in_line;
    switch (end.kind) {
      case LineEnd::Kind::none:
        return {octets.size(), octets, false};
      case LineEnd::Kind::cr_at_end:
        state_ = State::cr;
        return {octets.size(), octets.first(end.at), false};
      case LineEnd::Kind::bare: {
        Step rest = skip_from_bare_line_end(octets.subspan(end.at));
        rest.consumed_bytes += end.at;
        return rest;
      }
      case LineEnd::Kind::crlf:
        break;
    }
    state_ = State::line_start;
    line_bytes_ = 0;
    at = end.at + 2;
  }
  return {octets.size(), octets, false};
}

DataReader::Step DataReader::settle_cr(ByteView octets) {
  if (octets.front() != '\n') return skip_from_bare_line_end(octets);
  state_ = State::line_start;
  line_bytes_ = 0;
  return {1, kCrLf, false};
}

DataReader::Step DataReader::settle_dot(ByteView octets) {
  if (octets.front() == '\r') {
    state_ = State::dot_cr;
    return {1, {}, false};
  }
  if (octets.front() == '\n') return skip_from_bare_line_end(octets);
  // The dot was stuffed; the line follows it.
  state_ = State::in_line;
  return scan_lines(octets);
}

DataReader::Step DataReader::settle_dot_cr(ByteView octets) {
  if (octets.front() != '\n') return skip_from_bare_line_end(octets);
  state_ = State::ended;
  return {1, {}, true};
}

// `octets` begin with a bare line end, or follow one that is a CR.
DataReader::Step DataReader::skip_from_bare_line_end(ByteView octets) {
  spoil(DataFault::bare_line_end);
  return skip(octets);
}

// Octet by octet, because a spoiled message may consist of line ends only: a search from each of
// them to the next would take quadratic time.
DataReader::Step DataReader::skip(ByteView octets) {
  std::size_t at = 0;
  while (at < octets.size() && state_ != State::ended)
    state_ = after(octets[at++]);
  return {at, {}, state_ == State::ended};
}

DataReader::State DataReader::after(std::uint8_t octet) {
  const bool behind_cr = state_ == State::cr || state_ == State::dot_cr;
  // Also in what is discarded for another fault: the end of that message is just as doubtful.
  bare_line_end_ = bare_line_end_ || behind_cr != (octet == '\n');
  if (bare_line_end_) return after_bare_line_end(octet);
  if (octet == '\n') return state_ == State::dot_cr ? State::ended : State::line_start;
  if (octet == '\r') return state_ == State::dot ? State::dot_cr : State::cr;
  if (octet == '.' && state_ == State::line_start) return State::dot;
  return State::in_line;
}

// Each CR and each LF ends a line here, and a dot between two of them ends the message.
DataReader::State DataReader::after_bare_line_end(std::uint8_t octet) const {
  const bool ends_line = octet == '\r' || octet == '\n';
  if (state_ == State::dot_cr || (state_ == State::dot && ends_line)) return State::ended;
  if (ends_line) return State::line_start;
  const bool at_start = state_ == State::line_start || state_ == State::cr;
  return octet == '.' && at_start ? State::dot : State::in_line;
}

void DataReader::count_line(std::size_t bytes) {
  line_bytes_ += bytes;
  if (line_bytes_ > limits_.line_bytes) spoil(DataFault::line_too_long);
}

void DataReader::spoil(DataFault fault) {
  if (!fault_) fault_ = fault;
}

}  // namespace culvert::node
