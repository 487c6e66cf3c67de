// The server side of SMTP for a benchmark: it takes everything, keeps nothing and costs little. No
// I/O. It is not a mail server: it checks nothing, and only finds the end of the data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace culvert::bench {

class SinkDialog {
 public:
  SinkDialog();

  // Takes what the client sent, in pieces of any size, and appends replies to `out()`.
  void receive(std::string_view bytes);

  std::string& out() { return out_; }
  bool wants_close() const { return closing_; }
  // Messages taken since the last call.
  std::uint64_t take_messages();
  // Octets of data seen since the last call.
  std::uint64_t take_octets();
  // Times stamped on the recipients of the messages taken since the last call.
  std::vector<std::uint64_t> take_stamps();

 private:
  std::size_t command(std::string_view bytes);
  std::size_t data(std::string_view bytes);
  void answer(std::string_view line);

  std::string pending_;  // an unfinished command line, or what may be the start of the end mark
  std::string out_;
  std::vector<std::uint64_t> open_stamps_, stamps_;
  std::uint64_t messages_ = 0, octets_ = 0;
  bool in_data_ = false, data_begun_ = false, closing_ = false;
};

}  // namespace culvert::bench
