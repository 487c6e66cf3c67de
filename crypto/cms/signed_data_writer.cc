#include "crypto/base/limits.h"
#include "crypto/cms/der_writer.h"
#include "crypto/cms/digester.h"
#include "crypto/cms/refusal.h"
#include "crypto/cms/signed_data.h"
#include "crypto/cms/signed_data_parts.h"
#include "crypto/cms/signer_info.h"

namespace culvert::crypto {

Bytes signed_data_front(const SigningPlan& plan) {
  Bytes front = der_integer(kSignedDataVersion);
  append(front, ByteView(der(kTagSet, {der_algorithm(plan.digest->oid)})));
  return front;
}

Result<Bytes> signed_data_back(const SigningOptions& options, const SigningPlan& plan,
                               ByteView message_digest, const KeyRing& keys) {
  const auto signer = make_signer_info(options, plan, message_digest, keys);
  if (!signer) return signer.error();
  Bytes back = der(context_tag(0), {options.certificate.der()});
  append(back, ByteView(der(kTagSet, {*signer})));
  return back;
}

Bytes signed_data_der(ByteView front, ByteView content, ByteView back) {
  const Bytes inner =
      der_sequence({der_oid(kOidData), der(context_tag(0), {der_octet_string(content)})});
  const Bytes all = der_sequence({front, inner, back});
  return der_sequence({der_oid(kOidSignedData), der(context_tag(0), {all})});
}

struct SignedDataWriter::State {
  Sink& to;
  const KeyRing& keys;
  SigningOptions options;
  SigningPlan plan;
  Digester digester;
  Bytes pending;       // content that waits for company
  bool begun = false;  // the head is written, in indefinite length

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
  append(head, ByteView(signed_data_front(plan)));
  append_indefinite(head, kTagSequence);
  append(head, ByteView(der_oid(kOidData)));
  append_indefinite(head, context_tag(0));
  append_indefinite(head, kTagOctetString | kConstructedBit);
  return to.write(head);
}

Status SignedDataWriter::State::write_piece(ByteView piece) {
  Bytes header;
  append_der_header(header, kTagOctetString, piece.size());
  if (const Status written = to.write(header); !written) return written;
  return to.write(piece);
}

Status SignedDataWriter::State::flush() {
  if (!begun) {
    if (const Status head = begin(); !head) return head;
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
  const auto plan = plan_signature(options.certificate);
  if (!plan) return plan.error();
  auto state =
      std::unique_ptr<State>(new State{to, keys, std::move(options), *plan, Digester(), {}, false});
  state->digester.add(*plan->digest);
  return std::unique_ptr<SignedDataWriter>(new SignedDataWriter(std::move(state)));
}

Status SignedDataWriter::write(ByteView content) {
  State& s = *state_;
  s.digester.update(content);
  if (s.pending.size() + content.size() <= kStreamChunkBytes) {
    append(s.pending, content);
    return done();
  }
  if (const Status flushed = s.flush(); !flushed) return flushed;
  if (content.size() >= kStreamChunkBytes / 2) return s.write_piece(content);
  append(s.pending, content);
  return done();
}

Status SignedDataWriter::finish() {
  State& s = *state_;
  s.digester.finish();
  const auto digest = s.digester.digest(s.plan.digest->oid.octets());
  const auto back = signed_data_back(s.options, s.plan, *digest, s.keys);
  if (!back) return back.error();
  if (!s.begun) return s.to.write(signed_data_der(signed_data_front(s.plan), s.pending, *back));
  if (const Status flushed = s.flush(); !flushed) return flushed;
  constexpr int kInnerLevels = 3;  // OCTET STRING, [0], EncapsulatedContentInfo
  constexpr int kOuterLevels = 3;  // SignedData, [0], ContentInfo
  Bytes tail;
  append_end(tail, kInnerLevels);
  append(tail, ByteView(*back));
  append_end(tail, kOuterLevels);
  return s.to.write(tail);
}

}  // namespace culvert::crypto
