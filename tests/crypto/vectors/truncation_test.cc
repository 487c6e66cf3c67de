// Every CMS object of the shared vectors, cut: at each length if it is short, otherwise at each
// boundary of an element, an octet before and an octet behind it (of 100,000 pieces at some only).
// Each is refused as truncated.
#include <numeric>
#include <set>

#include "crypto/cms/certs_only.h"
#include "crypto/cms/compressed.h"
#include "tests/crypto/vectors/vector_keys.h"

namespace culvert::crypto::testing {
namespace {

constexpr std::size_t kShortBytes = 700;
constexpr std::size_t kMostCuts = 2000;
constexpr std::uint64_t kLimit = std::uint64_t{1} << 30;

// The boundaries of the elements of a BER encoding that is right.
class Boundaries {
 public:
  explicit Boundaries(ByteView all) : all_(all) { pass_element(); }

  // Shorter lengths of the whole that are at a boundary or next to one.
  std::set<std::size_t> lengths_nearby() const {
    std::set<std::size_t> lengths;
    for (const std::size_t at : found_) {
      for (const std::size_t length : {at - 1, at, at + 1}) {
        if (length < all_.size()) lengths.insert(length);
      }
    }
    return lengths;
  }

 private:
  void mark() { found_.insert(at_); }
  bool at_end_of_contents() const { return all_[at_] == 0 && all_[at_ + 1] == 0; }

  std::size_t length_octets(std::size_t count) {
    std::size_t length = 0;
    for (; count > 0; --count)
      length = length << 8 | all_[at_++];
    return length;
  }

  void pass_element() {
    mark();
    const bool constructed = (all_[at_++] & 0x20) != 0;
    const std::uint8_t first = all_[at_++];
    const std::size_t length = first < 0x80 ? first : length_octets(first & 0x7f);
    mark();
    if (first == 0x80) {
      while (!at_end_of_contents())
        pass_element();
      mark();
      at_ += 2;
    } else if (constructed) {
      for (const std::size_t end = at_ + length; at_ < end;)
        pass_element();
    } else {
      at_ += length;
    }
    mark();
  }

  ByteView all_;
  std::size_t at_ = 0;
  std::set<std::size_t> found_;
};

// All of few; of many those of the front and the end, and some between.
std::vector<std::size_t> thinned(const std::set<std::size_t>& lengths) {
  const std::size_t step = 1 + lengths.size() / kMostCuts;
  std::vector<std::size_t> out;
  std::size_t at = 0;
  for (const std::size_t length : lengths) {
    const bool is_outside = at < kMostCuts / 4 || at + kMostCuts / 4 >= lengths.size();
    if (is_outside || at % step == 0) out.push_back(length);
    ++at;
  }
  return out;
}

std::vector<std::size_t> cuts_of(ByteView whole) {
  if (whole.size() > kShortBytes) return thinned(Boundaries(whole).lengths_nearby());
  std::vector<std::size_t> all(whole.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

// Calls `read` with every cut of every file of that kind; returns how many cuts there were.
template <typename Read>
int cut_all(const std::filesystem::path& root, const std::string& kind, const Read& read) {
  int count = 0;
  for (const auto& file : vectors_of(root, kind, "positive/")) {
    const std::string path = file.at("path");
    const Bytes whole = read_file(root / path);
    const auto read_file_cut = read(file);
    for (const std::size_t length : cuts_of(whole)) {
      const std::optional<Refusal> refused = read_file_cut(ByteView(whole).first(length));
      EXPECT_EQ(refused, Refusal::truncated) << path << " cut to " << length;
      ++count;
    }
  }
  return count;
}

// No octet of plaintext comes first, with or without a tag: then the reader itself is refused.
TEST(Truncation, OfSealedMessagesIsRefusedBeforeAnythingIsReleased) {
  CULVERT_REQUIRE_VECTORS(root);
  const auto read = [&](const nlohmann::json& file) {
    const auto ring = std::make_shared<MemoryKeyRing>();
    add_key(root, file.at("open").at(0), *ring);
    return [ring](ByteView cut) {
      ViewSource source(cut);
      return refusal(EnvelopedReader::open(source, *ring));
    };
  };
  EXPECT_GE(cut_all(root, "auth-enveloped", read), 10'000);
  EXPECT_GE(cut_all(root, "enveloped", read), 10'000);
}

TEST(Truncation, OfSignedMessagesIsRefused) {
  CULVERT_REQUIRE_VECTORS(root);
  const auto read = [&](const nlohmann::json& file) {
    Bytes detached;
    const bool is_detached = file.contains("detached");
    if (is_detached) {
      detached = read_file(root / file.at("expect").at("content").get<std::string>());
    }
    return [is_detached, detached](ByteView cut) {
      if (!is_detached) return refusal(verify(cut));
      ViewSource source(cut);
      ViewSource content(detached);
      const auto reader = SignedDataReader::open_detached(source, content);
      return reader ? refusal((*reader)->finish({})) : refusal(reader);
    };
  };
  EXPECT_GE(cut_all(root, "signed", read), 10'000);
}

TEST(Truncation, OfCompressedDataIsRefusedBeforeItsEnd) {
  CULVERT_REQUIRE_VECTORS(root);
  const auto read = [](const nlohmann::json&) {
    return [](ByteView cut) {
      ViewSource source(cut);
      const auto reader = CompressedDataReader::open(source, kLimit);
      return reader ? refusal(read_all(**reader, kLimit)) : refusal(reader);
    };
  };
  EXPECT_GE(cut_all(root, "compressed", read), 100);
}

TEST(Truncation, OfCertsOnlyIsRefused) {
  CULVERT_REQUIRE_VECTORS(root);
  const auto read = [](const nlohmann::json&) {
    return [](ByteView cut) {
      ViewSource source(cut);
      return refusal(read_certs_only(source));
    };
  };
  EXPECT_GE(cut_all(root, "certs-only", read), 100);
}

}  // namespace
}  // namespace culvert::crypto::testing
