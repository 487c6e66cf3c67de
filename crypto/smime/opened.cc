#include "crypto/smime/opened.h"

#include <algorithm>

#include "crypto/base/limits.h"
#include "crypto/cms/compressed.h"
#include "crypto/cms/content_info.h"
#include "crypto/cms/enveloped.h"
#include "crypto/cms/oid_name.h"
#include "crypto/cms/refusal.h"
#include "crypto/mime/header_limits.h"
#include "crypto/mime/mime_refusal.h"
#include "crypto/smime/cms_input.h"
#include "crypto/smime/compressed_content.h"
#include "crypto/smime/object_reason.h"
#include "crypto/smime/signed_content.h"
#include "crypto/smime/signed_reading.h"

namespace culvert::crypto {

std::string_view layer_kind_name(LayerKind kind) {
  switch (kind) {
    case LayerKind::signed_data:
      return "signed-data";
    case LayerKind::auth_enveloped:
      return "auth-enveloped-data";
    case LayerKind::enveloped:
      return "enveloped-data";
    case LayerKind::compressed:
      return "compressed-data";
  }
  return {};
}

// A layer while it is open: the next one is read through it.
struct OpenedMessage::Step {
  std::unique_ptr<CmsInput> input;            // null for a bare object inside another
  RewindableSource* der = nullptr;            // the object
  RewindableSource* beside = nullptr;         // what a detached signature covers
  std::unique_ptr<RewindableSource> content;  // inside the object
  RewindableSource* inner = nullptr;
  std::string inner_type;  // dotted OID
};

namespace {

// Tells which object it is and goes back to its beginning.
Result<Bytes> object_type(RewindableSource& der) {
  BerReader ber(der);
  auto type = enter_content_info(ber);
  if (const Status back = der.rewind(); !back) return back.error();
  return type;
}

// True if what is inside is no S/MIME entity: it is the content. Content without an empty line in
// reach has no header, and what OpenPGP signed is for another program.
bool is_plain_content(const Error& error) {
  return error.code == kNotSmimeCode || error.code == refusal_code(MimeRefusal::header_too_large) ||
         error.code == refusal_code(MimeRefusal::other_protocol);
}

bool is_sealed(LayerKind kind) {
  return kind == LayerKind::auth_enveloped || kind == LayerKind::enveloped;
}

// For content whose front could not be read as a header. Refuses if somebody could take it for a
// header that names an author, since the signature was compared with the outer author.
Status refuse_if_header(RewindableSource& content, const Error& error) {
  if (!mime_refusal_of(error)) return error;
  const auto front = read_front(content, kMessageHeader.bytes);
  if (!front) return front.error();
  if (const Status back = content.rewind(); !back) return back.error();
  return may_claim_fields(as_text(*front)) ? Status(error) : done();
}

bool is_data(const std::string& type) { return type == oid_text(kOidData.octets()); }

}  // namespace

OpenedMessage::~OpenedMessage() {
  while (!steps_.empty())
    steps_.pop_back();  // the innermost first: it reads from the others
}

bool OpenedMessage::is_signed() const {
  bool any = false;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (layers_[i].kind != LayerKind::signed_data) continue;
    if (!all_valid(layers_[i].signers)) return false;
    any = any || i >= first_layer_of_content();
  }
  return any;
}

bool OpenedMessage::is_encrypted() const { return first_layer_of_content() > 0; }

// The number of layers up to and including the innermost sealed one.
std::size_t OpenedMessage::first_layer_of_content() const {
  std::size_t count = layers_.size();
  while (count > 0 && !is_sealed(layers_[count - 1].kind))
    --count;
  return count;
}

bool OpenedMessage::is_authentic() const {
  return is_signed() && author_ && author_->mailbox && protected_header_.from != InnerFrom::differs;
}

// The pass that judges; the content is read in another.
Status OpenedMessage::open_signed(Step& step, const OpenRequest& request) {
  const auto reader = step.beside == nullptr
                          ? SignedDataReader::open(*step.der)
                          : SignedDataReader::open_detached(*step.der, *step.beside);
  if (!reader) return explain_unsigned(reader.error(), *step.der);
  step.inner_type = (*reader)->content_type();
  if (const Status mail = check_mail_content(step.inner_type); !mail) return mail.error();
  const auto result = (*reader)->finish({request.trust.trusted, SignerCandidates::Included::use});
  if (!result) return result.error();
  Trust trust = request.trust;
  trust.author = author_;
  OpenedLayer layer{.kind = LayerKind::signed_data};
  for (const SignerResult& signer : result->signers)
    layer.signers.push_back(judge(signer, trust, result->certificates, chain_effort_));
  layers_.push_back(std::move(layer));
  if (step.beside != nullptr) {
    step.inner = step.beside;
  } else {
    step.content = std::make_unique<SignedContent>(*step.der);
    step.inner = step.content.get();
  }
  return step.inner->rewind();
}

Status OpenedMessage::open_sealed(Step& step, const OpenRequest& request) {
  auto opened = EnvelopedReader::open(*step.der, request.keys);
  if (!opened) return explain_no_key(opened.error(), *step.der);
  const ContentKey& key = (*opened)->content_key();
  layers_.push_back({.kind = (*opened)->kind() == SealKind::auth_enveloped
                                 ? LayerKind::auth_enveloped
                                 : LayerKind::enveloped,
                     .cipher = std::string((*opened)->cipher()),
                     .recipient_kind = std::string(key.kind),
                     .recipient = key.recipient,
                     .weak = (*opened)->weak()});
  step.inner_type = (*opened)->content_type();
  step.content = *std::move(opened);
  step.inner = step.content.get();
  return done();
}

// Two layers with a ratio of 100 each would make one of 10,000, and nobody compresses twice.
Status OpenedMessage::open_compressed(Step& step, const OpenRequest& request) {
  const bool again = std::any_of(layers_.begin(), layers_.end(), [](const OpenedLayer& layer) {
    return layer.kind == LayerKind::compressed;
  });
  if (again) return refuse(Refusal::compression_ratio, "compressed twice");
  auto content = CompressedContent::open(*step.der, request.limit_bytes);
  if (!content) return content.error();
  layers_.push_back({.kind = LayerKind::compressed});
  step.inner_type = (*content)->content_type();
  step.content = *std::move(content);
  step.inner = step.content.get();
  return done();
}

Status OpenedMessage::open_object(Step& step, const Bytes& type, const OpenRequest& request) {
  if (kOidSignedData == type) return open_signed(step, request);
  const Error other = refuse_because(Refusal::not_cms, "it is " + oid_name(type));
  if (step.beside != nullptr) return other;  // only a signature can stand beside content
  if (kOidEnvelopedData == type || kOidAuthEnvelopedData == type) return open_sealed(step, request);
  return kOidCompressedData == type ? open_compressed(step, request) : Status(other);
}

Status OpenedMessage::open_next(RewindableSource& from, const OpenRequest& request) {
  auto step = std::make_unique<Step>();
  // Inside another layer, id-data is an entity and every other type a bare object.
  const bool is_bare = !steps_.empty() && !is_data(steps_.back()->inner_type);
  if (is_bare) {
    step->der = &from;
  } else {
    auto input = steps_.empty() ? CmsInput::open(from) : CmsInput::open_entity(from);
    if (!input) return input.error();
    step->input = *std::move(input);
    if (const Status chosen = choose_reading(*step->input); !chosen) return chosen.error();
    step->der = &step->input->der();
    step->beside = step->input->signed_content();
    if (steps_.empty()) {
      header_ = step->input->header();
      author_ = request.trust.author ? request.trust.author : author_of(header_);
    }
  }
  if (layers_.size() == kMaxLayers) return refuse(Refusal::nested_too_deep, "layers");
  const auto type = object_type(*step->der);
  if (!type) return type.error();
  if (is_bare && oid_text(*type) != steps_.back()->inner_type) {
    return not_of_type(steps_.back()->inner_type);
  }
  if (const Status taken = open_object(*step, *type, request); !taken) return taken.error();
  content_ = step->inner;
  steps_.push_back(std::move(step));
  return done();
}

// Whoever signs a ciphertext may have taken it from somebody else's mail, to have it opened as
// their own.
void OpenedMessage::hold_signers_to_author() {
  std::vector<SignerVerdict*> around;
  std::vector<SignerVerdict*> inside;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    for (SignerVerdict& verdict : layers_[i].signers)
      (i < first_layer_of_content() ? around : inside).push_back(&verdict);
  }
  if (author_) hold_to_author(inside, *author_);
  if (!inside.empty()) return;
  for (SignerVerdict* verdict : around) {
    if (!verdict->valid()) continue;
    verdict->reason =
        permanent_error("signs-ciphertext",
                        "it signs what is encrypted, and so does not tell who wrote the content");
  }
}

// Only a message has a header to protect.
Status OpenedMessage::read_protected_header(const OpenRequest& request) {
  if (!author_) return done();
  const auto payload = read_payload_head(*content_);
  if (const Status back = content_->rewind(); !back) return back.error();
  if (!payload) return refuse_if_header(*content_, payload.error());
  Protection seal = Protection::unprotected;
  if (is_encrypted()) seal = Protection::encrypted_only;
  if (is_signed()) {
    seal = is_encrypted() ? Protection::signed_and_encrypted : Protection::signed_only;
  }
  auto header = open_header({header_, *payload, seal, request.authserv_id});
  if (!header && payload->wrapped) return header.error();
  if (!header) return refuse_if_header(*content_, header.error());
  protected_header_ = *std::move(header);
  return done();
}

Status OpenedMessage::write_message(Sink& to) {
  if (const Status back = content_->rewind(); !back) return back.error();
  if (!protected_header_.header.empty()) {
    const auto payload = read_payload_head(*content_);
    if (!payload) return payload.error();
    const Status head = to.write(as_bytes(protected_header_.header));
    if (!head) return head;
    if (const Status front = to.write(payload->rest); !front) return front.error();
  }
  const auto copied = copy_all(*content_, to);
  return copied ? done() : Status(copied.error());
}

Result<std::unique_ptr<OpenedMessage>> OpenedMessage::open(RewindableSource& input,
                                                           const OpenRequest& request) {
  auto opened = std::unique_ptr<OpenedMessage>(new OpenedMessage());
  if (const Status outer = opened->open_next(input, request); !outer) return outer.error();
  while (true) {
    const Status next = opened->open_next(*opened->content_, request);
    const Status back = opened->content_->rewind();
    if (!back) return back.error();
    if (next) continue;
    if (!is_plain_content(next.error())) return next.error();
    opened->hold_signers_to_author();
    if (const Status read = opened->read_protected_header(request); !read) return read.error();
    return opened;
  }
}

}  // namespace culvert::crypto
