// What `inspect` says of the things that it sees, as names and values. For the sources of
// crypto/smime alone.
#pragma once

#include "crypto/cms/algorithms.h"
#include "crypto/cms/signed_data.h"
#include "crypto/smime/inspect.h"

namespace culvert::crypto {

using LayerFacts = std::vector<std::pair<std::string, std::string>>;

LayerFacts facts_of(const CertificateName& name);
LayerFacts facts_of(const Certificate& certificate);

// Why the layer could not be read on.
void add_refusal(Layer& layer, const Error& error);
// One entry for what a list of certificates holds and nobody can read.
void add_left_out(Layer& layer, const std::string& what, const Error& error);
// What it is sealed with, as it stands in clear.
void add_cipher(Layer& layer, const AlgorithmName& name, CipherKind kind);
// One entry, with what was found of the signature.
void add_signer(Layer& layer, const SignerResult& signer);

}  // namespace culvert::crypto
