#include "store/presence.h"

#include <fmt/format.h>

#include "store/body_files.h"

namespace culvert::store {

namespace fs = std::filesystem;

Status check_store_is_there(const fs::path& data_dir) {
  std::error_code error;
  if (fs::exists(data_dir / "store" / "data.mdb", error) || error) return done();
  return store_is_missing(data_dir);
}

Error store_is_missing(const fs::path& data_dir) {
  // A new store would sweep these bodies away.
  std::error_code none;
  const fs::path bodies = data_dir / "bodies";
  if (fs::exists(bodies, none) && has_body_files(bodies)) {
    return permanent_error(
        "store-altered",
        fmt::format("'{}' is missing, but bodies of its mail exist; remove nothing, do not "
                    "create a new store, and restore the data directory from a trusted copy",
                    (data_dir / "store" / "data.mdb").string()));
  }
  return permanent_error(
      "no-store",
      fmt::format("there is no store in '{}'. If this node has run before, check that the disk is "
                  "mounted, or put the data directory back from a copy. Only if every copy is "
                  "lost: `culvert init --new-store` makes a new one, which knows no partners until "
                  "they pair again",
                  data_dir.string()));
}

}  // namespace culvert::store
