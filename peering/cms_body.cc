#include "crypto/mime/base64.h"
#include "crypto/mime/entity.h"
#include "crypto/mime/header.h"
#include "peering/tunnel_open.h"

namespace culvert::peering {
namespace {

// What stands behind the header of a message.
class BodySource final : public RewindableSource {
 public:
  BodySource(RewindableSource& message, std::size_t body_start)
      : message_(message), body_start_(body_start) {}

  Result<std::size_t> read(MutableBytes into) override { return message_.read(into); }

  Status rewind() override {
    if (auto status = message_.rewind(); !status) return status;
    Bytes skipped(16 * 1024);
    for (std::size_t left = body_start_; left > 0;) {
      auto got = message_.read(MutableBytes(skipped).first(std::min(left, skipped.size())));
      if (!got) return got.error();
      if (*got == 0) return permanent_error("not-tunnel", "the message has no body");
      left -= *got;
    }
    return done();
  }

 private:
  RewindableSource& message_;
  std::size_t body_start_;
};

// The same, decoded.
class Base64Body final : public RewindableSource {
 public:
  Base64Body(RewindableSource& message, std::size_t body_start)
      : body_(message, body_start), decoded_(body_) {}
  Result<std::size_t> read(MutableBytes into) override { return decoded_.read(into); }
  Status rewind() override { return decoded_.rewind(); }

 private:
  BodySource body_;
  crypto::Base64Source decoded_;
};

}  // namespace

Result<std::unique_ptr<RewindableSource>> cms_body_of(RewindableSource& message) {
  auto head = crypto::read_head(message);
  if (!head) return head.error();
  const auto kind = crypto::entity_kind(head->header);
  std::unique_ptr<RewindableSource> body;
  // EFAIL: the blob is the whole message, or it is not opened at all.
  if (!kind || !crypto::is_pkcs7_mime(kind->type) || head->rest.empty()) return body;
  const std::size_t body_start = head->header.size() + 2;
  switch (kind->encoding) {
    case crypto::TransferEncoding::base64:
      body = std::make_unique<Base64Body>(message, body_start);
      break;
    case crypto::TransferEncoding::identity:
      body = std::make_unique<BodySource>(message, body_start);
      break;
    case crypto::TransferEncoding::quoted_printable:
    case crypto::TransferEncoding::unknown:
      return body;
  }
  if (auto started = body->rewind(); !started) return started.error();
  return body;
}

}  // namespace culvert::peering
