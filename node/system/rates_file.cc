#include "node/system/rates_file.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace culvert::node {
namespace {

using Json = nlohmann::ordered_json;

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
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
}

Status RatesFile::write(const Rates& rates) {
  if (written_ == rates) return done();
  const std::filesystem::path fresh = file_.string() + ".new";
  std::error_code error;
  std::filesystem::create_directories(file_.parent_path(), error);
  {
    std::ofstream out(fresh, std::ios::trunc);
    out << Json{{"since", to_rfc3339(rates.since)},
                {"last_minute", json_of(rates.last_minute)},
                {"since_start", json_of(rates.since_start)}}
               .dump(2)
        << '\n';
    out.flush();
    if (!out) error = std::make_error_code(std::errc::io_error);
  }
  if (!error) std::filesystem::rename(fresh, file_, error);
  if (error) {
    return permanent_error("run-directory",
                           file_.string() + " cannot be written: " + error.message());
  }
  written_ = rates;
  return done();
}

std::optional<Rates> read_rates(const std::filesystem::path& data_dir) {
  std::ifstream in(data_dir / "run" / "rates.json");
  const auto all = Json::parse(in, nullptr, /*allow_exceptions=*/false);
  if (!all.is_object() || !all.contains("since") || !all["since"].is_string()) return std::nullopt;
  const auto since = from_rfc3339(all["since"].get<std::string>());
  const auto last_minute = counts_in(all, "last_minute");
  const auto since_start = counts_in(all, "since_start");
  if (!since || !last_minute || !since_start) return std::nullopt;
  return Rates{*since, *last_minute, *since_start};
}

}  // namespace culvert::node
