// Octets on their way into a socket, in order. Small pieces are joined, large ones are taken over
// without a copy, and all leave in one system call if the kernel takes them. Inside node/net.
#pragma once

#include <deque>

#include "crypto/base/bytes.h"

namespace culvert::node {

class SendQueue {
 public:
  enum class Outcome { emptied, blocked, failed };

  void add(ByteView octets);
  void add(Bytes&& octets);
  // Appends all of `other`.
  void take(SendQueue& other);
  // Takes out the first piece; empty if there is none.
  Bytes pop();
  // Writes as much as the socket takes. `failed`: errno says why. Raises no signal.
  Outcome write_to(int fd);
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  void clear();

 private:
  void drop_front(std::size_t count);

  std::deque<Bytes> pieces_;
  std::size_t front_at_ = 0;  // octets of the first piece that have already left
  std::size_t size_ = 0;
};

}  // namespace culvert::node
