#include "tools/cli/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "crypto/base/log.h"
#include "tools/cli/json_text.h"

namespace culvert::cli {
namespace {

Status print(const std::string& text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) {
    return done();
  }
  return permanent_error(kOutputCode,
                         std::string("the result cannot be written to standard output: ") +
                             std::strerror(errno) + " (the command itself succeeded)");
}

}  // namespace

std::string printable_lines(std::string_view text) {
  std::string out;
  while (true) {
    const std::string_view line = text.substr(0, text.find('\n'));
    out += printable(line, line.size());
    if (line.size() == text.size()) return out;
    out.push_back('\n');
    text.remove_prefix(line.size() + 1);
  }
}

void hold_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    // The wrong mode makes every use fail: standard input can only be written, the others only
    // read. `open` returns the lowest free number, which is the missing one.
    const int mode = stream == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (::open("/dev/null", mode) != stream) ::_exit(1);  // no error can be printed
  }
}

Status print_text(std::string_view lines) { return print(printable_lines(lines)); }

Status print_json(std::string_view json) { return print(safe_json(json) + "\n"); }

void tell_people(std::string_view lines) { std::fputs(printable_lines(lines).c_str(), stderr); }

}  // namespace culvert::cli
