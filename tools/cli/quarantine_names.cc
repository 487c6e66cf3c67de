#include "tools/cli/quarantine_names.h"

#include "crypto/base/log.h"

namespace culvert::cli {

Result<store::MessageId> parse_quarantine_id(const std::string& text) {
  const auto id = store::MessageId::parse(text);
  if (id) return *id;
  return permanent_error(
      "not-found",
      "'" + printable(text, 80) + "' is no id; write one that `culvert quarantine list` shows");
}

Error not_in_quarantine(const store::MessageId& id) {
  return permanent_error("not-found", "'" + id.hex() +
                                          "' is not in quarantine (`culvert quarantine list` "
                                          "shows what is)");
}

}  // namespace culvert::cli
