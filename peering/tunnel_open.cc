#include "peering/tunnel_open.h"

#include <algorithm>

#include "crypto/base/hidden_route.h"
#include "crypto/base/limits.h"
#include "crypto/cms/enveloped.h"
#include "crypto/cms/refusal.h"
#include "crypto/cms/signed_data.h"
#include "crypto/mime/authors.h"
#include "crypto/mime/entity.h"
#include "crypto/mime/header.h"
#include "crypto/mime/header_reader.h"
#include "crypto/mime/mime_refusal.h"
#include "peering/routes.h"
#include "peering/tunnel_form.h"
#include "peering/tunnel_header.h"
#include "peering/tunnel_mark.h"
#include "peering/tunnel_signer.h"

namespace culvert::peering {
namespace {

constexpr std::string_view kIdData = "1.2.840.113549.1.7.1";

Error not_tunnel(std::string text) { return permanent_error("not-tunnel", std::move(text)); }
Error bad_envelope(std::string text) { return permanent_error("bad-envelope", std::move(text)); }

// Hands on octets without a bare CR or LF: sent on, such an octet could end a message early
// elsewhere.
class StrictLines final : public Sink {
 public:
  explicit StrictLines(Sink& to) : to_(to) {}

  Status write(ByteView bytes) override {
    for (const std::uint8_t octet : bytes) {
      if (after_cr_ != (octet == '\n')) return bad_line_end();
      after_cr_ = octet == '\r';
    }
    return bytes.empty() ? done() : to_.write(bytes);
  }
  Status finish() const { return after_cr_ ? bad_line_end() : done(); }

 private:
  static Status bad_line_end() {
    return permanent_error("bad-line-end", "the sealed message holds a bare CR or LF");
  }
  Sink& to_;
  bool after_cr_ = false;
};

// The front of the signed content: one MIME entity header, the sealed envelope, an empty line.
struct ContentFront {
  SealedEnvelope envelope;
  Bytes rest;  // the first octets of the original
};

Result<ContentFront> read_front(Source& content) {
  auto head = crypto::read_head(content, crypto::kSealedFront);
  // Of a header of the original `header-too-large` is told to its sender; this is the envelope.
  if (!head && crypto::mime_refusal_of(head.error())) return bad_envelope("it does not end");
  if (!head) return head.error();
  if (!head->has_end()) return bad_envelope("it does not end");
  const std::string_view header = head->header;
  for (const bool smtputf8 : {false, true}) {
    const std::string_view entity = content_entity_header(smtputf8);
    if (!header.starts_with(entity)) continue;
    auto envelope = read_sealed_envelope(header.substr(entity.size()));
    if (!envelope) return envelope.error();
    if (envelope->smtputf8 != smtputf8) return bad_envelope("the media type does not fit SMTPUTF8");
    return ContentFront{*std::move(envelope), head->take_body()};
  }
  return bad_envelope("the signed entity is not a tunnel message");
}

bool serves(const std::vector<Domain>& own_domains, const Domain& domain) {
  return std::find(own_domains.begin(), own_domains.end(), domain) != own_domains.end();
}

std::string hours_text(std::chrono::seconds time) {
  const auto minutes = std::chrono::ceil<std::chrono::minutes>(time).count();
  return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
}

// Mail is stale by its age on arrival. It is ahead by the clock now, because its time may have come
// since it arrived.
Status check_age(const SealedEnvelope& envelope, const OpenContext& context) {
  const auto age = std::chrono::floor<std::chrono::seconds>(context.arrived - envelope.sealed);
  if (age > kMaxSealedAge) {
    return permanent_error("stale", "sealed " + hours_text(age) +
                                        " before it arrived, and at most 14 days are taken: it was "
                                        "kept on the way, or a clock was wrong, here or there");
  }
  const auto ahead = std::chrono::ceil<std::chrono::seconds>(envelope.sealed - context.now);
  if (ahead > kMaxSealedAhead) {
    return permanent_error("future", "sealed " + hours_text(ahead) +
                                         " ahead of this node's clock: the clock here is slow, or "
                                         "that of " +
                                         envelope.from.text() + " is fast");
  }
  return done();
}

// Checks the envelope against this node and the clock; says nothing about the signer.
Status check_envelope(const SealedEnvelope& envelope, const OpenContext& context) {
  bool ours = serves(context.own_domains, envelope.to);
  std::size_t reserved = 0;
  for (const Recipient& recipient : envelope.recipients) {
    ours = ours && serves(context.own_domains, recipient.mailbox.domain());
    if (is_peering_address(recipient.mailbox)) ++reserved;
  }
  if (!ours)
    return permanent_error("not-for-us", "sealed for domains that this node does not serve");
  // The node's own address stands alone, never beside those of people.
  if (reserved > 0 && (envelope.recipients.size() > 1 || envelope.sender)) {
    return bad_envelope("the reserved address beside others, or with a sender");
  }
  return check_age(envelope, context);
}

bool is_for_peering(const SealedEnvelope& envelope) {
  return is_peering_address(envelope.recipients.front().mailbox);
}

// Reads the signed content to its end and writes what follows the envelope to `staged`. Returns the
// header of the original.
Result<std::string> stage_original(Bytes first, crypto::SignedDataReader& content, Sink& staged) {
  JoinedSource original(std::move(first), content);
  StrictLines strict(staged);
  auto head = crypto::read_head(original);
  if (!head) return head.error();
  if (const Status status = strict.write(as_bytes(head->header)); !status) return status.error();
  if (const Status status = strict.write(head->rest); !status) return status.error();
  auto copied = copy_all(original, strict);
  if (!copied) return copied.error();
  if (const Status status = strict.finish(); !status) return status.error();
  return std::move(head->header);
}

// Whether the state of the signer's route and the known abilities of its node let the mail in.
Status check_route(const RouteHolder& holder, const SealedEnvelope& envelope, Time arrived) {
  if (!store::is_partner(holder.peer_state)) {
    return permanent_error("wrong-signer", "signed by a peer that is removed or not confirmed");
  }
  if (envelope.form == TunnelForm::old && holder.ever_listed_present_form) {
    return permanent_error("old-form",
                           "sealed in the old tunnel form by a peer that knows the present one");
  }
  if (takes_mail(holder.route_state, holder.since, arrived)) return done();
  return permanent_error("no-route", "the peer's route for " + envelope.from.text() + " is " +
                                         store::state_name(holder.route_state));
}

// Attack: Relay, through the tunnel. The inside server would send on mail for an address that hides
// a route, and so would the server that a report goes to, ours or the peer's.
Status check_addresses(const SealedEnvelope& envelope, const OpenContext& context,
                       const Fingerprint& peer) {
  const auto refused = [](const Mailbox& mailbox, std::string_view what) {
    return permanent_error("bad-address", mailbox.text() + ": " + std::string(what) +
                                              " may be taken for a way to somewhere else");
  };
  for (const Recipient& recipient : envelope.recipients) {
    if (const auto what = hidden_route(recipient.mailbox)) return refused(recipient.mailbox, *what);
  }
  if (!envelope.sender) return done();
  const auto what = hidden_route(*envelope.sender);
  if (!what) return done();
  const Domain& domain = envelope.sender->domain();
  const auto of_peer = is_of_peer(domain, context, peer);
  if (!of_peer) return of_peer.error();
  const bool is_told = *of_peer || may_be_local(domain, context.own_domains);
  return is_told ? refused(*envelope.sender, *what) : done();
}

// The SignedData inside the opened blob, ready to be read.
struct SignedLayer {
  std::unique_ptr<JoinedSource> octets;
  std::unique_ptr<crypto::SignedDataReader> reader;
};

Result<SignedLayer> open_signed_layer(crypto::EnvelopedReader& enveloped) {
  if (enveloped.content_type() != kIdData) return not_tunnel("sealed content of another type");
  auto head = crypto::read_head(enveloped);
  if (!head) return head.error();
  const auto kind = crypto::entity_kind(head->header);
  if (!kind || !crypto::is_pkcs7_mime(kind->type) || !head->has_end() ||
      kind->encoding != crypto::TransferEncoding::identity) {
    return not_tunnel("what is sealed is not signed");
  }
  SignedLayer layer;
  layer.octets = std::make_unique<JoinedSource>(head->take_body(), enveloped);
  auto reader = crypto::SignedDataReader::open(*layer.octets);
  if (!reader) return reader.error();
  layer.reader = *std::move(reader);
  if (layer.reader->content_type() != kIdData) return not_tunnel("signed content of another type");
  return layer;
}

}  // namespace

Result<OpenedTunnelMail> open_tunnel(RewindableSource& blob, const OpenContext& context,
                                     Sink& staged, OpenTrace& trace) {
  auto enveloped = crypto::EnvelopedReader::open(blob, context.keys);
  if (!enveloped) return enveloped.error();
  auto layer = open_signed_layer(**enveloped);
  if (!layer) return layer.error();

  auto front = read_front(*layer->reader);
  if (!front) return front.error();
  trace.envelope = front->envelope;
  auto header = stage_original(std::move(front->rest), *layer->reader, staged);
  if (!header) return header.error();
  const std::string cipher((*enveloped)->cipher());
  if (is_for_peering(front->envelope)) {
    const auto signer = peer_who_signed(*layer->reader, context);
    if (!signer) return signer.error();
    trace.peer = signer->peer;
    if (const Status fit = check_envelope(front->envelope, context); !fit) return fit.error();
    return OpenedTunnelMail{.envelope = front->envelope,
                            .peer = signer->peer,
                            .signer = signer->certificate,
                            .cipher = cipher,
                            .for_peering = true};
  }
  const auto signer = holder_who_signed(*layer->reader, front->envelope, context);
  if (!signer) return signer.error();
  const RouteHolder& holder = signer->holder;
  trace.peer = holder.peer;
  if (const Status fit = check_envelope(front->envelope, context); !fit) return fit.error();
  if (const Status fit = check_route(holder, front->envelope, context.arrived); !fit)
    return fit.error();
  if (const Status fit = check_addresses(front->envelope, context, holder.peer); !fit)
    return fit.error();
  OpenedTunnelMail mail{.envelope = front->envelope,
                        .peer = holder.peer,
                        .signer = signer->certificate,
                        .cipher = cipher};
  if (const Status marked = set_mark(*header, context, mail); !marked) return marked.error();
  return mail;
}

}  // namespace culvert::peering
