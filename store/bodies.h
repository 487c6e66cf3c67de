// Message bodies, sealed, each under a key of its own. Up to kInlineBodyBytes they go into the
// database with their message; larger ones into data_dir/bodies/<last two digits>/<id>, written and
// fsynced before the commit. Memory does not depend on the size.
#pragma once

#include <memory>

#include "crypto/base/stream.h"
#include "store/messages.h"
#include "store/store.h"

namespace culvert::store {

inline constexpr std::size_t kInlineBodyBytes = 64 * 1024;

// A body that is written and waits for its commit. Copies share one file; if the last one goes
// before a commit named the body, the file is removed.
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
  // What was not finished is removed.
  ~BodyWriter() override;
  // temporary `disk-full`; internal `body-file`.
  Status write(ByteView octets) override;
  std::uint64_t size_bytes() const;
  // True once it has outgrown the database: `finish` then waits for the disk, so not in a loop
  // thread.
  bool in_file() const;
  // Call once. The body counts only when put_message, put_staged or put_quarantine has been
  // committed with it.
  Result<StagedBody> finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Puts a small body into the database, and makes a large one stay. For the functions that put its
// owner, in the same transaction.
void keep_body(WriteTransaction& txn, const StagedBody& body);
// Removes the body, its file after the commit.
void remove_body(WriteTransaction& txn, const BodyRef& body);

// The octets of a body, from the beginning, as often as needed. permanent `no-body` if it is gone
// (its message was dropped); reading gives permanent `body-damaged` if it was altered. `store` must
// outlive it. A file stays readable while it is open, even if it is removed meanwhile.
Result<std::unique_ptr<RewindableSource>> open_body(const Store& store, const BodyRef& body);
// The same before the commit; `body` must stay until it is open.
Result<std::unique_ptr<RewindableSource>> open_body(const Store& store, const StagedBody& body);

}  // namespace culvert::store
