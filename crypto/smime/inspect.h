// What is this object? Shows its layers from the outside in, as far as they can be seen; with keys,
// also inside what is sealed for them. Nothing is trusted, nothing is released. Any thread, one
// call per stream.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/cms/content_algorithm.h"
#include "crypto/keys/key_ring.h"

namespace culvert::crypto {

// One layer. `type` is a word: mime, pem, auth-enveloped-data, enveloped-data, signed-data,
// compressed-data, certs-only, content, unknown.
struct Layer {
  std::string type;
  // Name and value in the order to be shown; names are words with hyphens, values printable. Of a
  // layer: content-type, content-name, content, certificates, cipher, key-derivation, opened-by,
  // opened-for, octets, weak. Of an entry: kind, algorithm, issuer, serial, subject-key-identifier,
  // subject, key, fingerprint, valid-until, digest, signature, signed-at, signature-type,
  // capabilities, weak. Of both: refused, why.
  std::vector<std::pair<std::string, std::string>> facts;
  // Lists of such facts: the recipients, signers or certificates.
  struct Entry {
    std::string kind;  // recipient, signer, certificate
    std::vector<std::pair<std::string, std::string>> facts;
  };
  std::vector<Entry> entries;
  // True if it is damaged, cut or malformed, or a signature in it is wrong; not if it is merely
  // refused for its algorithms, is not known here, or is signed or sealed for others.
  bool is_broken = false;
};

// Looks into `input` (see cms_input.h), which must be at its beginning, no deeper than
// OpenedMessage would. A refused object shows as the fact `refused` of its layer, one without a key
// as `not-opened`. An Error only if `input` is no S/MIME object or cannot be read.
Result<std::vector<Layer>> inspect(RewindableSource& input, const KeyRing& keys,
                                   OldCiphers old_ciphers = OldCiphers::refuse);

// For people: an indented tree, LF line ends.
std::string layers_text(const std::vector<Layer>& layers);
// {"layers": [{"type", facts…, "recipients": […], "signers": […], "certificates": […]}]}
std::string layers_json(const std::vector<Layer>& layers);

}  // namespace culvert::crypto
