#include "peering/invitation.h"

#include <algorithm>

#include "crypto/base/ascii.h"
#include "crypto/keys/digest.h"

namespace culvert::peering {
namespace {

constexpr std::string_view kPrefix = "culvert1-";
constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kChecksumBytes = 4;
constexpr std::size_t kMaxDomainsAside = 255;

Error bad_code() {
  return permanent_error("bad-code",
                         "this is not a whole invitation code: a character is wrong or missing");
}

std::string base32(ByteView octets) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const std::uint8_t octet : octets) {
    bits = (bits << 8) | octet;
    count += 8;
    while (count >= 5) {
      count -= 5;
      out.push_back(kAlphabet[(bits >> count) & 31]);
    }
  }
  if (count > 0) out.push_back(kAlphabet[(bits << (5 - count)) & 31]);
  return out;
}

// Nothing if a character is not in the alphabet, or the unused bits at the end are not zero.
std::optional<Bytes> from_base32(std::string_view text) {
  Bytes out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 5) | static_cast<std::uint32_t>(value);
    count += 5;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<std::uint8_t>(bits >> count));
  }
  if (count >= 5 || (bits & ((1u << count) - 1)) != 0) return std::nullopt;
  return out;
}

crypto::Sha256 checksum(ByteView payload) {
  return crypto::sha256({as_bytes("culvert1 code"), payload});
}

void put_domains(Bytes& to, std::vector<Domain> domains) {
  std::sort(domains.begin(), domains.end());
  to.push_back(static_cast<std::uint8_t>(domains.size()));
  for (const Domain& domain : domains) {
    to.push_back(static_cast<std::uint8_t>(domain.text().size()));
    append(to, domain.text());
  }
}

// Takes pieces off the front; after a failure `ok` is false and every piece is empty.
class Pieces {
 public:
  explicit Pieces(ByteView all) : rest_(all) {}

  ByteView take(std::size_t size) {
    ok_ = ok_ && size <= rest_.size();
    if (!ok_) return {};
    const ByteView piece = rest_.first(size);
    rest_ = rest_.subspan(size);
    return piece;
  }
  std::size_t take_octet() {
    const ByteView piece = take(1);
    return piece.empty() ? 0 : piece[0];
  }
  void fail() { ok_ = false; }
  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && rest_.empty(); }

 private:
  ByteView rest_;
  bool ok_ = true;
};

// Ascending, without repetition, each exactly as Domain writes it.
std::vector<Domain> take_domains(Pieces& pieces) {
  std::vector<Domain> out;
  const std::size_t count = pieces.take_octet();
  for (std::size_t i = 0; i < count && pieces.ok(); ++i) {
    const std::size_t length = pieces.take_octet();
    const std::string_view text = as_text(pieces.take(length));
    auto domain = Domain::parse(text);
    if (!domain || domain->text() != text || (!out.empty() && *domain <= out.back())) {
      pieces.fail();
      break;
    }
    out.push_back(*std::move(domain));
  }
  return out;
}

std::optional<Invitation> invitation_of(ByteView payload) {
  Pieces pieces(payload);
  if (pieces.take_octet() != kVersion) return std::nullopt;
  const auto fingerprint = Fingerprint::from_bytes(pieces.take(Fingerprint::kSize));
  const ByteView secret = pieces.take(kInvitationSecretBytes);
  const std::size_t high = pieces.take_octet();
  const std::size_t low = pieces.take_octet();
  const std::string_view url = as_text(pieces.take(high * 256 + low));
  auto inviter_domains = take_domains(pieces);
  auto accepter_domains = take_domains(pieces);
  if (!pieces.at_end() || !fingerprint || !is_peering_url(url)) return std::nullopt;
  return Invitation{*fingerprint, SecretBytes(secret), std::string(url), std::move(inviter_domains),
                    std::move(accepter_domains)};
}

std::string without_blanks_in_lower_case(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    out.push_back(lower_case(c));
  }
  return out;
}

}  // namespace

Result<SecretBytes> invitation_payload(const Invitation& invitation) {
  if (invitation.secret.size() != kInvitationSecretBytes || !is_peering_url(invitation.url)) {
    return internal_error("bad-invitation", "the invitation is not complete");
  }
  const Error too_long = permanent_error(
      "code-too-long", "a code cannot hold that many domains; invite with fewer of them");
  if (invitation.inviter_domains.size() > kMaxDomainsAside ||
      invitation.accepter_domains.size() > kMaxDomainsAside) {
    return too_long;
  }
  Bytes out;
  out.push_back(kVersion);
  append(out, invitation.inviter.view());
  append(out, invitation.secret.view());
  out.push_back(static_cast<std::uint8_t>(invitation.url.size() >> 8));
  out.push_back(static_cast<std::uint8_t>(invitation.url.size() & 0xff));
  append(out, invitation.url);
  put_domains(out, invitation.inviter_domains);
  put_domains(out, invitation.accepter_domains);
  SecretBytes payload{ByteView(out)};
  wipe(out);
  if (payload.size() > kMaxInvitationPayloadBytes) return too_long;
  return payload;
}

std::string code_of_payload(ByteView payload) {
  const crypto::Sha256 sum = checksum(payload);
  Bytes all(payload.begin(), payload.end());
  append(all, ByteView(sum).first(kChecksumBytes));
  std::string code = std::string(kPrefix) + base32(all);
  wipe(all);
  return code;
}

Result<ReadCode> read_code(std::string_view code) {
  if (code.size() > 4 * kMaxInvitationPayloadBytes) return bad_code();
  const std::string text = without_blanks_in_lower_case(code);
  if (!text.starts_with(kPrefix)) return bad_code();
  auto all = from_base32(std::string_view(text).substr(kPrefix.size()));
  if (!all || all->size() <= kChecksumBytes) return bad_code();
  SecretBytes payload(ByteView(*all).first(all->size() - kChecksumBytes));
  const ByteView stated = ByteView(*all).last(kChecksumBytes);
  const bool intact =
      equal_in_constant_time(ByteView(checksum(payload.view())).first(kChecksumBytes), stated);
  wipe(*all);
  if (!intact || payload.size() > kMaxInvitationPayloadBytes) return bad_code();
  auto invitation = invitation_of(payload.view());
  if (!invitation) return bad_code();
  return ReadCode{*std::move(invitation), std::move(payload)};
}

InvitationId invitation_id(ByteView secret) {
  const crypto::Sha256 hash = crypto::sha256({as_bytes("culvert1 id"), secret});
  InvitationId id;
  std::copy_n(hash.begin(), id.size(), id.begin());
  return id;
}

bool is_peering_url(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  if (!url.starts_with(kScheme) || url.size() > kMaxPeeringUrlBytes) return false;
  const std::string_view rest = url.substr(kScheme.size());
  if (rest.empty() || rest.front() == '/' || rest.front() == ':') return false;
  return std::all_of(rest.begin(), rest.end(), [](char c) {
    return c > 0x20 && c < 0x7f && std::string_view("@?#\\\"<>").find(c) == std::string_view::npos;
  });
}

}  // namespace culvert::peering
