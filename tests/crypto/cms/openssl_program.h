// Runs the program `openssl` in a folder of its own, for tests that ask it what it thinks.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "crypto/base/bytes.h"

namespace culvert::crypto::testing {

class OpenSslProgram {
 public:
  OpenSslProgram() {
    std::string name = (std::filesystem::temp_directory_path() / "culvert-ossl-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  ~OpenSslProgram() { std::filesystem::remove_all(folder_); }
  OpenSslProgram(const OpenSslProgram&) = delete;
  OpenSslProgram& operator=(const OpenSslProgram&) = delete;

  static bool is_there() { return std::system("openssl version > /dev/null 2>&1") == 0; }

  const std::filesystem::path& folder() const { return folder_; }

  // Runs `openssl …` inside the folder; true if it ended well. What it prints is in `output`.
  bool run(const std::string& arguments) const {
    const std::string command =
        "cd '" + folder_.string() + "' && openssl " + arguments + " > output 2> errors";
    const bool good = std::system(command.c_str()) == 0;
    if (!good) std::fputs(to_text(read("errors")).c_str(), stderr);
    return good;
  }

  void write(const std::string& name, ByteView octets) const {
    std::ofstream out(folder_ / name, std::ios::binary);
    out << as_text(octets);
  }
  Bytes read(const std::string& name) const {
    std::ifstream in(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

 private:
  std::filesystem::path folder_;
};

// A test with such a program; skipped where there is none.
class OpenSslTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!OpenSslProgram::is_there()) GTEST_SKIP() << "there is no openssl program";
  }
  bool openssl(const std::string& arguments) const { return program.run(arguments); }
  void write(const std::string& name, ByteView octets) const { program.write(name, octets); }
  Bytes read(const std::string& name) const { return program.read(name); }

  OpenSslProgram program;
};

}  // namespace culvert::crypto::testing
