// A directory that is held open, and small files that are read and written whole in it. Somebody
// else may have planted a link, a named pipe or a directory at any name that we use. Nothing here
// writes or reads through such a thing, and no name leads out of the directory. A file appears
// whole or not at all, even if the process is killed or the power fails. Not for streams or large
// files. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace culvert::store {

// Waits until the directory or file is on disk as it is now. Only then does a new name in a
// directory survive a power cut. 0, or the system's error.
int sync_to_disk(const std::filesystem::path& path);

// Who may read a file, from its first octet on and whatever the umask is: modes 0600, 0640, 0644.
// Only its owner may ever write it.
enum class Readers { owner, group, everybody };

// Whether a file must survive a power cut, which costs two syncs.
enum class Lasting { through_power_cut, until_power_cut };

struct FileTraits {
  Readers readers = Readers::owner;
  Lasting lasting = Lasting::through_power_cut;
};

// Errors of all calls: temporary `disk-full`; permanent `exists` (`add` only), `no-file` (`read`
// only), and `file-access` for all else. Their texts name the file, what is in its place, and what
// to do. `name` is one name, without a slash.
class Folder {
 public:
  // Links in `path` are followed: the administrator may have put the directory elsewhere.
  static Result<Folder> open(const std::filesystem::path& path);
  ~Folder();
  Folder(Folder&& other) noexcept
      : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}
  Folder& operator=(Folder&&) = delete;

  // Opens the directory `name` in this one; makes it (mode 0755) if nothing is there. Never follows
  // a link.
  Result<Folder> inner(const std::string& name) const;

  // Puts a new file in the place of whatever has the name, except a directory. The target of a
  // link, or the same file under another name, is not touched.
  Status replace(const std::string& name, ByteView content, FileTraits traits) const;
  // Makes a file if nothing has the name yet.
  Status add(const std::string& name, ByteView content, FileTraits traits) const;

  // The content of a regular file of at most `limit_bytes`. Reads nothing else, and does not wait.
  Result<std::string> read(const std::string& name, std::size_t limit_bytes) const;

  // Opens a regular file for a lock; makes it (mode 0600) if nothing is there. Writes nothing to
  // it. The caller closes the descriptor.
  Result<int> open_for_lock(const std::string& name) const;

  // Removes a file or a link; does nothing if there is none.
  void remove(const std::string& name) const;

  const std::filesystem::path& path() const { return path_; }

 private:
  enum class Taking { any_name, free_name };
  Folder(std::filesystem::path path, int fd) : path_(std::move(path)), fd_(fd) {}
  Status put(const std::string& name, ByteView content, FileTraits traits, Taking taking) const;
  int take_name(const std::string& fresh, const std::string& name, Taking taking) const;
  Error error_about(const std::string& name, std::string_view doing, int error) const;

  std::filesystem::path path_;
  int fd_;
};

}  // namespace culvert::store
