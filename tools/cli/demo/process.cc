#include "tools/cli/demo/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <thread>

namespace culvert::cli {
namespace {

struct Pipe {
  int read_end = -1, write_end = -1;
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) == 0) {
      read_end = ends[0];
      write_end = ends[1];
    }
  }
  ~Pipe() {
    if (read_end >= 0) ::close(read_end);
    close_write_end();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_write_end() {
    if (write_end >= 0) ::close(write_end);
    write_end = -1;
  }
};

// Everything is prepared before the fork. Between fork and exec, only calls are allowed that are
// safe in the copy of a process with threads.
pid_t start(const std::vector<std::string>& words, int output, int errors) {
  const std::string program = own_program().string();
  std::vector<char*> pointers{const_cast<char*>(program.c_str())};
  for (const std::string& word : words)
    pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  // The parent may have ended before the prctl took effect.
  if (::getppid() != parent) ::_exit(127);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  ::execv(program.c_str(), pointers.data());
  ::_exit(127);
}

// Reads both pipes as output arrives, until both are closed.
void read_both(int first, int second, std::string& to_first, std::string& to_second) {
  std::array<pollfd, 2> waits{{{first, POLLIN, 0}, {second, POLLIN, 0}}};
  std::array<std::string*, 2> texts{&to_first, &to_second};
  std::array<char, 8192> piece;
  while (waits[0].fd >= 0 || waits[1].fd >= 0) {
    if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return;
    for (std::size_t i = 0; i < waits.size(); ++i) {
      if (waits[i].fd < 0 || waits[i].revents == 0) continue;
      const ssize_t got = ::read(waits[i].fd, piece.data(), piece.size());
      if (got > 0)
        texts[i]->append(piece.data(), static_cast<std::size_t>(got));
      else if (got == 0 || errno != EINTR)
        waits[i].fd = -1;
    }
  }
}

int status_of(int wait_status) { return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1; }

}  // namespace

std::filesystem::path own_program() { return std::filesystem::read_symlink("/proc/self/exe"); }

Finished run_culvert(const std::vector<std::string>& words) {
  Finished finished;
  Pipe output, errors;
  const pid_t child = start(words, output.write_end, errors.write_end);
  if (child < 0) return finished;
  output.close_write_end();
  errors.close_write_end();
  read_both(output.read_end, errors.read_end, finished.output, finished.errors);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR)
    continue;
  finished.exit_status = status_of(status);
  return finished;
}

ServeProcess::ServeProcess(const std::filesystem::path& config, const std::filesystem::path& log) {
  const int fd = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  pid_ = start({"--config", config.string(), "serve"}, fd, fd);
  if (fd >= 0) ::close(fd);
}

ServeProcess::~ServeProcess() { stop(); }

bool ServeProcess::running() {
  if (pid_ < 0) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == 0) return true;
  exit_status_ = status_of(status);
  pid_ = -1;
  return false;
}

int ServeProcess::stop() {
  constexpr int kTries = 1000;
  if (!running()) return exit_status_;
  ::kill(pid_, SIGTERM);
  for (int i = 0; i < kTries && running(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  if (pid_ < 0) return exit_status_;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR)
    continue;
  pid_ = -1;
  return -1;
}

}  // namespace culvert::cli
