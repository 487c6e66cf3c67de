#include "node/system/run_folder.h"

namespace culvert::node {

Result<store::Folder> run_folder(const std::filesystem::path& data_dir) {
  const auto data = store::Folder::open(data_dir);
  if (!data) return data.error();
  return data->inner("run");
}

std::optional<std::string> read_run_file(const std::filesystem::path& data_dir,
                                         const std::string& name) {
  std::error_code error;
  // A command that only looks creates no directory.
  if (!std::filesystem::exists(data_dir / "run", error)) return std::nullopt;
  const auto folder = run_folder(data_dir);
  if (!folder) return std::nullopt;
  auto content = folder->read(name, kMaxRunFileBytes);
  if (!content) return std::nullopt;
  return *std::move(content);
}

}  // namespace culvert::node
