#include "node/net/send_queue.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>

namespace culvert::node {
namespace {

// Pieces up to this size are copied together: that is cheaper than a buffer for each.
constexpr std::size_t kJoinBytes = 16 * 1024;
constexpr std::size_t kMaxPiecesPerCall = 64;

}  // namespace

void SendQueue::add(ByteView octets) {
  if (octets.empty()) return;
  size_ += octets.size();
  if (!pieces_.empty() && pieces_.back().size() + octets.size() <= kJoinBytes) {
    append(pieces_.back(), octets);
    return;
  }
  pieces_.emplace_back(octets.begin(), octets.end());
}

void SendQueue::add(Bytes&& octets) {
  if (octets.size() < kJoinBytes / 4) {
    add(ByteView(octets));
    return;
  }
  size_ += octets.size();
  pieces_.push_back(std::move(octets));
}

void SendQueue::take(SendQueue& other) {
  while (!other.empty())
    add(other.pop());
}

Bytes SendQueue::pop() {
  if (pieces_.empty()) return {};
  Bytes piece = std::move(pieces_.front());
  pieces_.pop_front();
  piece.erase(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(front_at_));
  front_at_ = 0;
  size_ -= piece.size();
  return piece;
}

SendQueue::Outcome SendQueue::write_to(int fd) {
  while (!empty()) {
    iovec parts[kMaxPiecesPerCall];
    const std::size_t count = std::min(pieces_.size(), kMaxPiecesPerCall);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t skip = i == 0 ? front_at_ : 0;
      parts[i] = {pieces_[i].data() + skip, pieces_[i].size() - skip};
    }
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = count;
    const ssize_t sent = ::sendmsg(fd, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) {
      return errno == EAGAIN || errno == EWOULDBLOCK ? Outcome::blocked : Outcome::failed;
    }
    drop_front(static_cast<std::size_t>(sent));
  }
  return Outcome::emptied;
}

void SendQueue::clear() {
  pieces_.clear();
  front_at_ = 0;
  size_ = 0;
}

void SendQueue::drop_front(std::size_t count) {
  size_ -= count;
  front_at_ += count;
  while (!pieces_.empty() && front_at_ >= pieces_.front().size()) {
    front_at_ -= pieces_.front().size();
    pieces_.pop_front();
  }
}

}  // namespace culvert::node
