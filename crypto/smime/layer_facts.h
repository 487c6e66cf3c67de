// What `inspect` says about what it sees, as names and values. Only for the sources of
// crypto/smime.
#pragma once

#include "crypto/cms/algorithms.h"
#include "crypto/cms/signed_data.h"
#include "crypto/smime/inspect.h"

namespace culvert::crypto {

using LayerFacts = std::vector<std::pair<std::string, std::string>>;

LayerFacts facts_of(const CertificateName& name);
LayerFacts facts_of(const Certificate& certificate);

// Why the layer could not be read further.
void add_refusal(Layer& layer, const Error& error);
// One entry for an element of a certificate list that cannot be read.
void add_left_out(Layer& layer, const std::string& what, const Error& error);
// The cipher that the layer is sealed with, which stands in clear.
void add_cipher(Layer& layer, const AlgorithmName& name, CipherKind kind);
// One entry, with what was found out about the signature.
void add_signer(Layer& layer, const SignerResult& signer);

}  // namespace culvert::crypto
