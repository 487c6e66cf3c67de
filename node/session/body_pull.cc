#include "node/session/body_pull.h"

#include "crypto/base/limits.h"
#include "crypto/base/require.h"

namespace culvert::node {
namespace {

// How long until a piece is requested again when all workers are busy.
constexpr std::chrono::milliseconds kPullAgain{20};

// Pulls until there is a piece worth sending, so that a small message costs one job.
BodyPull::Piece gather(PieceSource& source) {
  Bytes gathered;
  while (gathered.size() < kStreamChunkBytes) {
    auto octets = source.next();
    if (!octets) return {octets.error(), true};
    if (octets->empty()) return {std::move(gathered), true};
    if (gathered.empty()) {
      gathered = *std::move(octets);
    } else {
      append(gathered, *octets);
    }
  }
  return {std::move(gathered), false};
}

}  // namespace

BodyPull::BodyPull(EventLoop& loop, Workers& workers, std::unique_ptr<PieceSource> source,
                   std::function<void()> on_piece)
    : loop_(loop), workers_(workers), source_(std::move(source)), on_piece_(std::move(on_piece)) {}

void BodyPull::begin(const std::vector<bool>& accepted) {
  require(state_ == State::fresh && has_source(), "a body that has not begun");
  source_->begin(accepted);
  state_ = State::between;
}

void BodyPull::pull() {
  require(has_begun(), "a body that has begun");
  if (state_ != State::between) return;
  auto hand_over = life_.guard([this](Piece piece) { pulled(std::move(piece)); });
  const Status submitted = workers_.submit([source = source_, hand_over, &loop = loop_] {
    loop.post([hand_over, piece = gather(*source)]() mutable { hand_over(std::move(piece)); });
  });
  if (submitted) {
    state_ = State::pulling;
  } else {
    pull_later_ = loop_.call_after(kPullAgain, [this] { pull(); });
  }
}

void BodyPull::pulled(Piece piece) {
  piece_.emplace(std::move(piece));
  state_ = State::ready;
  const auto tell = on_piece_;  // The call may destroy this object.
  tell();
}

std::optional<BodyPull::Piece> BodyPull::take() {
  if (state_ != State::ready) return std::nullopt;
  state_ = piece_->is_last ? State::ended : State::between;
  return std::exchange(piece_, std::nullopt);
}

}  // namespace culvert::node
