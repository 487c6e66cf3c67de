#include "tools/cli/smime/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "crypto/base/log.h"
#include "crypto/base/secret_file.h"
#include "crypto/keys/random.h"
#include "crypto/keys/sealing.h"

namespace culvert::cli {
namespace {

constexpr mode_t kOwnerOnly = 0600;
constexpr std::size_t kNameOctets = 8;

bool is_standard(const std::optional<std::string>& name) { return !name || *name == "-"; }

Error file_error(std::string_view code, const std::string& what, const std::string& name) {
  return permanent_error(code, what + " '" + printable(name) + "': " + std::strerror(errno));
}

class FdSource final : public RewindableSource {
 public:
  // Owns `fd` and closes it, unless it is standard input.
  explicit FdSource(int fd) : fd_(fd), begin_(lseek(fd, 0, SEEK_CUR)) {}
  ~FdSource() override {
    if (fd_ != STDIN_FILENO) close(fd_);
  }
  FdSource(const FdSource&) = delete;
  FdSource& operator=(const FdSource&) = delete;

  bool can_rewind() const { return begin_ >= 0; }

  Result<std::size_t> read(MutableBytes into) override {
    while (true) {
      const ssize_t count = ::read(fd_, into.data(), into.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) return file_error("not-readable", "cannot read", "the input");
    }
  }
  Status rewind() override {
    if (lseek(fd_, begin_, SEEK_SET) == begin_) return done();
    return file_error("not-readable", "cannot read again", "the input");
  }

 private:
  int fd_;
  off_t begin_;
};

Status write_all(int fd, ByteView bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return file_error("not-writable", "cannot write", name);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return done();
}

class FdSink final : public Sink {
 public:
  explicit FdSink(int fd) : fd_(fd) {}
  Status write(ByteView bytes) override { return write_all(fd_, bytes, "the temporary file"); }

 private:
  int fd_;
};

Error no_temporary_folder() {
  const char* const given = std::getenv("TMPDIR");
  return permanent_error("not-writable", "the directory for temporary files, '" +
                                             printable(given == nullptr ? "/tmp" : given) +
                                             "', is not there (TMPDIR names it)");
}

// The content of a pipe, sealed in a nameless file: mail is never on disk in clear.
class SpooledInput final : public RewindableSource {
 public:
  static Result<std::unique_ptr<RewindableSource>> spool(Source& from) {
    std::error_code error;
    const std::filesystem::path folder = std::filesystem::temp_directory_path(error);
    if (error) return no_temporary_folder();
    std::string name = (folder / "culvert-XXXXXX").string();
    const int fd = mkostemp(name.data(), O_CLOEXEC);
    if (fd < 0) return file_error("not-writable", "cannot make a temporary file like", name);
    unlink(name.c_str());
    auto spooled = std::unique_ptr<SpooledInput>(new SpooledInput(fd));
    FdSink sink(fd);
    crypto::SealingSink sealing(sink, spooled->key_);
    if (const auto copied = copy_all(from, sealing); !copied) return copied.error();
    if (const Status finished = sealing.finish(); !finished) return finished.error();
    if (const Status back = spooled->rewind(); !back) return back.error();
    return std::unique_ptr<RewindableSource>(std::move(spooled));
  }

  Result<std::size_t> read(MutableBytes into) override { return opening_.read(into); }
  Status rewind() override { return opening_.rewind(); }

 private:
  explicit SpooledInput(int fd)
      : key_(crypto::SealingKey::generate()), file_(fd), opening_(file_, key_) {}
  crypto::SealingKey key_;
  FdSource file_;
  crypto::OpeningSource opening_;
};

Result<std::unique_ptr<FdSource>> open_fd(const std::optional<std::string>& name) {
  int fd = STDIN_FILENO;
  if (!is_standard(name)) {
    fd = open(name->c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return file_error("not-readable", "cannot open", *name);
  }
  return std::make_unique<FdSource>(fd);
}

// Follows links to the last name, so that the target is replaced and the link stays.
std::string end_of_links(std::string name) {
  constexpr int kMostLinks = 40;
  for (int i = 0; i < kMostLinks; ++i) {
    std::error_code error;
    const std::filesystem::path target = std::filesystem::read_symlink(name, error);
    if (error) break;
    name = (std::filesystem::path(name).parent_path() / target).string();
  }
  return name;
}

bool is_same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

// A file that is read must not be replaced, nor removed if the command fails.
Status check_no_input(const Arguments& arguments, const std::string& out) {
  struct stat written {};
  if (stat(out.c_str(), &written) != 0 || !S_ISREG(written.st_mode)) return done();
  struct stat read {};
  bool is_input = is_standard(arguments.value("--in")) && fstat(STDIN_FILENO, &read) == 0 &&
                  is_same_file(read, written);
  auto files = arguments.files_to_read();
  files.push_back(arguments.config_file.string());
  for (const std::string& file : files) {
    is_input = is_input || (stat(file.c_str(), &read) == 0 && is_same_file(read, written));
  }
  if (!is_input) return done();
  return usage_error("--out '" + printable(out, 80) + "' is a file that is read: give another");
}

}  // namespace

Result<std::unique_ptr<RewindableSource>> open_input(const std::optional<std::string>& name) {
  auto source = open_fd(name);
  if (!source) return source.error();
  if (!(*source)->can_rewind()) return SpooledInput::spool(**source);
  return std::unique_ptr<RewindableSource>(*std::move(source));
}

Result<std::unique_ptr<RewindableSource>> open_stream(const std::optional<std::string>& name) {
  auto source = open_fd(name);
  if (!source) return source.error();
  return std::unique_ptr<RewindableSource>(*std::move(source));
}

Result<SecretBytes> read_small_file(const std::string& name, std::size_t limit_bytes) {
  const auto source = open_fd(name);
  if (!source) return source.error();
  auto octets = read_secret(**source, limit_bytes);
  if (octets) return octets;
  Error error = octets.error();
  error.text = "'" + printable(name) + "': " + error.text;
  return error;
}

OutputFile::~OutputFile() {
  if (fd_ != STDOUT_FILENO) close(fd_);
}

// A nameless file disappears with the process, even if that is killed.
Result<std::unique_ptr<OutputFile>> OutputFile::create_file(const std::string& name) {
  const std::string folder = std::filesystem::path(name).parent_path().string();
  const int fd =
      open(folder.empty() ? "." : folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, kOwnerOnly);
  if (fd >= 0) {
    return std::unique_ptr<OutputFile>(new OutputFile(fd, name, Kind::nameless));
  }
  auto temporary = std::make_unique<TemporaryName>(name);
  if (temporary->descriptor() < 0) {
    return file_error("not-writable", "cannot make a file beside", name);
  }
  auto file =
      std::unique_ptr<OutputFile>(new OutputFile(temporary->descriptor(), name, Kind::temporary));
  file->temporary_ = std::move(temporary);
  return file;
}

Result<std::unique_ptr<OutputFile>> OutputFile::create(const std::optional<std::string>& name) {
  if (is_standard(name)) {
    return std::unique_ptr<OutputFile>(
        new OutputFile(STDOUT_FILENO, "standard output", Kind::in_place));
  }
  struct stat found {};
  if (stat(name->c_str(), &found) != 0 || S_ISREG(found.st_mode)) {
    return create_file(end_of_links(*name));
  }
  const int fd = open(name->c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return file_error("not-writable", "cannot open", *name);
  return std::unique_ptr<OutputFile>(new OutputFile(fd, *name, Kind::in_place));
}

Status OutputFile::write(ByteView bytes) { return write_all(fd_, bytes, name_); }

// `linkat` never replaces a file, so an older file is replaced by renaming.
Status OutputFile::take_name() {
  if (kind_ == Kind::temporary) {
    if (rename(temporary_->text().c_str(), name_.c_str()) == 0) return done();
    return file_error("not-writable", "cannot keep", name_);
  }
  const std::string self = "/proc/self/fd/" + std::to_string(fd_);
  const auto link_as = [&](const std::string& name) {
    return linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
  };
  if (link_as(name_)) return done();
  const std::string beside = name_ + "." + to_hex(crypto::random_bytes(kNameOctets));
  if (errno == EEXIST && link_as(beside)) {
    if (rename(beside.c_str(), name_.c_str()) == 0) return done();
    unlink(beside.c_str());
  }
  return file_error("not-writable", "cannot keep", name_);
}

Status OutputFile::keep() { return kind_ == Kind::in_place ? done() : take_name(); }

void OutputFile::take_older_mode() {
  struct stat older {};
  if (kind_ == Kind::in_place || stat(name_.c_str(), &older) != 0) return;
  // If this fails, the file is only more private than it has to be.
  if (fchmod(fd_, older.st_mode & 0777) != 0) return;
}

void OutputFile::remove_older() {
  if (kind_ != Kind::in_place) unlink(name_.c_str());
}

Result<Report> with_output(const Arguments& arguments, Secrecy secrecy,
                           const std::function<Result<Report>(Sink&)>& make) {
  const auto name = arguments.value("--out");
  if (!is_standard(name)) {
    if (const Status other = check_no_input(arguments, *name); !other) return other.error();
  }
  const auto output = OutputFile::create(name);
  if (!output) return output.error();
  if (secrecy == Secrecy::sealed) (*output)->take_older_mode();
  auto report = make(**output);
  const bool is_made = report && report->exit_status == kExitDone;
  const Status kept = is_made ? (*output)->keep() : done();
  const bool is_usage = !report && report.error().code == kUsageCode;
  if (!(is_made && kept) && !is_usage) (*output)->remove_older();
  if (!kept) return kept.error();
  return report;
}

}  // namespace culvert::cli
