// Message bodies, each sealed under its own key. Bodies of up to kInlineBodyBytes are stored in the
// database with their message. Larger ones go to data_dir/bodies/<last two digits>/<id>, written
// and fsynced before the commit. Memory use does not depend on the size.
#pragma once

#include <memory>

#include "crypto/base/stream.h"
#include "store/messages.h"
#include "store/store.h"

namespace culvert::store {

inline constexpr std::size_t kInlineBodyBytes = 64 * 1024;

// A body that is written and awaits its commit. Copies share one file. The file is removed if the
// last copy is destroyed before a commit names the body.
class StagedBody {
 public:
  const BodyRef& ref() const { return ref_; }

 private:
  friend class BodyWriter;
  friend void keep_body(WriteTransaction& txn, const StagedBody& body);
  friend Result<std::unique_ptr<RewindableSource>> open_body(const Store& store,
                                                             const StagedBody& body);
  struct File;
  BodyRef ref_;
  Bytes inline_octets_;
  // Shared, because closures of std::function must be copyable.
  std::shared_ptr<File> file_;
};

// Takes the octets of one body. Belongs to one caller at a time; may change threads between calls.
class BodyWriter final : public Sink {
 public:
  // `store` must outlive it.
  BodyWriter(const Store& store, const MessageId& id);
  // Removes a body that was not finished.
  ~BodyWriter() override;
  // temporary `disk-full`; internal `body-file`.
  Status write(ByteView octets) override;
  std::uint64_t size_bytes() const;
  // True once the body is too large for the database. `finish` then waits for the disk and must not
  // be called in a loop thread.
  bool in_file() const;
  // Call once. The body counts only once put_message, put_staged or put_quarantine is committed
  // with it.
  Result<StagedBody> finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Puts a small body into the database, or makes the file of a large one stay. For the functions
// that put its owner; call it in the same transaction.
void keep_body(WriteTransaction& txn, const StagedBody& body);
// Removes the body. A file is removed after the commit.
void remove_body(WriteTransaction& txn, const BodyRef& body);

// Reads a body from the beginning, as often as needed. permanent `no-body` if it is gone (its
// message was dropped). Reading an altered body gives permanent `body-damaged`. `store` must
// outlive the source. An open file stays readable even if it is removed meanwhile.
Result<std::unique_ptr<RewindableSource>> open_body(const Store& store, const BodyRef& body);
// The same before the commit. `body` must exist until the source is open.
Result<std::unique_ptr<RewindableSource>> open_body(const Store& store, const StagedBody& body);

}  // namespace culvert::store
