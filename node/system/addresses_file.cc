#include "node/system/addresses_file.h"

#include <nlohmann/json.hpp>

namespace culvert::node {
namespace {

constexpr const char* kName = "addresses.json";

}  // namespace

Result<AddressesFile> AddressesFile::write(const std::filesystem::path& data_dir,
                                           const Addresses& addresses) {
  auto folder = run_folder(data_dir);
  if (!folder) return folder.error();
  const std::string text = nlohmann::json(addresses).dump(2) + "\n";
  if (const Status put = folder->replace(kName, as_bytes(text), kRunFile); !put) {
    folder->remove(kName);  // left by a node that was killed: nobody listens there
    return put.error();
  }
  return AddressesFile(*std::move(folder));
}

AddressesFile::~AddressesFile() { folder_.remove(kName); }

}  // namespace culvert::node
