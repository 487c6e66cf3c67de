#include "tools/cli/demo/sink.h"

#include <algorithm>

#include "crypto/base/ascii.h"

namespace culvert::cli {
namespace {

// The text between the angle brackets.
std::string path_in(const std::string& command) {
  const std::size_t open = command.find('<'), close = command.find('>');
  if (open == std::string::npos || close == std::string::npos || close < open) return {};
  return command.substr(open + 1, close - open - 1);
}

bool is_command(const std::string& line, std::string_view verb) {
  return line.size() >= verb.size() &&
         std::equal(verb.begin(), verb.end(), line.begin(),
                    [](char a, char b) { return a == upper_case(b); });
}

// RFC 5321, 4.5.2. Nothing if the connection broke.
std::optional<std::string> read_data(DemoSocket& socket) {
  std::string octets;
  while (auto line = socket.read_line()) {
    if (*line == ".\r\n") return octets;
    octets += line->starts_with('.') ? line->substr(1) : *line;
  }
  return std::nullopt;
}

}  // namespace

DemoSink::DemoSink() : server_([this](DemoSocket& socket) { serve(socket); }) {}

void DemoSink::serve(DemoSocket& socket) {
  SunkMail mail;
  socket.write("220 sink ESMTP\r\n");
  while (const auto line = socket.read_line()) {
    if (is_command(*line, "EHLO")) {
      socket.write(
          "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"
          "250 ENHANCEDSTATUSCODES\r\n");
    } else if (is_command(*line, "MAIL FROM:")) {
      mail = {path_in(*line), {}, {}};
      socket.write("250 2.1.0 Ok\r\n");
    } else if (is_command(*line, "RCPT TO:")) {
      mail.recipients.push_back(path_in(*line));
      socket.write("250 2.1.5 Ok\r\n");
    } else if (is_command(*line, "DATA")) {
      socket.write("354 Go on\r\n");
      auto octets = read_data(socket);
      if (!octets) return;
      mail.octets = *std::move(octets);
      keep(mail);
      socket.write("250 2.0.0 Kept\r\n");
    } else if (is_command(*line, "QUIT")) {
      socket.write("221 2.0.0 Bye\r\n");
      return;
    } else {
      socket.write("250 2.0.0 Ok\r\n");
    }
  }
}

void DemoSink::keep(SunkMail mail) {
  const std::lock_guard lock(mutex_);
  mails_.push_back(std::move(mail));
  arrived_.notify_all();
}

std::vector<SunkMail> DemoSink::mails() const {
  const std::lock_guard lock(mutex_);
  return mails_;
}

bool DemoSink::wait_for(std::size_t count, std::chrono::seconds patience) const {
  std::unique_lock lock(mutex_);
  return arrived_.wait_for(lock, patience, [&] { return mails_.size() >= count; });
}

}  // namespace culvert::cli
