#include "store/bodies.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "crypto/base/log.h"
#include "crypto/base/require.h"
#include "crypto/keys/sealing.h"
#include "store/body_files.h"
#include "store/folder.h"

namespace culvert::store {

namespace {

namespace fs = std::filesystem;

Error file_error(std::string_view doing, int error) {
  const std::string detail = fmt::format("{}: {}", doing, strerror(error));
  if (error == ENOSPC || error == EDQUOT) {
    return temporary_error("disk-full", "no space left for messages", detail);
  }
  return internal_error("body-file", "a message body cannot be stored or read", detail);
}

// The associated data that binds a body's key, and a small body, to the message.
Bytes associated(std::string_view what, const MessageId& id) {
  Bytes out = to_bytes(what);
  append(out, id.view());
  return out;
}

class FileSink final : public Sink {
 public:
  explicit FileSink(int fd) : fd_(fd) {}
  Status write(ByteView octets) override {
    while (!octets.empty()) {
      const ssize_t written = ::write(fd_, octets.data(), octets.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return file_error("writing a body", errno);
      octets = octets.subspan(static_cast<std::size_t>(written));
    }
    return done();
  }

 private:
  int fd_;
};

class FileSource final : public RewindableSource {
 public:
  explicit FileSource(int fd) : fd_(fd) {}
  ~FileSource() override { ::close(fd_); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  Result<std::size_t> read(MutableBytes into) override {
    ssize_t got = -1;
    do {
      got = ::pread(fd_, into.data(), into.size(), at_);
    } while (got < 0 && errno == EINTR);
    if (got < 0) return file_error("reading a body", errno);
    at_ += got;
    return static_cast<std::size_t>(got);
  }
  Status rewind() override {
    at_ = 0;
    return done();
  }

 private:
  int fd_;
  off_t at_ = 0;
};

class FileBody final : public RewindableSource {
 public:
  FileBody(int fd, const crypto::SealingKey& key) : file_(fd), opening_(file_, key) {}
  Result<std::size_t> read(MutableBytes into) override { return opening_.read(into); }
  Status rewind() override { return opening_.rewind(); }

 private:
  FileSource file_;
  crypto::OpeningSource opening_;
};

class SmallBody final : public RewindableSource {
 public:
  explicit SmallBody(SecretBytes octets) : octets_(std::move(octets)), view_(octets_.view()) {}
  Result<std::size_t> read(MutableBytes into) override { return view_.read(into); }
  Status rewind() override { return view_.rewind(); }

 private:
  SecretBytes octets_;
  ViewSource view_;
};

Error damaged_body(const Error& why) {
  return permanent_error("body-damaged", "a stored body is damaged or sealed under another key",
                         why.detail);
}

Error gone() { return permanent_error("no-body", "the message is not there any more"); }

Result<crypto::SealingKey> body_key(const Store& store, const BodyRef& body) {
  auto octets =
      crypto::open_sealed(store.bodies_key(), body.sealed_key, associated("key", body.id));
  if (!octets) return damaged_body(octets.error());
  auto key = crypto::SealingKey::from_bytes(octets->view());
  if (!key) return damaged_body(key.error());
  return key;
}

// Creates a file in `dir`, but not if somebody replaced `dir` by a link. -1 and errno if it cannot
// be made.
int create_in(const fs::path& dir, const fs::path& name) {
  const int folder = ::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) return -1;
  const int fd =
      ::openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  const int error = errno;
  ::close(folder);
  errno = error;
  return fd;
}

Result<std::unique_ptr<RewindableSource>> open_file(const Store& store, const BodyRef& body,
                                                    const crypto::SealingKey& key) {
  const fs::path path = body_path(store.data_dir() / "bodies", body.id);
  // NONBLOCK: opening a named pipe in its place would wait for a writer.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0 && errno == ENOENT) return gone();
  if (fd < 0) return file_error("opening a body", errno);
  return std::unique_ptr<RewindableSource>(new FileBody(fd, key));
}

Result<std::unique_ptr<RewindableSource>> open_small(const BodyRef& body,
                                                     const crypto::SealingKey& key,
                                                     ByteView sealed) {
  auto octets = crypto::open_sealed(key, sealed, associated("body", body.id));
  if (!octets) return damaged_body(octets.error());
  return std::unique_ptr<RewindableSource>(new SmallBody(std::move(*octets)));
}

}  // namespace

// The open file holds the lock that keeps `sweep_bodies` away from it.
struct StagedBody::File {
  ~File() {
    if (!kept) ::unlink(path.c_str());
    if (fd >= 0) ::close(fd);
  }
  fs::path path;
  int fd = -1;
  bool kept = false;
};

struct BodyWriter::Impl {
  Impl(const Store& opened, const MessageId& message) : store(opened), id(message) {}

  Status move_to_file();

  const Store& store;
  const MessageId id;
  crypto::SealingKey key = crypto::SealingKey::generate();
  std::uint64_t size_bytes = 0;
  Bytes small;
  std::shared_ptr<StagedBody::File> file;
  std::optional<FileSink> to_file;
  std::optional<crypto::SealingSink> sealing;
  Once end;
};

Status BodyWriter::Impl::move_to_file() {
  auto opened = std::make_shared<StagedBody::File>();
  opened->path = body_path(store.data_dir() / "bodies", id);
  opened->kept = true;  // not ours to remove before it is created
  const fs::path dir = opened->path.parent_path();
  if (::mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST)
    return file_error("making a folder", errno);
  opened->fd = create_in(dir, opened->path.filename());
  if (opened->fd < 0) return file_error("making a body file in " + dir.string(), errno);
  opened->kept = false;
  struct stat status {};
  // Another process's sweep may have removed the file before it was locked.
  if (::flock(opened->fd, LOCK_SH) != 0 || ::fstat(opened->fd, &status) != 0 ||
      status.st_nlink == 0) {
    return temporary_error("store-busy", "the store is busy", "a sweep took a new body file");
  }
  file = std::move(opened);
  to_file.emplace(file->fd);
  sealing.emplace(*to_file, key);
  const Status written = sealing->write(small);
  small = Bytes();
  return written;
}

BodyWriter::BodyWriter(const Store& store, const MessageId& id)
    : impl_(std::make_unique<Impl>(store, id)) {}
BodyWriter::~BodyWriter() = default;

Status BodyWriter::write(ByteView octets) {
  Impl& b = *impl_;
  b.end.check("a body that has not ended");
  b.size_bytes += octets.size();
  if (!b.sealing && b.small.size() + octets.size() > kInlineBodyBytes) {
    if (const Status moved = b.move_to_file(); !moved) return moved.error();
  }
  if (b.sealing) return b.sealing->write(octets);
  append(b.small, octets);
  return done();
}

std::uint64_t BodyWriter::size_bytes() const { return impl_->size_bytes; }
bool BodyWriter::in_file() const { return impl_->sealing.has_value(); }

Result<StagedBody> BodyWriter::finish() {
  Impl& b = *impl_;
  b.end.take("a body that has not ended");
  StagedBody staged;
  staged.ref_.id = b.id;
  staged.ref_.size_bytes = b.size_bytes;
  staged.ref_.sealed_key =
      crypto::seal(b.store.bodies_key(), b.key.view(), associated("key", b.id));
  if (!b.sealing) {
    staged.inline_octets_ = crypto::seal(b.key, b.small, associated("body", b.id));
    return staged;
  }
  if (const Status sealed = b.sealing->finish(); !sealed) return sealed.error();
  if (::fsync(b.file->fd) != 0) return file_error("syncing a body", errno);
  // The folder may be new too, so its parent is synced as well.
  const fs::path dir = b.file->path.parent_path();
  for (const fs::path& path : {dir, dir.parent_path()}) {
    if (const int error = sync_to_disk(path); error != 0) {
      return file_error("syncing a directory", error);
    }
  }
  staged.ref_.place = BodyRef::Place::file;
  staged.file_ = std::move(b.file);
  return staged;
}

void keep_body(WriteTransaction& txn, const StagedBody& body) {
  if (body.ref_.place == BodyRef::Place::database) {
    txn.put(Table::bodies, body.ref_.id.view(), body.inline_octets_);
  } else {
    // Keep the file even if the outcome of the commit is unknown: the entry that names it may be on
    // disk. If it is not, `sweep_bodies` removes the file.
    txn.unless_undone([file = body.file_] { file->kept = true; });
  }
}

void remove_body(WriteTransaction& txn, const BodyRef& body) {
  if (body.place == BodyRef::Place::database) {
    txn.erase(Table::bodies, body.id.view());
  } else {
    // Only after the commit, so that a message on disk never lacks its body. After a crash in
    // between, `sweep_bodies` removes the file.
    txn.after_commit([path = body_path(txn.bodies_dir(), body.id)] { ::unlink(path.c_str()); });
  }
}

Result<std::unique_ptr<RewindableSource>> open_body(const Store& store, const BodyRef& body) {
  const auto key = body_key(store, body);
  if (!key) return key.error();
  if (body.place == BodyRef::Place::file) return open_file(store, body, *key);
  std::optional<Result<std::unique_ptr<RewindableSource>>> opened;
  const Status read = store.read([&](const ReadTransaction& txn) {
    const auto sealed = txn.get(Table::bodies, body.id.view());
    if (sealed) opened.emplace(open_small(body, *key, *sealed));
    return done();
  });
  if (!read) return read.error();
  if (!opened) return gone();
  return *std::move(opened);
}

Result<std::unique_ptr<RewindableSource>> open_body(const Store& store, const StagedBody& body) {
  const auto key = body_key(store, body.ref_);
  if (!key) return key.error();
  if (body.ref_.place == BodyRef::Place::file) return open_file(store, body.ref_, *key);
  return open_small(body.ref_, *key, body.inline_octets_);
}

}  // namespace culvert::store
