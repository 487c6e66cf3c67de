#include "node/program_change.h"

#include "crypto/base/log.h"
#include "peering/peer_changes.h"

namespace culvert::node {

store::OwnMarks note_program(store::Store& store, const std::string& name, Time now) {
  const Status written = store.write([&](store::WriteTransaction& txn) {
    store::note_own_name(txn, name, now);
    peering::read_capabilities_of_cards(txn, now);
    return done();
  });
  if (!written) {
    log_error(
        "the start of the node could not be noted: {}; mail that people inside send on may "
        "be marked as passed on until the next start",
        written.error().text);
  }
  store::OwnMarks marks;
  const Status read = store.read([&marks](const store::ReadTransaction& txn) {
    marks = store::find_own_marks(txn);
    return done();
  });
  if (!read) log_error("the marks of this node cannot be read: {}", read.error().text);
  return marks;
}

}  // namespace culvert::node
