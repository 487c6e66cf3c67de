#include "tools/cli/key_output.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "crypto/base/log.h"
#include "store/folder.h"
#include "tools/cli/standard_streams.h"

namespace culvert::cli {
namespace {

constexpr mode_t kOthers = 077;

}  // namespace

Status write_key_file(const std::string& name, std::string_view pem) {
  struct stat found {};
  if (::lstat(name.c_str(), &found) == 0 && !S_ISREG(found.st_mode)) {
    return permanent_error(
        "not-regular",
        "'" + printable(name) +
            "' is no file of its own (a link, a pipe, a device or a directory), and a "
            "private key would go to where it leads; name another file");
  }
  const std::filesystem::path file = std::filesystem::absolute(name);
  if (!file.has_filename()) {
    return permanent_error("not-regular", "'" + printable(name) + "' is a directory; name a file");
  }
  const auto folder = store::Folder::open(file.parent_path());
  if (!folder) return folder.error();
  return folder->replace(file.filename().string(), as_bytes(pem), {store::Readers::owner});
}

Status guard_standard_output() {
  if (::isatty(STDOUT_FILENO) != 0) {
    tell_people(
        "culvert: the private key is shown on this terminal and stays in its scrollback; "
        "`--out FILE` writes it to a file that only you can read\n");
    return done();
  }
  struct stat found {};
  if (::fstat(STDOUT_FILENO, &found) != 0 || !S_ISREG(found.st_mode)) return done();
  if ((found.st_mode & kOthers) == 0) return done();
  if (::fchmod(STDOUT_FILENO, found.st_mode & 07777 & ~kOthers) == 0) {
    tell_people(
        fmt::format("culvert: standard output was a file that others can read (mode {:04o}); now "
                    "only its owner "
                    "can\n",
                    found.st_mode & 07777));
    return done();
  }
  return permanent_error("key-readable",
                         "standard output is a file that others can read, and its mode cannot be "
                         "changed; use --out FILE");
}

}  // namespace culvert::cli
