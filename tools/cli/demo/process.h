// Child processes of the demo: this same program, as `serve` or as a command.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace culvert::cli {

// The file of the running program.
std::filesystem::path own_program();

struct Finished {
  int exit_status = -1;  // -1: ended by a signal or not started
  std::string output;    // standard output
  std::string errors;    // standard error
};
// Runs `culvert WORDS…` to its end.
Finished run_culvert(const std::vector<std::string>& words);

// A `culvert serve` that ends with this object, and with this program however that ends.
class ServeProcess {
 public:
  // Output goes to `log`. Call from the main thread: the child ends with the thread that made it.
  ServeProcess(const std::filesystem::path& config, const std::filesystem::path& log);
  // Sends SIGTERM, and SIGKILL if the process still runs after ten seconds.
  ~ServeProcess();
  ServeProcess(const ServeProcess&) = delete;
  ServeProcess& operator=(const ServeProcess&) = delete;

  bool running();
  // The same. Returns the exit status, or -1 if the process had to be killed.
  int stop();

 private:
  pid_t pid_ = -1;
  int exit_status_ = -1;
};

}  // namespace culvert::cli
