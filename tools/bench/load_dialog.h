// The client side of SMTP for a benchmark. It sends one message after another, pipelined, each
// stamped with its start time. No I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tools/bench/stopwatch.h"

namespace culvert::bench {

// The state that all connections of a run share. Must outlive the dialogs.
struct LoadPlan {
  std::string sender = "alice@a.example";
  std::string domain = "b.example";
  std::string body;            // dot-stuffed, with the end mark
  std::uint64_t left = 0;      // messages not started yet
  std::uint64_t accepted = 0;  // answered 250
  std::uint64_t refused = 0;   // answered otherwise
  Latencies accept_latency;    // MAIL to 250
  bool reconnect = false;      // a new connection for each message
};

class LoadDialog {
 public:
  explicit LoadDialog(LoadPlan& plan) : plan_(plan) {}

  // Takes what the server sent, in pieces of any size.
  void receive(std::string_view bytes);

  // Commands to send first; then `body_left()`, the rest of the plan's body.
  std::string& out() { return out_; }
  std::string_view body_left() const;
  void body_sent(std::size_t octets) { body_at_ += octets; }
  // True if the connection has done its work: close it once everything is sent.
  bool finished() const { return state_ == State::finished; }

 private:
  enum class State { greeting, extensions, envelope, body, finished };

  void reply(std::string_view line);
  void next_message();
  void envelope_answered(std::string_view line);
  void message_answered(bool accepted);

  LoadPlan& plan_;
  std::string pending_, out_;
  State state_ = State::greeting;
  int answers_left_ = 0;
  bool envelope_refused_ = false;
  std::uint64_t began_ns_ = 0;
  std::size_t body_at_ = 0;
};

}  // namespace culvert::bench
