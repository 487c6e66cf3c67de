#include "node/flow/stored_message.h"

#include "store/bodies.h"

namespace culvert::node {
namespace {

// The added fields, then the stored body.
class StoredMessage final : public RewindableSource {
 public:
  StoredMessage(std::string added, std::unique_ptr<RewindableSource> body)
      : added_(std::move(added)), front_(as_bytes(added_)), body_(std::move(body)) {}
  Result<std::size_t> read(MutableBytes into) override {
    auto count = front_.read(into);
    if (!count || *count > 0) return count;
    return body_->read(into);
  }
  Status rewind() override {
    if (const Status front = front_.rewind(); !front) return front;
    return body_->rewind();
  }

 private:
  std::string added_;
  ViewSource front_;
  std::unique_ptr<RewindableSource> body_;
};

}  // namespace

Result<std::unique_ptr<RewindableSource>> stored_message(const FlowContext& context,
                                                         const store::Message& message) {
  auto body = store::open_body(context.store, message.body);
  if (!body) return body.error();
  std::unique_ptr<RewindableSource> source =
      std::make_unique<StoredMessage>(message.added_header, *std::move(body));
  return source;
}

}  // namespace culvert::node
