#include "node/system/addresses_file.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace culvert::node {

Result<AddressesFile> AddressesFile::write(const std::filesystem::path& data_dir,
                                           const Addresses& addresses) {
  namespace fs = std::filesystem;
  const fs::path file = data_dir / "run" / "addresses.json";
  const fs::path fresh = data_dir / "run" / "addresses.json.new";
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  {
    std::ofstream out(fresh, std::ios::trunc);
    out << nlohmann::json(addresses).dump(2) << '\n';
    out.flush();
    if (!out) error = std::make_error_code(std::errc::io_error);
  }
  if (!error) fs::rename(fresh, file, error);
  if (error) {
    return permanent_error("run-directory",
                           file.string() + " cannot be written: " + error.message());
  }
  return AddressesFile(file);
}

AddressesFile::~AddressesFile() {
  std::error_code ignored;
  if (!file_.empty()) std::filesystem::remove(file_, ignored);
}

}  // namespace culvert::node
