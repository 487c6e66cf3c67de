// data_dir/run/rates.json: what a running node has done, for `culvert status`. The file exists as
// long as the node runs, and is written again when something has changed:
//   {"since": RFC 3339, "last_minute": {"received": 1, …}, "since_start": {"received": 1, …}}
#pragma once

#include <filesystem>
#include <optional>

#include "crypto/base/result.h"
#include "node/system/counters.h"

namespace culvert::node {

// How often the node checks whether something has changed.
inline constexpr std::chrono::seconds kRatesInterval{2};

struct Rates {
  Time since{};  // when the node started
  Counts last_minute{};
  Counts since_start{};
  bool operator==(const Rates&) const = default;
};

class RatesFile {
 public:
  explicit RatesFile(std::filesystem::path data_dir) : data_dir_(std::move(data_dir)) {}
  // Removes the file.
  ~RatesFile();
  RatesFile(const RatesFile&) = delete;
  RatesFile& operator=(const RatesFile&) = delete;

  // Writes nothing if the file already says so. The file appears whole or not at all, and need not
  // survive a power cut. Errors of store::Folder if it cannot be written.
  Status write(const Rates& rates);

 private:
  std::filesystem::path data_dir_;
  std::optional<Rates> written_;
};

// Nothing if there is no such file, or it is not valid.
std::optional<Rates> read_rates(const std::filesystem::path& data_dir);

}  // namespace culvert::node
