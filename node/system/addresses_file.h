// data_dir/run/addresses.json: where a running node listens (product.md, section 4). There exactly
// as long as the node runs, so that scripts and commands find ports that the system chose.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "crypto/base/result.h"

namespace culvert::node {

class AddressesFile {
 public:
  using Addresses = std::map<std::string, std::vector<std::string>>;  // listener -> `address:port`

  // Appears whole or not at all. permanent `run-directory` if it cannot be written.
  static Result<AddressesFile> write(const std::filesystem::path& data_dir,
                                     const Addresses& addresses);
  // Removes the file.
  ~AddressesFile();
  AddressesFile(AddressesFile&& other) noexcept : file_(std::move(other.file_)) {
    other.file_.clear();
  }
  AddressesFile& operator=(AddressesFile&&) = delete;

 private:
  explicit AddressesFile(std::filesystem::path file) : file_(std::move(file)) {}
  std::filesystem::path file_;
};

}  // namespace culvert::node
