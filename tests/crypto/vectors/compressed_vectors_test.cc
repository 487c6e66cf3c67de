#include <chrono>

#include "crypto/cms/compressed.h"
#include "tests/crypto/cms/support.h"
#include "tests/crypto/vectors/manifest.h"
#include "tests/crypto/vectors/reasons.h"
#include "tests/support/processor_time.h"

namespace culvert::crypto::testing {
namespace {

constexpr std::uint64_t kLimit = std::uint64_t{1} << 30;

Result<Bytes> inflated(ByteView cms, std::size_t step) {
  TricklingSource source(cms, step);
  const auto reader = CompressedDataReader::open(source, kLimit);
  if (!reader) return reader.error();
  return read_all(**reader, kLimit);
}

// The same, and once more what an entity inside holds, as a mail reader does.
Result<Bytes> inflated_through(ByteView cms, std::size_t step) {
  auto content = inflated(cms, step);
  if (!content) return content;
  constexpr std::string_view kHeaderEnd = "\r\n\r\n";
  const std::string_view text = as_text(*content);
  const std::size_t header = text.find(kHeaderEnd);
  if (!text.starts_with("Content-Type: application/pkcs7-mime") || header == text.npos) {
    return content;
  }
  return inflated(ByteView(*content).subspan(header + kHeaderEnd.size()), step);
}

TEST(CompressedVectors, GiveTheirContent) {
  CULVERT_REQUIRE_VECTORS(root);
  int read_count = 0;
  for (const auto& file : vectors_of(root, "compressed", "positive/")) {
    const std::string path = file.at("path");
    const Bytes cms = read_file(root / path);
    const auto content = inflated(cms, cms.size());
    ASSERT_TRUE(content.ok()) << path << ": " << content.error().code << content.error().detail;
    EXPECT_EQ(sha256_hex(*content), file.at("expect").at("sha256")) << path;
    const auto again = inflated(cms, 1);
    EXPECT_TRUE(again.ok() && *again == *content) << path << " octet by octet";
    ++read_count;
  }
  EXPECT_GE(read_count, 5);
}

TEST(CompressedVectors, AreRefusedWithTheirReason) {
  CULVERT_REQUIRE_VECTORS(root);
  const Reasons reasons;
  for (const auto& file : vectors_of(root, "compressed", "negative/")) {
    const std::string path = file.at("path");
    const Bytes cms = read_file(root / path);
    const ProcessorTime time;
    const auto content = inflated_through(cms, cms.size());
    EXPECT_LT(time.seconds(), 1) << path;
    ASSERT_FALSE(content.ok()) << path;
    EXPECT_EQ(content.error().code, reasons.reason_for(path).value_or("bad-compression"))
        << path << " " << content.error().detail;
    const auto again = inflated_through(cms, 1);
    EXPECT_TRUE(!again.ok() && again.error().code == content.error().code) << path;
  }
}

}  // namespace
}  // namespace culvert::crypto::testing
