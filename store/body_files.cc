#include "store/body_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/base/log.h"

namespace culvert::store {

namespace fs = std::filesystem;

fs::path body_path(const fs::path& bodies_dir, const MessageId& id) {
  const std::string name = id.hex();
  return bodies_dir / name.substr(name.size() - 2) / name;
}

namespace {

Result<bool> has_owner(const Store& store, const MessageId& id) {
  bool owned = false;
  const Status read = store.read([&](const ReadTransaction& txn) {
    owned = txn.has(Table::messages, id.view()) || txn.has(Table::quarantine, id.view());
    return done();
  });
  if (!read) return read.error();
  return owned;
}

// True if it was removed.
Result<bool> remove_if_unowned(const Store& store, const fs::path& file, const MessageId& id) {
  // NONBLOCK: opening a named pipe would wait for a writer, and the node would never listen.
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return false;
  struct stat found {};
  if (::fstat(fd, &found) != 0 || !S_ISREG(found.st_mode)) {
    ::close(fd);
    return false;
  }
  // Lock first, then look for an owner: a file that is committed in between has one by then.
  bool removed = false;
  Result<bool> owned = true;
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) {
    owned = has_owner(store, id);
    if (owned && !*owned) removed = ::unlink(file.c_str()) == 0;
  }
  ::close(fd);
  if (!owned) return owned;
  return removed;
}

}  // namespace

Result<std::size_t> sweep_body_files(const Store& store) {
  std::size_t removed = 0;
  std::error_code failed;
  const fs::path dir = store.data_dir() / "bodies";
  for (fs::recursive_directory_iterator at(dir, failed), end; !failed && at != end;
       at.increment(failed)) {
    const auto id = MessageId::parse(at->path().filename().string());
    if (!id) continue;
    auto gone = remove_if_unowned(store, at->path(), *id);
    if (!gone) return gone.error();
    if (*gone) ++removed;
  }
  if (failed) log_warning("store: '{}' cannot be swept: {}", dir.string(), failed.message());
  if (removed > 0) log_info("store: removed {} bodies that were never committed", removed);
  return removed;
}

bool has_body_files(const fs::path& bodies_dir) {
  std::error_code failed;
  for (fs::recursive_directory_iterator at(bodies_dir, failed), end; !failed && at != end;
       at.increment(failed)) {
    if (!at->is_directory(failed)) return true;
  }
  return static_cast<bool>(failed);  // unknown counts as not empty
}

}  // namespace culvert::store
