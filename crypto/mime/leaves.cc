#include "crypto/mime/leaves.h"

#include <algorithm>

#include "crypto/base/limits.h"
#include "crypto/mime/delimiter_scanner.h"
#include "crypto/mime/entity_front.h"

namespace culvert::crypto {
namespace {

constexpr std::uint64_t kUnknownEnd = std::numeric_limits<std::uint64_t>::max();

struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = kUnknownEnd;
};

// The boundary lines of one multipart, as far as they were looked for.
struct Lines {
  std::vector<BoundaryLine> all;
  bool is_cut = false;  // there are more
};

class LeafWalk {
 public:
  explicit LeafWalk(SharedInput& input) : input_(input) {}

  Status walk(Range entity, std::size_t level);
  MessageLeaves take() { return std::move(out_); }

 private:
  Status walk_parts(Range body, const std::string& boundary, std::size_t level);
  Result<Lines> lines_in(Range body, const std::string& boundary);
  Status note_text(Range range);
  void add_leaf(std::optional<EntityKind> kind, Range body);

  SharedInput& input_;
  MessageLeaves out_;
  std::size_t parts_ = 0;
};

// The boundary, if the entity is a multipart that programs split.
std::optional<std::string> boundary_in(const std::optional<EntityKind>& kind) {
  if (!kind || !kind->type.media_type.starts_with("multipart/")) return std::nullopt;
  const auto boundary = boundary_of(kind->type);
  return boundary ? std::optional(*boundary) : std::nullopt;
}

bool is_blank(ByteView octets) {
  return std::all_of(octets.begin(), octets.end(), [](std::uint8_t octet) {
    return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n';
  });
}

Status LeafWalk::walk(Range entity, std::size_t level) {
  PartSource source(input_, entity.begin, entity.end);
  auto front = read_entity_front(source);
  if (!front && front.error().fault != Fault::permanent) return front.error();
  if (!front) {
    add_leaf(std::nullopt, entity);
    return done();
  }
  auto kind = entity_kind(front->header);
  const Range body{entity.begin + front->size, entity.end};
  if (const auto boundary = boundary_in(kind)) return walk_parts(body, *boundary, level);
  add_leaf(std::move(kind), body);
  return done();
}

void LeafWalk::add_leaf(std::optional<EntityKind> kind, Range body) {
  out_.leaves.push_back({std::move(kind), body.begin, body.end});
}

Result<Lines> LeafWalk::lines_in(Range body, const std::string& boundary) {
  Lines lines;
  bool passed_end = false;
  const auto drop_foreign = [&](std::vector<BoundaryLine>& so_far) {
    const auto outside = [&](const BoundaryLine& line) { return line.begin >= body.end; };
    passed_end = std::erase_if(so_far, outside) > 0 || passed_end;
    const auto closing = std::find_if(so_far.begin(), so_far.end(), [](const BoundaryLine& line) {
      return line.kind == BoundaryLine::Kind::closing;
    });
    if (closing != so_far.end()) so_far.erase(closing + 1, so_far.end());
    lines.is_cut = so_far.size() > kMaxParts + 1;
    if (lines.is_cut) so_far.resize(kMaxParts + 1);
    return closing != so_far.end() || lines.is_cut || passed_end;
  };
  PartSource part(input_, body.begin, body.end);
  SharedInput within(part);
  auto found =
      find_boundary_lines(within, 0, boundary, [&](auto& so_far) { return drop_foreign(so_far); });
  if (!found) return found.error();
  drop_foreign(*found);
  lines.all = *std::move(found);
  for (BoundaryLine& line : lines.all) {
    line.begin += body.begin;
    line.end += body.begin;
  }
  return lines;
}

// Some programs show text before the first part and after the last.
Status LeafWalk::note_text(Range range) {
  PartSource text(input_, range.begin, range.end);
  Bytes chunk(kMessageBufferBytes);
  while (!out_.has_more) {
    const auto count = text.read(chunk);
    if (!count) return count.error();
    if (*count == 0) return done();
    out_.has_more = !is_blank(ByteView(chunk).first(*count));
  }
  return done();
}

Status LeafWalk::walk_parts(Range body, const std::string& boundary, std::size_t level) {
  if (level == kMaxLeafLevels) {
    out_.has_more = true;
    return done();
  }
  const auto lines = lines_in(body, boundary);
  if (!lines) return lines.error();
  out_.has_more = out_.has_more || lines->is_cut;
  const std::vector<BoundaryLine>& all = lines->all;
  if (all.empty()) return note_text(body);
  if (const Status s = note_text({body.begin, all.front().begin}); !s) return s.error();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].kind == BoundaryLine::Kind::closing) return note_text({all[i].end, body.end});
    if (++parts_ > kMaxParts) {
      out_.has_more = true;
      return done();
    }
    const std::uint64_t end = i + 1 < all.size() ? all[i + 1].begin : body.end;
    if (const Status s = walk({all[i].end, std::max(end, all[i].end)}, level + 1); !s)
      return s.error();
  }
  return done();
}

}  // namespace

Result<MessageLeaves> leaves_of(SharedInput& input) {
  LeafWalk walk(input);
  if (const Status walked = walk.walk({}, 0); !walked) return walked.error();
  return walk.take();
}

}  // namespace culvert::crypto
