#include "node/delivery/plain_source.h"

#include "crypto/base/limits.h"
#include "node/flow/stored_message.h"

namespace culvert::node {
namespace {

class PlainSource final : public PieceSource {
 public:
  PlainSource(const FlowContext& context, SharedAttempt attempt)
      : context_(context), attempt_(std::move(attempt)) {}

  Result<Bytes> next() override {
    if (!stored_) {
      auto opened = stored_message(context_, attempt_->message);
      if (!opened) return opened.error();
      stored_ = *std::move(opened);
    }
    Bytes piece(kMessageBufferBytes);
    const auto count = stored_->read(piece);
    if (!count) return count.error();
    piece.resize(*count);
    return piece;
  }

 private:
  const FlowContext& context_;
  const SharedAttempt attempt_;
  std::unique_ptr<RewindableSource> stored_;
};

}  // namespace

std::unique_ptr<PieceSource> plain_source(const FlowContext& context, SharedAttempt attempt) {
  return std::make_unique<PlainSource>(context, std::move(attempt));
}

}  // namespace culvert::node
