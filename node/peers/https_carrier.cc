#include "node/peers/https_carrier.h"

#include "node/net/network.h"
#include "peering/refusal_word.h"

namespace culvert::node {
namespace {

constexpr int kOk = 200;
constexpr int kForbidden = 403;
constexpr int kTooMany = 429;

// With a word if the node knows us, otherwise without (peering/refusal_word.h).
Error refusal(const std::string& url, ByteView body) {
  const auto word = peering::read_refusal(body);
  const auto meaning = word ? peering::meaning_of_refusal(*word) : std::nullopt;
  const std::string why = meaning ? ": " + std::string(*meaning) : " (HTTP 403)";
  return permanent_error("refused", "the node at " + url + " refused the message" + why,
                         word.value_or(""));
}

// The octets of a valid answer.
Result<Bytes> body_of(Result<HttpsAnswer> answer, const std::string& url) {
  if (!answer) return answer.error();
  if (answer->status == kOk) return std::move(answer->body);
  const std::string status = std::to_string(answer->status);
  if (answer->status == kForbidden) return refusal(url, answer->body);
  if (answer->status == kTooMany) {
    return temporary_error("busy", "the node at " + url +
                                       " takes no more messages of this node for now (HTTP 429); "
                                       "try again later");
  }
  return temporary_error("unreachable", "the node at " + url + " answered HTTP " + status +
                                            " (it may be starting or in trouble; try again later)");
}

// The host of `https://host[:port][/...]`, without brackets.
std::string host_of(const std::string& url) {
  constexpr std::string_view kScheme = "https://";
  std::string_view rest = url;
  if (rest.starts_with(kScheme)) rest.remove_prefix(kScheme.size());
  rest = rest.substr(0, rest.find('/'));
  if (rest.starts_with('[')) return std::string(rest.substr(1, rest.find(']') - 1));
  return std::string(rest.substr(0, rest.find(':')));
}

}  // namespace

Result<Bytes> HttpsCarrier::fetch_card(const std::string& url) {
  return body_of(https_get(url + std::string(peering::kCardPath), limits_), url);
}

Result<Bytes> HttpsCarrier::post_message(const std::string& url,
                                         const crypto::Certificate& identity, ByteView message) {
  return post_to_url(url, identity, message, limits_).message;
}

PeerAnswer post_to_url(const std::string& url, const crypto::Certificate& identity,
                       ByteView message, const HttpsLimits& limits) {
  const HttpsPost post{url + std::string(peering::kMessagePath),
                       std::string(peering::kMessageMediaType), message, identity.pem()};
  auto answer = https_post(post, limits);
  const auto date = answer ? answer->date : std::nullopt;
  return {body_of(std::move(answer), url), date};
}

AddressRule address_rule(const Config& config, const std::string& own_url) {
  if (config.peering.private_addresses) return AddressRule::private_allowed;
  const auto own = IpAddress::parse(host_of(own_url));
  const bool own_is_private = own && !own->is_public();
  return own_is_private ? AddressRule::private_allowed : AddressRule::public_only;
}

}  // namespace culvert::node
