// A message with its S/MIME layers taken off, from the outside in, and one verdict for each. The
// top-level entity is opened, then what is inside if that is an S/MIME entity again, and so on;
// never a part of anything else (EFAIL). An object belongs to one thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/keys/key_ring.h"
#include "crypto/mime/header_protection.h"
#include "crypto/smime/trust.h"

namespace culvert::crypto {

enum class LayerKind { signed_data, auth_enveloped, enveloped, compressed };
// `signed-data`, `auth-enveloped-data`, …
std::string_view layer_kind_name(LayerKind kind);

struct OpenedLayer {
  LayerKind kind = LayerKind::signed_data;
  // Of a signed layer: at least one.
  std::vector<SignerVerdict> signers{};
  // Of a sealed layer: `aes256-gcm`; the kind of recipient that opened it, and its certificate if
  // it has one; whether something protects badly.
  std::string cipher{};
  std::string recipient_kind{};
  std::optional<Certificate> recipient{};
  bool weak = false;
};

// Borrowed for the call that opens.
struct OpenRequest {
  // What opens sealed layers; an empty ring opens what is only signed.
  const KeyRing& keys;
  // If it names no author, the author is the one in the message's From.
  const Trust& trust;
  // This node's; nobody else may write results under it (see is_trust_mark). May be empty.
  std::string_view authserv_id{};
  // How large compressed content may become.
  std::uint64_t limit_bytes = std::uint64_t{1} << 30;
};

// Layers inside each other; more are refused (`nested-too-deep`).
inline constexpr std::size_t kMaxLayers = 16;

class OpenedMessage {
 public:
  // Takes all layers off `input` (see cms_input.h), which must outlive this and not change. A
  // sealed layer that cannot be opened is an Error, whatever stands around it: no layer of such a
  // message counts. So is a second compressed layer (`compression-ratio`). A signature that does
  // not count is a verdict, not an Error. permanent `not-smime` if `input` is no S/MIME object.
  static Result<std::unique_ptr<OpenedMessage>> open(RewindableSource& input,
                                                     const OpenRequest& request);
  ~OpenedMessage();

  // From the outside in; at least one.
  const std::vector<OpenedLayer>& layers() const { return layers_; }
  // True if the content is signed, every signer of every signed layer is valid, and the author, if
  // there must be one, is among the signers of the content. A signature around a sealed layer
  // covers ciphertext, which its signer need not be able to read. Without a signature inside, it
  // does not count (`signs-ciphertext`).
  bool is_signed() const;
  // True if every part of the content was inside a sealed layer.
  bool is_encrypted() const;
  // True if it is signed, and nothing in it names another author than the outer From, which the
  // signers' certificates were compared with. Only then is it from whom it says.
  bool is_authentic() const;
  // The header of `input`, if it is a message; each line with CRLF.
  const std::string& header() const { return header_; }
  // What of it was protected, and how (RFC 9788). Default-constructed if the content has no header:
  // text, or octets of any kind.
  const OpenedHeader& protected_header() const { return protected_header_; }
  // The innermost content, at its beginning. It is released only because everything around it was
  // opened. For a mail it is the payload, with its own header.
  RewindableSource& content() { return *content_; }
  // Writes the message as it may be shown: the header of protected_header(), then the body from
  // content(). If `input` is no message, or its content has no header, writes the content as it is.
  // The payload's Content-Type keeps its `hp` (RFC 9788). Leaves content() at its end. Errors of
  // reading, and of `to`.
  Status write_message(Sink& to);

 private:
  struct Step;
  OpenedMessage() = default;
  Status open_next(RewindableSource& from, const OpenRequest& request);
  Status open_object(Step& step, const Bytes& type, const OpenRequest& request);
  Status open_signed(Step& step, const OpenRequest& request);
  Status open_sealed(Step& step, const OpenRequest& request);
  Status open_compressed(Step& step, const OpenRequest& request);
  std::size_t first_layer_of_content() const;
  void hold_signers_to_author();
  Status read_protected_header(const OpenRequest& request);

  std::vector<OpenedLayer> layers_;
  std::vector<std::unique_ptr<Step>> steps_;  // what the content is read through
  std::string header_;
  OpenedHeader protected_header_;
  std::optional<Author> author_;
  ChainEffort chain_effort_;
  RewindableSource* content_ = nullptr;
};

}  // namespace culvert::crypto
