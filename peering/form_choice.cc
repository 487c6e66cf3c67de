#include "peering/form_choice.h"

#include <algorithm>

namespace culvert::peering {

namespace {

constexpr auto kPresent = static_cast<std::uint64_t>(TunnelForm::present);

}  // namespace

bool lists_present_form(const std::vector<std::uint64_t>& forms) {
  return std::find(forms.begin(), forms.end(), kPresent) != forms.end();
}

std::string why_not_understood(const std::vector<std::uint64_t>& forms, const std::string& domain) {
  if (lists_present_form(forms)) return {};
  const bool newer =
      std::any_of(forms.begin(), forms.end(), [](std::uint64_t form) { return form > kPresent; });
  if (newer) {
    return "this node must be updated (the node of " + domain +
           " does not open the present tunnel form any more)";
  }
  return "the node of " + domain +
         " must be updated (it does not know the present tunnel form); mail goes on by itself then";
}

TunnelForm form_for_peering(const std::vector<std::uint64_t>& forms) {
  return lists_present_form(forms) ? TunnelForm::present : TunnelForm::old;
}

}  // namespace culvert::peering
