#include "tools/bench/sink_dialog.h"

#include <algorithm>
#include <utility>

#include "tools/bench/stopwatch.h"

namespace culvert::bench {

namespace {

constexpr std::string_view kEndMark = "\r\n.\r\n";
constexpr std::size_t kLongestCommand = 4096;
constexpr std::string_view kGreeting = "220 sink.test ESMTP\r\n";
constexpr std::string_view kExtensions =
    "250-sink.test\r\n250-PIPELINING\r\n250-SIZE 0\r\n250-8BITMIME\r\n"
    "250-ENHANCEDSTATUSCODES\r\n250 SMTPUTF8\r\n";

}  // namespace

SinkDialog::SinkDialog() : out_(kGreeting) {}

void SinkDialog::receive(std::string_view bytes) {
  std::string joined;
  if (!pending_.empty()) {
    joined = std::exchange(pending_, {}).append(bytes);
    bytes = joined;
  }
  while (!bytes.empty() && !closing_) {
    const std::size_t used = in_data_ ? data(bytes) : command(bytes);
    if (used == 0) {
      pending_ = bytes;
      return;
    }
    bytes.remove_prefix(used);
  }
}

// Returns the number of octets used: one line, or 0 if the line is not complete yet.
std::size_t SinkDialog::command(std::string_view bytes) {
  const std::size_t end = bytes.find('\n');
  if (end == std::string_view::npos) {
    closing_ = bytes.size() > kLongestCommand;
    return 0;
  }
  answer(bytes.substr(0, end));
  return end + 1;
}

void SinkDialog::answer(std::string_view line) {
  switch (line.empty() ? 0 : line.front() & 0xdf) {
    case 'E':
      out_ += kExtensions;
      return;
    case 'R':
      if (const std::uint64_t time_ns = stamped_time(line)) open_stamps_.push_back(time_ns);
      out_ += "250 2.1.5 ok\r\n";
      return;
    case 'D':
      out_ += "354 go on\r\n";
      in_data_ = true;
      data_begun_ = false;
      return;
    case 'Q':
      out_ += "221 2.0.0 bye\r\n";
      closing_ = true;
      return;
    default:
      out_ += "250 2.0.0 ok\r\n";
  }
}

// Returns the number of octets used: all but those that may begin the end mark.
std::size_t SinkDialog::data(std::string_view bytes) {
  // In an empty message, the line end before the dot is that of the DATA command.
  const bool at_start = !data_begun_ && bytes.starts_with(".\r\n");
  const std::size_t end = at_start ? 0 : bytes.find(kEndMark);
  if (end == std::string_view::npos) {
    const std::size_t keep = std::min(bytes.size(), kEndMark.size() - 1);
    data_begun_ = data_begun_ || bytes.size() > keep;
    octets_ += bytes.size() - keep;
    return bytes.size() - keep;
  }
  octets_ += end;
  ++messages_;
  stamps_.insert(stamps_.end(), open_stamps_.begin(), open_stamps_.end());
  open_stamps_.clear();
  in_data_ = false;
  out_ += "250 2.0.0 taken\r\n";
  return at_start ? 3 : end + kEndMark.size();
}

std::uint64_t SinkDialog::take_messages() { return std::exchange(messages_, 0); }
std::uint64_t SinkDialog::take_octets() { return std::exchange(octets_, 0); }
std::vector<std::uint64_t> SinkDialog::take_stamps() { return std::exchange(stamps_, {}); }

}  // namespace culvert::bench
