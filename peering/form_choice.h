// Which form of tunnel message a peer opens, by the numbers on its card (protocol.md,
// "Versions and what is reserved"). Pure functions, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "peering/sealed_envelope.h"

namespace culvert::peering {

// A card, or a stored peer, that does not say opens form 1 only.
bool lists_present_form(const std::vector<std::uint64_t>& forms);

// Why people's mail for `domain` waits at a peer that opens `forms`, and who has to do what; empty:
// nothing keeps it.
std::string why_not_understood(const std::vector<std::uint64_t>& forms, const std::string& domain);

// For proofs and peering mail, which go on with nodes that were not updated yet.
TunnelForm form_for_peering(const std::vector<std::uint64_t>& forms);

}  // namespace culvert::peering
