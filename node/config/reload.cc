#include "node/config/reload.h"

namespace culvert::node {
namespace {

class Keeper {
 public:
  template <typename T>
  void keep(const char* key, T& fresh, const T& running) {
    if (fresh == running) return;
    fresh = running;
    differing_.emplace_back(key);
  }
  std::vector<std::string> take() { return std::move(differing_); }

 private:
  std::vector<std::string> differing_;
};

}  // namespace

std::vector<std::string> keep_until_restart(Config& fresh, const Config& running) {
  Keeper keeper;
  keeper.keep("node.name", fresh.node.name, running.node.name);
  keeper.keep("node.data_dir", fresh.node.data_dir, running.node.data_dir);
  keeper.keep("node.key_file", fresh.node.key_file, running.node.key_file);
  keeper.keep("smtp.max_connections", fresh.smtp.max_connections, running.smtp.max_connections);
  keeper.keep("smtp.inside.listen", fresh.inside.listen, running.inside.listen);
  keeper.keep("smtp.outside.listen", fresh.outside.listen, running.outside.listen);
  keeper.keep("peering.listen", fresh.peering.listen, running.peering.listen);
  keeper.keep("peering.url", fresh.peering.url, running.peering.url);
  keeper.keep("dns.resolvers", fresh.dns.resolvers, running.dns.resolvers);
  keeper.keep("dns.trust_anchor", fresh.dns.trust_anchor, running.dns.trust_anchor);
  keeper.keep("dns.validate", fresh.dns.validate, running.dns.validate);
  keeper.keep("dns.insecure", fresh.dns.insecure, running.dns.insecure);
  keeper.keep("log.format", fresh.log.format, running.log.format);
  return keeper.take();
}

}  // namespace culvert::node
