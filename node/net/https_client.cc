#include "node/net/https_client.h"

#include <curl/curl.h>

#include <cstring>
#include <memory>
#include <mutex>

#include "crypto/base/log.h"
#include "node/net/socket_address.h"

namespace culvert::node {
namespace {

struct CurlDeleter {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// One exchange: what libcurl's callbacks write to.
struct Exchange {
  const HttpsLimits& limits;
  HttpsAnswer answer;
  bool too_large = false;
  std::string refused_address;
};

// libcurl needs this once in a process, before any thread uses it. The function-local state stands
// for libcurl's own global state, not ours.
bool curl_is_ready() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

std::size_t take_body(char* data, std::size_t, std::size_t count, void* of) noexcept {
  auto* exchange = static_cast<Exchange*>(of);
  if (count > exchange->limits.max_answer_bytes - exchange->answer.body.size()) {
    exchange->too_large = true;
    return 0;
  }
  append(exchange->answer.body, std::string_view(data, count));
  return count;
}

// Checks the address itself, after every name was resolved, so that no DNS trick gets around it.
curl_socket_t open_socket(void* of, curlsocktype, curl_sockaddr* to) noexcept {
  auto* exchange = static_cast<Exchange*>(of);
  sockaddr_storage storage{};
  std::memcpy(&storage, &to->addr, std::min<std::size_t>(to->addrlen, sizeof storage));
  const SocketAddress address = from_system(storage);
  if (exchange->limits.addresses == AddressRule::public_only && !address.ip.is_public()) {
    exchange->refused_address = address.ip.text();
    return CURL_SOCKET_BAD;
  }
  return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

Error unreachable(const std::string& url, const std::string& why) {
  return temporary_error("unreachable",
                         "cannot be reached at " + url + ": " + why +
                             " (the node there may be down, or a firewall is in the way)");
}

std::string connect_error(CURL* curl) {
  long number = 0;
  curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &number);
  if (number == 0) return "no connection";
  std::string text = std::strerror(static_cast<int>(number));
  if (text.front() >= 'A' && text.front() <= 'Z')
    text.front() = static_cast<char>(text.front() + 32);
  return text;
}

// Whether the server's certificate failed because of its dates alone. The numbers are OpenSSL's,
// with which the library is built.
bool is_out_of_time(CURL* curl) {
  constexpr long kNotYetValid = 9;
  constexpr long kHasExpired = 10;
  long result = 0;
  curl_easy_getinfo(curl, CURLINFO_SSL_VERIFYRESULT, &result);
  return result == kNotYetValid || result == kHasExpired;
}

Error describe(CURL* curl, CURLcode code, const Exchange& exchange, const std::string& url_given) {
  const std::string url = printable(url_given);
  const std::string detail = curl_easy_strerror(code);
  if (!exchange.refused_address.empty()) {
    return permanent_error("address-refused",
                           url + " leads to " + exchange.refused_address +
                               ", which is not a public address (peering.private_addresses = true "
                               "allows it)");
  }
  if (exchange.too_large) {
    return permanent_error("too-large", "the answer of " + url + " is larger than " +
                                            std::to_string(exchange.limits.max_answer_bytes) +
                                            " octets");
  }
  switch (static_cast<int>(code)) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      return permanent_error("bad-url", "'" + url + "' is not an https:// address", detail);
    case CURLE_PEER_FAILED_VERIFICATION:
      if (is_out_of_time(curl)) {
        return temporary_error(
            "tls-failed",
            "the certificate of the server at " + url +
                " is not valid by this node's clock: it is not renewed there, or a "
                "clock is wrong, here or there",
            detail);
      }
      return permanent_error("wrong-peer",
                             "the server at " + url +
                                 " has not the identity of this peer (another node answers there, "
                                 "or somebody is in between)",
                             detail);
    case CURLE_SSL_CONNECT_ERROR:
      return temporary_error("tls-failed", "no TLS connection with " + url, detail);
    case CURLE_COULDNT_RESOLVE_HOST:
      return unreachable(url, "its host name has no address");
    case CURLE_COULDNT_CONNECT:
      return unreachable(url, connect_error(curl));
    case CURLE_OPERATION_TIMEDOUT:
      return unreachable(url, "no answer in time");
    default:
      return unreachable(url, detail);
  }
}

using Curl = std::unique_ptr<CURL, CurlDeleter>;

void set_common(CURL* curl, const std::string& url, Exchange& exchange) {
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(exchange.limits.connect_time.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(exchange.limits.total_time.count()));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &exchange);
}

// Trusts only the holder of this one certificate; the machine's authorities do not count.
void trust_only(CURL* curl, const std::string& pem) {
  curl_blob blob{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_COPY};
  curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
  curl_easy_setopt(curl, CURLOPT_CAINFO, nullptr);
  curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &blob);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
}

std::optional<Time> date_of(CURL* curl) {
  curl_header* field = nullptr;
  if (curl_easy_header(curl, "Date", 0, CURLH_HEADER, -1, &field) != CURLHE_OK) return std::nullopt;
  const time_t seconds = curl_getdate(field->value, nullptr);
  return seconds < 0 ? std::nullopt : std::optional(from_unix(seconds));
}

Result<HttpsAnswer> perform(CURL* curl, Exchange& exchange, const std::string& url) {
  const CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) return describe(curl, code, exchange, url);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  char* type = nullptr;
  curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
  exchange.answer.status = static_cast<int>(status);
  if (type != nullptr) exchange.answer.content_type = printable(type);
  exchange.answer.date = date_of(curl);
  return std::move(exchange.answer);
}

Result<Curl> make_curl() {
  Curl curl(curl_is_ready() ? curl_easy_init() : nullptr);
  if (!curl) return internal_error("no-https", "the HTTPS client cannot start");
  return curl;
}

}  // namespace

Result<HttpsAnswer> https_get(const std::string& url, const HttpsLimits& limits) {
  Result<Curl> curl = make_curl();
  if (!curl) return std::move(curl).error();
  Exchange exchange{limits, {}, false, {}};
  set_common(curl->get(), url, exchange);
  curl_easy_setopt(curl->get(), CURLOPT_SSL_VERIFYPEER, 0L);
  curl_easy_setopt(curl->get(), CURLOPT_SSL_VERIFYHOST, 0L);
  return perform(curl->get(), exchange, url);
}

Result<HttpsAnswer> https_post(const HttpsPost& post, const HttpsLimits& limits) {
  if (post.identity_pem.empty()) {
    return internal_error("no-identity", "nothing is posted to a peer whose identity is unknown");
  }
  Result<Curl> curl = make_curl();
  if (!curl) return std::move(curl).error();
  Exchange exchange{limits, {}, false, {}};
  set_common(curl->get(), post.url, exchange);
  trust_only(curl->get(), post.identity_pem);
  // Waiting for 100 Continue would only cost time: a peer accepts what is within its limit.
  std::unique_ptr<curl_slist, ListDeleter> fields(curl_slist_append(nullptr, "Expect:"));
  curl_slist_append(fields.get(), ("Content-Type: " + post.content_type).c_str());
  curl_easy_setopt(curl->get(), CURLOPT_HTTPHEADER, fields.get());
  curl_easy_setopt(curl->get(), CURLOPT_POST, 1L);
  curl_easy_setopt(curl->get(), CURLOPT_POSTFIELDS, post.body.data());
  curl_easy_setopt(curl->get(), CURLOPT_POSTFIELDSIZE_LARGE,
                   static_cast<curl_off_t>(post.body.size()));
  return perform(curl->get(), exchange, post.url);
}

}  // namespace culvert::node
