// data_dir/run: what a running node tells commands and scripts. Nothing there may lead to a file
// elsewhere (store/folder.h): neither the directory itself, if it is a link, nor a name in it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "store/folder.h"

namespace culvert::node {

// Anybody who can read the data directory may read these files; they last as long as the node runs.
inline constexpr store::FileTraits kRunFile{store::Readers::everybody,
                                            store::Lasting::until_power_cut};
// A line for each listener has a few hundred octets.
inline constexpr std::size_t kMaxRunFileBytes = 256 * 1024;

// Created if it does not exist. Errors of store::Folder.
Result<store::Folder> run_folder(const std::filesystem::path& data_dir);

// A file of a running node; nothing if it does not exist, or is not one that a node writes.
std::optional<std::string> read_run_file(const std::filesystem::path& data_dir,
                                         const std::string& name);

}  // namespace culvert::node
