#include "tools/cli/temporary_name.h"

#include <fcntl.h>
#include <unistd.h>

#include <climits>
#include <csignal>
#include <cstdlib>

namespace culvert::cli {
namespace {

// The signals with which a person at a terminal, a service manager or a limit ends a program.
constexpr int kEndings[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXCPU, SIGXFSZ};

// A signal handler gets only the signal, so the name has to be here. It is written only while the
// handlers are not installed.
char g_name[PATH_MAX];

extern "C" void remove_and_end(int signal) {
  unlink(g_name);
  raise(signal);  // ends the program: SA_RESETHAND has reset the handler
}

void set_handlers(void (*handler)(int)) {
  for (const int signal : kEndings) {
    struct sigaction action {};
    sigaction(signal, nullptr, &action);
    if (action.sa_handler == SIG_IGN) continue;  // nohup
    action = {};
    action.sa_handler = handler;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(signal, &action, nullptr);
  }
}

}  // namespace

TemporaryName::TemporaryName(const std::string& stem)
    : name_(stem + ".XXXXXX"), descriptor_(mkostemp(name_.data(), O_CLOEXEC)) {
  if (descriptor_ < 0) return;
  g_name[name_.copy(g_name, sizeof g_name - 1)] = '\0';
  set_handlers(&remove_and_end);
}

TemporaryName::~TemporaryName() {
  if (descriptor_ < 0) return;
  set_handlers(SIG_DFL);
  unlink(name_.c_str());
}

}  // namespace culvert::cli
