#include "crypto/base/hidden_route.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "crypto/base/utf8.h"

namespace culvert {
namespace {

struct Fold {
  std::string_view written;
  std::string_view read;
};

// All code points whose compatibility form (NFKC, Unicode 15) contains one of the signs, begins
// with one that counts at the front, or is part of `${` or `../`. Digits with a full stop do not
// count.
constexpr std::array<Fold, 30> kFolds = {{
    {"\u2024", "."},    // one dot leader
    {"\u2025", ".."},   // two dot leader
    {"\u2026", "..."},  // ellipsis
    {"\u203c", "!"},    // double exclamation mark
    {"\u2048", "!"},    // question exclamation mark
    {"\u2049", "!"},    // exclamation question mark
    {"\u2a74", ":"},    // double colon equal
    // vertical forms
    {"\ufe13", ":"},
    {"\ufe15", "!"},
    {"\ufe19", "..."},
    {"\ufe30", ".."},
    {"\ufe37", "{"},
    // small forms
    {"\ufe52", "."},
    {"\ufe55", ":"},
    {"\ufe57", "!"},
    {"\ufe5b", "{"},
    {"\ufe63", "-"},
    {"\ufe69", "$"},
    {"\ufe6a", "%"},
    {"\ufe6b", "@"},
    // full width
    {"\uff01", "!"},
    {"\uff04", "$"},
    {"\uff05", "%"},
    {"\uff0d", "-"},
    {"\uff0e", "."},
    {"\uff0f", "/"},
    {"\uff1a", ":"},
    {"\uff20", "@"},
    {"\uff5b", "{"},
    {"\uff5c", "|"},
}};

// Invisible characters that a program may drop before it looks at the front.
constexpr std::array<std::string_view, 8> kInvisible = {"\u00ad", "\u200b", "\u200c", "\u200d",
                                                        "\u200e", "\u200f", "\u2060", "\ufeff"};

// What a program that folds compatibility forms reads; `sign` is one whole character.
std::string_view folded(std::string_view sign) {
  for (const Fold& fold : kFolds) {
    if (fold.written == sign) return fold.read;
  }
  return sign;
}

bool is_invisible(std::string_view sign) {
  for (const std::string_view each : kInvisible) {
    if (each == sign) return true;
  }
  return false;
}

// The local part as such a program reads it.
std::string plain(std::string_view local) {
  std::string out;
  while (!local.empty()) {
    const std::string_view sign =
        local.substr(0, std::max<std::size_t>(1, utf8_sequence_length(local)));
    if (!is_invisible(sign)) out += folded(sign);
    local.remove_prefix(sign.size());
  }
  return out;
}

bool has_control(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7f) return true;
    // U+0080 to U+009F.
    if (c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<std::string> hidden_route(const Mailbox& mailbox) {
  const std::string local = plain(mailbox.unquoted_local_part());
  if (has_control(local)) return "a control character";
  const std::size_t sign = local.find_first_of("@%!|");
  if (sign != std::string::npos) return std::string("\"") + local[sign] + "\"";
  if (local.find("${") != std::string::npos) return "\"${\"";
  if (local.starts_with("../") || local.find("/../") != std::string::npos) return "\"../\"";
  if (!local.empty() && std::string_view("-/:").find(local.front()) != std::string_view::npos) {
    return std::string("\"") + local.front() + "\" at the front";
  }
  return std::nullopt;
}

bool may_be_local(const Domain& domain, const std::vector<Domain>& own_domains) {
  const std::string& name = domain.text();
  const std::string_view last = std::string_view(name).substr(name.rfind('.') + 1);
  if (last.size() == name.size() || last == "localhost" || last == "localdomain") return true;
  return std::any_of(own_domains.begin(), own_domains.end(),
                     [&domain](const Domain& own) { return domain.is_within(own); });
}

}  // namespace culvert
