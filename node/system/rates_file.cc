#include "node/system/rates_file.h"

#include <nlohmann/json.hpp>

#include "node/system/run_folder.h"

namespace culvert::node {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kName = "rates.json";

Json json_of(const Counts& counts) {
  Json out = Json::object();
  for (std::size_t i = 0; i < counts.size(); ++i)
    out[std::string(counted_name(static_cast<Counted>(i)))] = counts[i];
  return out;
}

std::optional<Counts> counts_in(const Json& all, const char* name) {
  const auto found = all.find(name);
  if (found == all.end() || !found->is_object()) return std::nullopt;
  Counts counts{};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto count = found->find(std::string(counted_name(static_cast<Counted>(i))));
    if (count == found->end() || !count->is_number_unsigned()) return std::nullopt;
    counts[i] = count->get<std::uint64_t>();
  }
  return counts;
}

}  // namespace

RatesFile::~RatesFile() {
  if (!written_) return;
  const auto folder = run_folder(data_dir_);
  if (folder) folder->remove(kName);
}

Status RatesFile::write(const Rates& rates) {
  if (written_ == rates) return done();
  const auto folder = run_folder(data_dir_);
  if (!folder) return folder.error();
  const std::string text = Json{{"since", to_rfc3339(rates.since)},
                                {"last_minute", json_of(rates.last_minute)},
                                {"since_start", json_of(rates.since_start)}}
                               .dump(2) +
                           "\n";
  if (const Status put = folder->replace(kName, as_bytes(text), kRunFile); !put) return put.error();
  written_ = rates;
  return done();
}

std::optional<Rates> read_rates(const std::filesystem::path& data_dir) {
  const auto text = read_run_file(data_dir, kName);
  if (!text) return std::nullopt;
  const auto all = Json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!all.is_object() || !all.contains("since") || !all["since"].is_string()) return std::nullopt;
  const auto since = from_rfc3339(all["since"].get<std::string>());
  const auto last_minute = counts_in(all, "last_minute");
  const auto since_start = counts_in(all, "since_start");
  if (!since || !last_minute || !since_start) return std::nullopt;
  return Rates{*since, *last_minute, *since_start};
}

}  // namespace culvert::node
