// Which form of tunnel message a peer opens, by the numbers on its card (protocol.md,
// "Versions and what is reserved"). Pure functions, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "peering/sealed_envelope.h"

namespace culvert::peering {

// True if `forms` holds the present form. A card or stored peer that lists no forms opens form 1
// only.
bool lists_present_form(const std::vector<std::uint64_t>& forms);

// Why people's mail for `domain` waits if its peer opens `forms`, and who has to do what. Empty if
// nothing keeps the mail.
std::string why_not_understood(const std::vector<std::uint64_t>& forms, const std::string& domain);

// The form for proofs and peering mail, which still go to nodes that are not updated yet.
TunnelForm form_for_peering(const std::vector<std::uint64_t>& forms);

}  // namespace culvert::peering
