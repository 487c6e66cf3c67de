#include "node/net/mx_lookup.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "node/net/dns_failure.h"

namespace culvert::node {
namespace {

using Outcome = DnsAnswer::Outcome;

// Looks up the addresses of several hosts, all at once. Lives as long as answers are due: each
// callback shares it, hence shared_ptr. Runs in the resolver's thread.
class AddressSearch : public std::enable_shared_from_this<AddressSearch> {
 public:
  AddressSearch(std::vector<MxRecord> hosts, Error nothing_found, OnTargets on_targets)
      : nothing_found_(std::move(nothing_found)), on_targets_(std::move(on_targets)) {
    for (MxRecord& host : hosts) {
      found_.push_back({std::move(host.exchange), host.preference, {}, {}});
    }
  }

  void start(Resolver& resolver, bool secure_so_far) {
    secure_ = secure_so_far;
    due_ = found_.size() * 2;
    for (std::size_t i = 0; i < found_.size(); ++i) {
      for (const DnsType type : {DnsType::aaaa, DnsType::a}) {
        resolver.query(found_[i].name, type,
                       [self = shared_from_this(), i, type](DnsAnswer answer) {
                         self->take(i, type, std::move(answer));
                       });
      }
    }
  }

 private:
  struct Host {
    std::string name;
    std::uint16_t preference;
    std::vector<IpAddress> v6;
    std::vector<IpAddress> v4;
  };

  void take(std::size_t index, DnsType type, DnsAnswer answer) {
    Host& host = found_[index];
    secure_ = secure_ && answer.secure;
    if (answer.says_nothing()) unknown_ = dns_failure(host.name, answer);
    std::vector<IpAddress>& addresses = type == DnsType::a ? host.v4 : host.v6;
    for (const Bytes& record : answer.records) {
      const std::optional<IpAddress> address = parse_address(record);
      if (address && addresses.size() < kMaxHostAddresses / 2) addresses.push_back(*address);
    }
    if (--due_ == 0) finish();
  }

  void finish() {
    MailTargets targets;
    targets.secure = secure_;
    for (const Host& host : found_) {
      MailHost usable{host.name, host.preference, take_turns(host)};
      if (!usable.addresses.empty()) targets.hosts.push_back(std::move(usable));
    }
    if (!targets.hosts.empty()) {
      on_targets_(std::move(targets));
    } else {
      on_targets_(unknown_ ? *unknown_ : nothing_found_);
    }
  }

  static std::vector<IpAddress> take_turns(const Host& host) {
    std::vector<IpAddress> addresses;
    for (std::size_t i = 0; i < std::max(host.v4.size(), host.v6.size()); ++i) {
      if (i < host.v6.size()) addresses.push_back(host.v6[i]);
      if (i < host.v4.size()) addresses.push_back(host.v4[i]);
    }
    return addresses;
  }

  std::vector<Host> found_;
  std::size_t due_ = 0;
  bool secure_ = false;
  std::optional<Error> unknown_;
  Error nothing_found_;
  OnTargets on_targets_;
};

std::vector<MxRecord> read_mx(const DnsAnswer& answer) {
  std::vector<MxRecord> records;
  for (const Bytes& rdata : answer.records) {
    if (std::optional<MxRecord> record = parse_mx(rdata)) records.push_back(std::move(*record));
  }
  return records;
}

void on_mx(Resolver& resolver, const std::string& domain, const DnsAnswer& answer,
           OnTargets on_targets) {
  const Error no_domain = permanent_error(
      "no-such-domain", "the domain " + domain + " does not exist or has neither MX nor address");
  if (answer.says_nothing()) {
    on_targets(dns_failure(domain, answer));
    return;
  }
  if (answer.outcome == Outcome::nxdomain) {
    on_targets(no_domain);
    return;
  }
  if (answer.outcome == Outcome::nodata) {
    // RFC 5321, 5.1: without MX the domain is its own mail host.
    std::make_shared<AddressSearch>(std::vector<MxRecord>{{0, domain}}, no_domain,
                                    std::move(on_targets))
        ->start(resolver, answer.secure);
    return;
  }
  std::vector<MxRecord> records = read_mx(answer);
  if (answer.records.size() == 1 && records.size() == 1 && records[0].exchange.empty()) {
    on_targets(permanent_error("null-mx", "the domain " + domain + " takes no mail (null MX)"));
    return;
  }
  std::mt19937 random{std::random_device{}()};
  records = order_mx(std::move(records), random);
  const Error no_host = permanent_error(
      "no-mail-host", "no mail host of " + domain + " has an address that can be used");
  if (records.empty()) {
    on_targets(no_host);
    return;
  }
  std::make_shared<AddressSearch>(std::move(records), no_host, std::move(on_targets))
      ->start(resolver, answer.secure);
}

}  // namespace

std::vector<MxRecord> order_mx(std::vector<MxRecord> records, std::mt19937& random) {
  // A null MX beside other records means nothing (RFC 7505, 3).
  std::erase_if(records, [](const MxRecord& record) { return record.exchange.empty(); });
  std::shuffle(records.begin(), records.end(), random);
  std::stable_sort(records.begin(), records.end(), [](const MxRecord& a, const MxRecord& b) {
    return a.preference < b.preference;
  });
  std::vector<MxRecord> ordered;
  for (MxRecord& record : records) {
    const bool known = std::any_of(ordered.begin(), ordered.end(), [&](const MxRecord& other) {
      return other.exchange == record.exchange;
    });
    if (!known && ordered.size() < kMaxMailHosts) ordered.push_back(std::move(record));
  }
  return ordered;
}

void find_mail_targets(Resolver& resolver, const Domain& domain, OnTargets on_targets) {
  resolver.query(
      domain.text(), DnsType::mx,
      [&resolver, name = domain.text(), on_targets = std::move(on_targets)](
          DnsAnswer answer) mutable { on_mx(resolver, name, answer, std::move(on_targets)); });
}

void find_host(Resolver& resolver, const std::string& host, OnTargets on_targets) {
  std::string_view literal = host;
  if (literal.size() > 2 && literal.front() == '[' && literal.back() == ']') {
    literal = literal.substr(1, literal.size() - 2);
  }
  if (const Result<IpAddress> address = IpAddress::parse(literal)) {
    on_targets(MailTargets{{{address->text(), 0, {*address}}}, true});
    return;
  }
  const Error no_host = permanent_error(
      "no-such-host", "the host " + printable(host, 80) + " does not exist or has no address");
  std::make_shared<AddressSearch>(std::vector<MxRecord>{{0, host}}, no_host, std::move(on_targets))
      ->start(resolver, true);
}

}  // namespace culvert::node
