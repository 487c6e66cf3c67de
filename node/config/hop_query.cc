#include "node/config/hop_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "crypto/base/log.h"
#include "crypto/mime/base64.h"

namespace culvert::node {
namespace {

constexpr std::string_view kAnyPin = "pin=";
constexpr std::string_view kPin = "pin=sha256:";
constexpr std::size_t kDigestBytes = std::tuple_size_v<CertificatePin>;

Error bad(std::string text) { return permanent_error("bad-value", std::move(text)); }

// `AB:CD:…` as `openssl x509 -fingerprint` prints it, without its colons.
std::string without_colons(std::string_view digest) {
  if (digest.size() != kDigestBytes * 3 - 1) return std::string(digest);
  std::string digits;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    if ((i % 3 == 2) != (digest[i] == ':')) return std::string(digest);
    if (digest[i] != ':') digits += digest[i];
  }
  return digits;
}

std::optional<Bytes> from_base64(std::string_view text) {
  // The decoder accepts line ends, which no URL has.
  if (text.find_first_of("\r\n") != std::string_view::npos) return std::nullopt;
  Bytes out;
  crypto::Base64Decoder decoder;
  if (!decoder.decode(text, out) || !decoder.finish()) return std::nullopt;
  return out;
}

std::optional<CertificatePin> parse_digest(std::string_view text) {
  constexpr std::size_t kBase64Size = 44;
  auto octets = from_hex(without_colons(text));
  if (!octets && text.size() == kBase64Size) octets = from_base64(text);
  if (!octets || octets->size() != kDigestBytes) return std::nullopt;
  CertificatePin pin;
  std::copy(octets->begin(), octets->end(), pin.begin());
  return pin;
}

Status take_pin(std::string_view item, NextHop& hop) {
  if (!item.starts_with(kPin)) {
    return bad(
        fmt::format("has '{}', but a pin is a SHA-256; write pin=sha256:… with its 64 "
                    "hexadecimal digits",
                    printable(item, 40)));
  }
  const std::string_view digest = item.substr(kPin.size());
  const auto pin = parse_digest(digest);
  if (!pin) {
    return bad(
        fmt::format("has the pin '{}' of {} characters, which is no SHA-256; write 64 "
                    "hexadecimal digits, or 44 characters of base64",
                    printable(digest, 100), digest.size()));
  }
  auto& pins = hop.proof.pins;
  if (std::find(pins.begin(), pins.end(), *pin) != pins.end()) {
    return bad(fmt::format("has the pin '{}' twice; remove one", printable(digest, 100)));
  }
  if (pins.size() == kMaxPins) return bad(fmt::format("has more than {} pins", kMaxPins));
  pins.push_back(*pin);
  return done();
}

// The words of a query, each at most once.
struct Words {
  bool verify = false;  // tls=verify
  bool off = false;     // verify=off
};

Status take_word(bool& said, std::string_view item) {
  if (said) return bad(fmt::format("has '{}' twice; remove one", item));
  said = true;
  return done();
}

Status take_item(std::string_view item, Words& words, NextHop& hop) {
  if (item == "tls=verify") return take_word(words.verify, item);
  if (item == "verify=off") return take_word(words.off, item);
  if (item.starts_with(kAnyPin)) return take_pin(item, hop);
  return bad(fmt::format("has '{}' behind the '?'; known are {} and pin=sha256:…",
                         printable(item, 40),
                         hop.tls == NextHop::Tls::from_start ? "verify=off" : "tls=verify"));
}

Status check_words(const Words& words, const NextHop& hop) {
  const bool smtps = hop.tls == NextHop::Tls::from_start;
  if (words.verify && smtps) {
    return bad("has tls=verify, but smtps:// is always verified; remove tls=verify");
  }
  if (words.off && !smtps) {
    return bad(
        "has verify=off, but smtp:// verifies nobody unless it is told to; remove verify=off, or "
        "write tls=verify");
  }
  if (words.off && !hop.proof.pins.empty()) {
    return bad("has verify=off and a pin, which contradict each other; remove one");
  }
  if (words.verify && !hop.proof.pins.empty()) {
    return bad("has tls=verify and a pin; a pin alone decides, so remove one");
  }
  return done();
}

}  // namespace

Status take_query(std::string_view query, NextHop& hop) {
  Words words;
  for (bool more = true; more;) {
    const std::size_t end = query.find('&');
    if (const Status s = take_item(query.substr(0, end), words, hop); !s) return s;
    more = end != std::string_view::npos;
    if (more) query.remove_prefix(end + 1);
  }
  if (const Status s = check_words(words, hop); !s) return s;
  if (!hop.proof.pins.empty()) {
    hop.proof.by = ServerProof::By::pins;
  } else {
    hop.proof.by = words.off ? ServerProof::By::nothing : ServerProof::By::authorities;
  }
  if (hop.tls == NextHop::Tls::when_offered) hop.tls = NextHop::Tls::demanded;
  return done();
}

}  // namespace culvert::node
