// data_dir/run/addresses.json: where a running node listens. The file exists exactly as long as the
// node runs, so that scripts and commands find ports that the system chose.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "node/system/run_folder.h"

namespace culvert::node {

class AddressesFile {
 public:
  using Addresses = std::map<std::string, std::vector<std::string>>;  // listener -> `address:port`

  // Writes the whole file or nothing; an old file goes either way. Errors of store::Folder if it
  // cannot be written.
  static Result<AddressesFile> write(const std::filesystem::path& data_dir,
                                     const Addresses& addresses);
  // Removes the file.
  ~AddressesFile();
  AddressesFile(AddressesFile&& other) noexcept = default;
  AddressesFile& operator=(AddressesFile&&) = delete;

 private:
  explicit AddressesFile(store::Folder folder) : folder_(std::move(folder)) {}
  store::Folder folder_;  // the folder that the file was written to, wherever its name leads later
};

}  // namespace culvert::node
