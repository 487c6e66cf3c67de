#include "node/net/resolver.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unbound.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <mutex>

#include "crypto/base/clock.h"
#include "crypto/base/limits.h"
#include "crypto/base/log.h"
#include "node/net/dns_failure.h"
#include "node/net/socket.h"
#include "node/net/workers.h"

namespace culvert::node {
namespace {

constexpr const char* kSystemAnchor = "/usr/share/dns/root.key";
// The root zone's keys of 2017 and 2024, as IANA publishes them.
constexpr const char* kRootAnchors[] = {
    ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
};
// Questions under way; each costs a few kilobytes in libunbound.
constexpr std::size_t kMaxPendingQueries = 4096;
constexpr int kClassInternet = 1;
constexpr int kServfail = 2;
constexpr int kNxdomain = 3;
constexpr int kRefused = 5;

struct ContextDeleter {
  void operator()(ub_ctx* context) const { ub_ctx_delete(context); }
};
using Context = std::unique_ptr<ub_ctx, ContextDeleter>;

DnsAnswer failed(std::string why) {
  DnsAnswer answer;
  answer.why = std::move(why);
  return answer;
}

std::string rcode_text(int rcode) {
  // libunbound reports it also if nobody answers.
  if (rcode == kServfail) {
    return "SERVFAIL (its name servers, or the resolvers in [dns], are unreachable or fail, or a "
           "resolver that validates finds it bogus)";
  }
  if (rcode == kRefused) return "REFUSED";
  return "RCODE " + std::to_string(rcode);
}

DnsAnswer read_result(int error, const ub_result* result) {
  if (error != 0 || result == nullptr) return failed(ub_strerror(error));
  DnsAnswer answer;
  answer.secure = result->secure != 0;
  if (result->bogus != 0) {
    const std::string why = result->why_bogus != nullptr ? result->why_bogus : "validation failed";
    const ValidationFailure failure = read_validation_failure(why);
    answer.outcome = failure.outcome;
    answer.why = printable(why);
    answer.zone = printable(failure.zone, kMaxDomainOctets);
  } else if (result->rcode == kNxdomain) {
    answer.outcome = DnsAnswer::Outcome::nxdomain;
  } else if (result->rcode != 0) {
    answer.why = rcode_text(result->rcode);
  } else if (result->havedata == 0) {
    answer.outcome = DnsAnswer::Outcome::nodata;
  } else {
    answer.outcome = DnsAnswer::Outcome::found;
    for (std::size_t i = 0; result->data[i] != nullptr; ++i) {
      const auto* octets = reinterpret_cast<const std::uint8_t*>(result->data[i]);
      answer.records.emplace_back(octets, octets + result->len[i]);
    }
  }
  return answer;
}

Status add_trust_anchor(ub_ctx* context, const std::string& file) {
  std::error_code unreadable;
  const bool system_has_one = std::filesystem::exists(kSystemAnchor, unreadable);
  if (file.empty() && !system_has_one) {
    for (const char* anchor : kRootAnchors)
      ub_ctx_add_ta(context, anchor);
    return done();
  }
  const std::string path = file.empty() ? kSystemAnchor : file;
  // libunbound opens the file at the first question, too late to say that it is missing.
  if (::access(path.c_str(), R_OK) != 0 || ub_ctx_add_ta_file(context, path.c_str()) != 0) {
    return permanent_error("bad-trust-anchor", "the DNSSEC trust anchor " + path +
                                                   " cannot be read (dns.trust_anchor)");
  }
  return done();
}

// Without an anchor nothing is validated.
Status set_validation(ub_ctx* context, const ResolverOptions& options) {
  if (options.validate == ResolverOptions::Validate::no) return done();
  for (const std::string& zone : options.insecure) {
    if (ub_ctx_set_option(context, "domain-insecure:", zone.c_str()) == 0) continue;
    return permanent_error("bad-zone", "'" + printable(zone, 80) +
                                           "' is not a zone such as corp.example (dns.insecure)");
  }
  return add_trust_anchor(context, options.trust_anchor_file);
}

Status set_resolvers(ub_ctx* context, const std::vector<std::string>& resolvers) {
  for (const std::string& resolver : resolvers) {
    if (ub_ctx_set_fwd(context, resolver.c_str()) == 0) continue;
    return permanent_error("bad-resolver", "'" + printable(resolver, 80) +
                                               "' is not a resolver's address such as 192.0.2.53 "
                                               "or 127.0.0.1@5353 (dns.resolvers)");
  }
  if (resolvers.empty() && ub_ctx_resolvconf(context, nullptr) != 0) {
    log_warning("/etc/resolv.conf names no resolver; the DNS is asked from its root");
  }
  return done();
}

Result<Context> make_context(const ResolverOptions& options) {
  Context context(ub_ctx_create());
  if (!context) return internal_error("no-resolver", "the DNS resolver cannot start");
  // Uses a thread, not a process. Allows a resolver on this machine, the usual case. Sends no extra
  // queries that tell the root which anchors we hold.
  ub_ctx_async(context.get(), 1);
  ub_ctx_set_option(context.get(), "do-not-query-localhost:", "no");
  ub_ctx_set_option(context.get(), "trust-anchor-signaling:", "no");
  // A failure is ignored: a machine without /etc/hosts has nothing to add.
  ub_ctx_hosts(context.get(), nullptr);
  Status set = set_resolvers(context.get(), options.resolvers);
  if (set) set = set_validation(context.get(), options);
  if (!set) return std::move(set).error();
  return context;
}

bool is_askable(const std::string& name) {
  return !name.empty() && name.size() <= kMaxDomainOctets + 1 &&
         name.find('\0') == std::string::npos;
}

}  // namespace

// Only the resolver's own thread uses libunbound; `query` hands questions over to it.
struct Resolver::Impl {
  struct Question {
    std::string name;
    DnsType type;
    Callback<DnsAnswer> on_answer;
  };
  struct Pending {
    Impl* resolver = nullptr;
    std::uint64_t number = 0;
    int async_id = 0;
    SteadyTime until;
    Callback<DnsAnswer> on_answer;
  };

  Context context;
  std::chrono::milliseconds timeout{};
  Socket wake{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  std::mutex mutex;
  std::vector<Question> questions;  // under mutex
  bool stopping = false;            // under mutex
  // Numbered in the order of asking, which is also the order of their deadlines.
  std::map<std::uint64_t, Pending> pending;
  std::uint64_t last_number = 0;
  bool validates = true;
  bool told = false;  // whether any answer has counted so far
  std::thread thread;

  void work();
  bool take_questions();
  void ask(Question question);
  void wait();
  void end_late_ones();
  std::string why_late() const;
  void answer(std::uint64_t number, DnsAnswer answer);
  void wake_up() const;
  static void on_result(void* pending, int error, ub_result* result) noexcept;
};

void Resolver::Impl::wake_up() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake.fd(), &one, sizeof one);
}

void Resolver::Impl::work() {
  while (take_questions()) {
    wait();
    ub_process(context.get());
    end_late_ones();
  }
  while (!pending.empty()) {
    const auto first = pending.begin();
    ub_cancel(context.get(), first->second.async_id);
    answer(first->first, failed("the node is stopping"));
  }
}

bool Resolver::Impl::take_questions() {
  std::vector<Question> taken;
  bool go_on = true;
  {
    const std::lock_guard lock(mutex);
    taken.swap(questions);
    go_on = !stopping;
  }
  for (Question& question : taken)
    ask(std::move(question));
  return go_on;
}

void Resolver::Impl::ask(Question question) {
  if (!is_askable(question.name) || pending.size() >= kMaxPendingQueries) {
    question.on_answer(failed(pending.size() >= kMaxPendingQueries ? "too many questions at once"
                                                                   : "not a DNS name"));
    return;
  }
  const std::uint64_t number = ++last_number;
  Pending& entry = pending[number];
  entry = {this, number, 0, std::chrono::steady_clock::now() + timeout,
           std::move(question.on_answer)};
  const int error =
      ub_resolve_async(context.get(), question.name.c_str(), static_cast<int>(question.type),
                       kClassInternet, &entry, &Impl::on_result, &entry.async_id);
  if (error != 0) answer(number, failed(ub_strerror(error)));
}

void Resolver::Impl::on_result(void* pending, int error, ub_result* result) noexcept {
  const auto* entry = static_cast<Pending*>(pending);
  DnsAnswer answer = read_result(error, result);
  if (!answer.says_nothing()) entry->resolver->told = true;
  ub_resolve_free(result);
  entry->resolver->answer(entry->number, std::move(answer));
}

// If nobody answers for the root's keys, libunbound goes on asking for minutes.
std::string Resolver::Impl::why_late() const {
  if (!validates || told) return "no answer from the DNS in time";
  return "no answer from the DNS in time, nor one that could be validated since this node started: "
         "either no resolver answers (resolvers in [dns]), or the keys of the root zone are "
         "unreachable (validate in [dns])";
}

void Resolver::Impl::answer(std::uint64_t number, DnsAnswer answer) {
  auto node = pending.extract(number);
  node.mapped().on_answer(std::move(answer));
}

void Resolver::Impl::wait() {
  int wait_ms = -1;
  if (!pending.empty()) {
    const auto left = pending.begin()->second.until - std::chrono::steady_clock::now();
    const auto left_ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    wait_ms = static_cast<int>(std::max<std::int64_t>(left_ms, 0));
  }
  pollfd ready[] = {{ub_fd(context.get()), POLLIN, 0}, {wake.fd(), POLLIN, 0}};
  if (::poll(ready, 2, wait_ms) <= 0 || (ready[1].revents & POLLIN) == 0) return;
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = ::read(wake.fd(), &count, sizeof count);
}

void Resolver::Impl::end_late_ones() {
  const SteadyTime now = std::chrono::steady_clock::now();
  while (!pending.empty() && pending.begin()->second.until <= now) {
    const auto first = pending.begin();
    ub_cancel(context.get(), first->second.async_id);
    answer(first->first, failed(why_late()));
  }
}

Resolver::Resolver(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Resolver>> Resolver::make(const ResolverOptions& options) {
  Result<Context> context = make_context(options);
  if (!context) return std::move(context).error();
  auto impl = std::make_unique<Impl>();
  impl->context = std::move(context).value();
  impl->timeout = options.timeout;
  impl->validates = options.validate == ResolverOptions::Validate::yes;
  impl->thread = start_thread("resolver", [self = impl.get()] { self->work(); });
  return std::unique_ptr<Resolver>(new Resolver(std::move(impl)));
}

Resolver::~Resolver() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake_up();
  impl_->thread.join();
}

void Resolver::query(const std::string& name, DnsType type, Callback<DnsAnswer> on_answer) {
  bool first = false;
  {
    const std::lock_guard lock(impl_->mutex);
    first = impl_->questions.empty();
    impl_->questions.push_back({name, type, std::move(on_answer)});
  }
  if (first) impl_->wake_up();
}

}  // namespace culvert::node
