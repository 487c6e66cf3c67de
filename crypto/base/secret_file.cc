#include "crypto/base/secret_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "crypto/base/log.h"

namespace culvert {
namespace {

// Has no buffer of its own, which nobody would wipe.
class File final : public Source {
 public:
  explicit File(const std::string& name) : fd_(::open(name.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() override {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  Result<std::size_t> read(MutableBytes into) override {
    ssize_t got = -1;
    do {
      got = ::read(fd_, into.data(), into.size());
    } while (got < 0 && errno == EINTR);
    if (got >= 0) return static_cast<std::size_t>(got);
    return permanent_error("not-readable", "cannot be read", std::strerror(errno));
  }

 private:
  int fd_;
};

}  // namespace

Result<SecretBytes> read_secret(Source& from, std::size_t limit_bytes) {
  SecretBytes buffer(limit_bytes + 1);
  std::size_t size = 0;
  while (size < buffer.size()) {
    const auto got = from.read(buffer.writable().subspan(size));
    if (!got) return got.error();
    if (*got == 0) return SecretBytes(buffer.view().first(size));
    size += *got;
  }
  return permanent_error("too-large", "is longer than " + std::to_string(limit_bytes) + " octets");
}

Result<SecretBytes> read_secret_file(const std::string& name, std::size_t limit_bytes) {
  File file(name);
  return read_secret(file, limit_bytes);
}

}  // namespace culvert
