#include "crypto/base/limits.h"
#include "crypto/cms/der_writer.h"
#include "crypto/cms/digester.h"
#include "crypto/cms/refusal.h"
#include "crypto/cms/signed_data.h"
#include "crypto/cms/signed_data_parts.h"
#include "crypto/cms/signer_info.h"

namespace culvert::crypto {

struct SignedDataWriter::State {
  Sink& to;
  const KeyRing& keys;
  SigningOptions options;
  std::vector<SigningPlan> plans;
  Digester digester;
  Bytes pending;       // content that waits until a piece is full
  bool begun = false;  // the head is written, in indefinite length

  bool is_detached() const { return options.content == SigningOptions::Content::detached; }
  Status begin();
  Status write_piece(ByteView piece);
  Status flush();
};

// The structure is open down to the constructed OCTET STRING, whose pieces follow.
Status SignedDataWriter::State::begin() {
  begun = true;
  Bytes head;
  append_indefinite(head, kTagSequence);
  append(head, ByteView(der_oid(kOidSignedData)));
  append_indefinite(head, context_tag(0));
  append_indefinite(head, kTagSequence);
  append(head, ByteView(signed_data_front(plans)));
  append_indefinite(head, kTagSequence);
  append(head, ByteView(der_oid(kOidData)));
  append_indefinite(head, context_tag(0));
  append_indefinite(head, kTagOctetString | kConstructedBit);
  return to.write(head);
}

Status SignedDataWriter::State::write_piece(ByteView piece) {
  Bytes header;
  append_der_header(header, kTagOctetString, piece.size());
  if (const Status written = to.write(header); !written) return written.error();
  return to.write(piece);
}

Status SignedDataWriter::State::flush() {
  if (!begun) {
    if (const Status head = begin(); !head) return head.error();
  }
  if (pending.empty()) return done();
  const Status written = write_piece(pending);
  pending.clear();
  return written;
}

SignedDataWriter::SignedDataWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
SignedDataWriter::~SignedDataWriter() = default;

Result<std::unique_ptr<SignedDataWriter>> SignedDataWriter::start(Sink& to, const KeyRing& keys,
                                                                  SigningOptions options) {
  auto plans = plan_signatures(options);
  if (!plans) return plans.error();
  auto state = std::unique_ptr<State>(
      new State{to, keys, std::move(options), *std::move(plans), Digester(), {}, false});
  for (const SigningPlan& plan : state->plans)
    state->digester.add(*plan.digest);
  return std::unique_ptr<SignedDataWriter>(new SignedDataWriter(std::move(state)));
}

Status SignedDataWriter::write(ByteView content) {
  State& s = *state_;
  s.digester.update(content);
  if (s.is_detached()) return done();
  if (s.pending.size() + content.size() <= kStreamChunkBytes) {
    append(s.pending, content);
    return done();
  }
  if (const Status flushed = s.flush(); !flushed) return flushed.error();
  if (content.size() >= kStreamChunkBytes / 2) return s.write_piece(content);
  append(s.pending, content);
  return done();
}

Status SignedDataWriter::finish() {
  State& s = *state_;
  s.digester.finish();
  const auto back = signed_data_back(s.options, s.plans, s.digester, s.keys);
  if (!back) return back.error();
  if (!s.begun) {
    const auto content = s.is_detached() ? std::nullopt : std::optional<ByteView>(s.pending);
    return s.to.write(signed_data_der(signed_data_front(s.plans), content, *back));
  }
  if (const Status flushed = s.flush(); !flushed) return flushed.error();
  constexpr int kInnerLevels = 3;  // OCTET STRING, [0], EncapsulatedContentInfo
  constexpr int kOuterLevels = 3;  // SignedData, [0], ContentInfo
  Bytes tail;
  append_end(tail, kInnerLevels);
  append(tail, ByteView(*back));
  append_end(tail, kOuterLevels);
  return s.to.write(tail);
}

}  // namespace culvert::crypto
