// What something costs in a process of its own: processor time, and memory beyond what it had.
#pragma once

#include <fcntl.h>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <vector>

namespace culvert::crypto::testing {

struct Cost {
  double seconds = 0;
  long memory_kib = 0;
  std::string said;  // what it answered; empty if it ended badly
};

inline double seconds_of(const rusage& usage) {
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

inline long peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

// The child answers with one line: its memory, and the word.
[[noreturn]] inline void answer(int fd, const std::function<std::string()>& work) {
  const long before = peak_kib();
  const std::string word = work();
  const std::string line = std::to_string(peak_kib() - before) + " " + word;
  const bool written = write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  _exit(written ? 0 : 1);
}

// `work` in a child.
inline Cost cost_of(const std::function<std::string()>& work) {
  // What was freed would be used again by the child, and would not count.
  malloc_trim(0);
  int ends[2];
  if (pipe(ends) != 0) return {};
  const pid_t child = fork();
  if (child == 0) answer(ends[1], work);
  close(ends[1]);
  char line[256];
  const ssize_t size = read(ends[0], line, sizeof line);
  close(ends[0]);
  int status = -1;
  rusage usage{};
  if (wait4(child, &status, 0, &usage) != child || status != 0 || size <= 0) return {};
  const std::string said(line, static_cast<std::size_t>(size));
  return {seconds_of(usage), std::stol(said), said.substr(said.find(' ') + 1)};
}

using Words = std::vector<std::string>;

// Starts a program; what it says goes nowhere.
inline pid_t start_program(const Words& words, int in, int out) {
  malloc_trim(0);
  const pid_t child = fork();
  if (child != 0) return child;
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
  std::vector<char*> pointers;
  for (const std::string& word : words)
    pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  execv(pointers[0], pointers.data());
  _exit(127);
}

struct ProgramCost {
  int status = -1;  // as of wait
  double seconds = 0;
  long peak_kib = 0;
};

inline ProgramCost wait_for(pid_t child) {
  ProgramCost cost;
  rusage usage{};
  if (wait4(child, &cost.status, 0, &usage) != child) return {};
  cost.seconds = seconds_of(usage);
  cost.peak_kib = usage.ru_maxrss;
  return cost;
}

// The program with that file as its standard input.
inline ProgramCost cost_from_file(const Words& words, const std::string& file) {
  const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  const int in = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const ProgramCost cost = wait_for(start_program(words, in, null));
  close(in);
  close(null);
  return cost;
}

// The same through a pipe.
inline ProgramCost cost_from_pipe(const Words& words, const std::string& file) {
  const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  const int in = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return {};
  const pid_t writer = start_program({"/bin/cat"}, in, ends[1]);
  const pid_t reader = start_program(words, ends[0], null);
  for (const int fd : {null, in, ends[0], ends[1]})
    close(fd);
  const ProgramCost cost = wait_for(reader);
  (void)wait_for(writer);
  return cost;
}

}  // namespace culvert::crypto::testing
