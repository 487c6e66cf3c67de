// Pulls the body of one delivery, piece by piece in a worker, one piece ahead of the socket, so
// that memory does not grow with the message. Lives on one loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "node/net/callback.h"
#include "node/net/event_loop.h"
#include "node/net/workers.h"

namespace culvert::node {

// Where a message comes from: content with CRLF line ends.
class PieceSource {
 public:
  virtual ~PieceSource() = default;
  // Called once before the first `next`: the recipients of the envelope that the next hop accepted.
  virtual void begin(const std::vector<bool>& accepted) { static_cast<void>(accepted); }
  // The next piece, of any size; empty at the end. Runs in a worker, one call at a time; may block.
  // An error ends the delivery before the message is complete: nothing of it counts.
  virtual Result<Bytes> next() = 0;
};

class BodyPull {
 public:
  struct Piece {
    Result<Bytes> octets;  // may be empty if it is the last; an error ends the body
    bool is_last = false;
  };

  // `source` may be null: then nothing is called. `on_piece` is called on the loop, in a later
  // turn, when a piece is there; it may destroy this object. `loop` and `workers` must outlive it.
  // If this object dies while a worker uses the source, the worker keeps the source alive.
  BodyPull(EventLoop& loop, Workers& workers, std::unique_ptr<PieceSource> source,
           std::function<void()> on_piece);

  bool has_source() const { return source_ != nullptr; }
  bool has_begun() const { return state_ != State::fresh; }
  // Once, before the first `pull`.
  void begin(const std::vector<bool>& accepted);
  // Asks for the next piece, unless one is there, one is under way, or the last one was taken.
  void pull();
  // The piece that was pulled, if it is there.
  std::optional<Piece> take();

 private:
  void pulled(Piece piece);

  EventLoop& loop_;
  Workers& workers_;
  std::shared_ptr<PieceSource> source_;  // touched by one job at a time
  std::function<void()> on_piece_;
  enum class State { fresh, between, pulling, ready, ended } state_ = State::fresh;
  std::optional<Piece> piece_;
  Timer pull_later_;
  LifeToken life_;
};

}  // namespace culvert::node
