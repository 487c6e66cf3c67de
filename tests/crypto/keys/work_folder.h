// A place for files of other programs, and a way to run them.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/crypto/vectors/manifest.h"

namespace culvert::crypto::testing {

inline bool is_there(const std::string& program) {
  return std::system(("command -v " + program + " > /dev/null 2>&1").c_str()) == 0;
}

// A folder for files of other programs, gone at the end.
class WorkFolder {
 public:
  WorkFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "culvert-keys-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    folder_ = name;
  }
  // An agent of GnuPG that was told to end removes its sockets meanwhile: what is gone already is
  // no error.
  ~WorkFolder() {
    std::error_code gone;
    for (int tries = 0; tries < 10; ++tries) {
      std::filesystem::remove_all(folder_, gone);
      if (!gone) return;
    }
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;

  void write(const std::string& name, ByteView octets) const {
    std::ofstream(folder_ / name, std::ios::binary) << as_text(octets);
  }
  Bytes read(const std::string& name) const { return read_file(folder_ / name); }
  // Runs a command inside the folder; true if it ended well. What it says is in the file `said`.
  bool run(const std::string& command) const {
    const std::string line = "cd '" + folder_.string() + "' && (" + command + ") > said 2>&1";
    return std::system(line.c_str()) == 0;
  }
  std::string said() const { return to_text(read("said")); }
  std::string path() const { return folder_.string(); }

 private:
  std::filesystem::path folder_;
};

}  // namespace culvert::crypto::testing
