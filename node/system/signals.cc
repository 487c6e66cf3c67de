#include "node/system/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

namespace culvert::node {
namespace {

sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&set, number);
  return set;
}

}  // namespace

void block_signals() {
  const sigset_t set = watched_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

SignalWatch::SignalWatch(EventLoop& loop, Handlers handlers)
    : handlers_(std::move(handlers)), fd_(-1) {
  const sigset_t set = watched_signals();
  fd_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd_ < 0) throw std::runtime_error("signals cannot be watched: no descriptor left");
  watch_ = loop.watch(fd_, *this);
  watch_->set_interest(Interest::read);
}

SignalWatch::~SignalWatch() {
  watch_.reset();
  ::close(fd_);
}

void SignalWatch::on_readable() {
  signalfd_siginfo info{};
  while (::read(fd_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    if (info.ssi_signo == SIGHUP) {
      handlers_.reload();
    } else {
      handlers_.stop();
    }
  }
}

}  // namespace culvert::node
