#include "peering/tunnel_seal.h"

#include "crypto/base/limits.h"
#include "crypto/cms/enveloped.h"
#include "crypto/cms/signed_data.h"
#include "crypto/mime/base64.h"
#include "crypto/mime/header.h"
#include "crypto/mime/header_reader.h"
#include "peering/tunnel_form.h"
#include "peering/tunnel_header.h"

namespace culvert::peering {

// The layers, outermost first; each writes to the one before it in this list.
struct TunnelSealer::State {
  explicit State(RewindableSource& source) : original(source) {}

  RewindableSource& original;
  OuterHeader outer;
  Bytes pending;  // what `next` returns
  BytesSink collected{pending};
  crypto::Base64Encoder base64{collected};
  std::unique_ptr<crypto::EnvelopedWriter> enveloped;
  std::unique_ptr<crypto::SignedDataWriter> signed_data;
  Bytes chunk = Bytes(kMessageBufferBytes);
  bool ended = false;

  // The layers end from the inside out, because each still writes to the next outer one.
  Status finish() {
    ended = true;
    if (const Status status = signed_data->finish(); !status) return status.error();
    if (const Status status = enveloped->finish(); !status) return status.error();
    return base64.finish();
  }
};

TunnelSealer::TunnelSealer(std::unique_ptr<State> state) : state_(std::move(state)) {}
TunnelSealer::~TunnelSealer() = default;

const ReversePath& TunnelSealer::mail_from() const { return state_->outer.mail_from; }
bool TunnelSealer::needs_smtputf8() const { return state_->outer.needs_smtputf8; }

Result<std::unique_ptr<TunnelSealer>> TunnelSealer::start(const SealRequest& request) {
  auto fields = write_sealed_envelope(request.envelope);
  if (!fields) return fields.error();
  auto head = crypto::read_head(request.original);
  if (!head) return head.error();
  if (const Status again = request.original.rewind(); !again) return again.error();

  auto state = std::make_unique<State>(request.original);
  state->outer = make_outer_header({.original_header = head->header,
                                    .envelope = request.envelope,
                                    .own_domains = request.own_domains,
                                    .message_id = request.message_id,
                                    .token = request.token});
  append(state->pending, state->outer.header);

  auto enveloped =
      crypto::EnvelopedWriter::start(state->base64, {.recipients = {request.recipient}});
  if (!enveloped) return enveloped.error();
  state->enveloped = *std::move(enveloped);
  if (const Status written = state->enveloped->write(as_bytes(kSignedEntityHeader)); !written) {
    return written.error();
  }
  auto signed_data = crypto::SignedDataWriter::start(*state->enveloped, request.keys,
                                                     {.key = request.signing.key_id(),
                                                      .certificate = request.signing,
                                                      .signing_time = request.envelope.sealed,
                                                      .type = crypto::SignatureType::domain});
  if (!signed_data) return signed_data.error();
  state->signed_data = *std::move(signed_data);
  const std::string inner =
      std::string(content_entity_header(request.envelope.smtputf8)) + *std::move(fields) + "\r\n";
  if (const Status written = state->signed_data->write(as_bytes(inner)); !written)
    return written.error();
  return std::unique_ptr<TunnelSealer>(new TunnelSealer(std::move(state)));
}

Result<Bytes> TunnelSealer::next() {
  // A layer may keep what it got; go on until something comes out of the last one.
  while (state_->pending.empty() && !state_->ended) {
    auto got = state_->original.read(state_->chunk);
    if (!got) return got.error();
    const Status status = *got == 0
                              ? state_->finish()
                              : state_->signed_data->write(ByteView(state_->chunk).first(*got));
    if (!status) return status.error();
  }
  return std::exchange(state_->pending, {});
}

std::uint64_t sealed_size_estimate(std::uint64_t original_bytes, std::size_t recipients) {
  // base64 in lines of 76: 78 octets for 57. The frames of CMS and the envelope come on top.
  constexpr std::uint64_t kFrameBytes = 8 * 1024;
  constexpr std::uint64_t kRecipientBytes = 700;
  const std::uint64_t inner =
      original_bytes + original_bytes / 1000 + kFrameBytes + recipients * kRecipientBytes;
  return (inner / 57 + 1) * 78;
}

}  // namespace culvert::peering
