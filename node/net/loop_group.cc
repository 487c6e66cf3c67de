#include <latch>

#include "crypto/base/require.h"
#include "node/net/event_loop.h"
#include "node/net/workers.h"

namespace culvert::node {

LoopGroup::LoopGroup(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    loops_.push_back(std::make_unique<EventLoop>());
  for (std::size_t i = 0; i < count; ++i) {
    threads_.push_back(
        start_thread("loop-" + std::to_string(i), [loop = loops_[i].get()] { loop->run(); }));
  }
}

LoopGroup::~LoopGroup() { stop(); }

void LoopGroup::run_on_all(const std::function<void(EventLoop&)>& task) {
  for (auto& loop : loops_)
    require(!loop->is_loop_thread(), "a thread that is no loop's");
  if (threads_.empty()) {
    for (auto& loop : loops_)
      task(*loop);
    return;
  }
  std::latch all_done(static_cast<std::ptrdiff_t>(loops_.size()));
  for (auto& loop : loops_) {
    loop->post([&task, &all_done, one = loop.get()] {
      task(*one);
      all_done.count_down();
    });
  }
  all_done.wait();
}

void LoopGroup::stop() {
  for (auto& loop : loops_)
    loop->stop();
  for (std::thread& thread : threads_)
    thread.join();
  threads_.clear();
}

}  // namespace culvert::node
