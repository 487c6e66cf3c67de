// Every bomb is refused for its reason, or read, within a second of processor time and 64 MiB.
#include <gtest/gtest.h>

#include "crypto/cms/certs_only.h"
#include "crypto/cms/compressed.h"
#include "crypto/keys/files/key_file.h"
#include "crypto/smime/opened.h"
#include "tests/crypto/bombs/cost.h"
#include "tests/crypto/bombs/recipes.h"
#include "tests/crypto/cms/support.h"
#include "tests/crypto/keys/work_folder.h"

namespace culvert::crypto::testing {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsMeasured = false;  // both are several times as much
#else
constexpr bool kIsMeasured = true;
#endif
constexpr double kMostSeconds = 1;
constexpr long kMostKib = 64 * 1024;

// To its end, keeping nothing.
std::string drained(Source& source) {
  Bytes into(10'000);
  while (true) {
    const auto count = source.read(into);
    if (!count) return count.error().code;
    if (*count == 0) return "read";
  }
}

void fill(MemoryKeyRing& ring) {
  const SharedKey shared = bomb_key();
  ring.add_shared_key(shared.identifier, shared.key->clone());
  ring.set_password(SecretBytes(as_bytes(kBombPassword)));
}

std::string read_sealed(ByteView octets) {
  MemoryKeyRing ring;
  fill(ring);
  ViewSource source(octets);
  const auto reader = EnvelopedReader::open(source, ring);
  return reader ? drained(**reader) : reader.error().code;
}

std::string read_signed(ByteView octets) {
  ViewSource source(octets);
  const auto reader = SignedDataReader::open(source);
  if (!reader) return reader.error().code;
  const std::string read = drained(**reader);
  if (read != "read") return read;
  const auto result = (*reader)->finish({});
  if (!result) return result.error().code;
  for (const SignerResult& signer : result->signers) {
    if (signer.refusal) return signer.refusal->code;
    if (!signer.certificate) return "signer-unknown";
  }
  return "read";
}

std::string read_compressed(ByteView octets) {
  ViewSource source(octets);
  const auto reader = CompressedDataReader::open(source, kBombLimitBytes);
  return reader ? drained(**reader) : reader.error().code;
}

std::string read_layers(ByteView octets) {
  MemoryKeyRing ring;
  fill(ring);
  const Trust trust{{}, kNow};
  ViewSource source(octets);
  const auto opened = OpenedMessage::open(source, {ring, trust, {}, kBombLimitBytes});
  return opened ? drained((*opened)->content()) : opened.error().code;
}

std::string read_with(BombReader reader, ByteView octets) {
  ViewSource source(octets);
  switch (reader) {
    case BombReader::sealed:
      return read_sealed(octets);
    case BombReader::signed_data:
      return read_signed(octets);
    case BombReader::compressed:
      return read_compressed(octets);
    case BombReader::layers:
      return read_layers(octets);
    case BombReader::certs_only: {
      const auto read = read_certs_only(source);
      return read ? "read" : read.error().code;
    }
    case BombReader::key_file: {
      const auto read = read_key_file(octets, kBombPassword);
      return read ? "read" : read.error().code;
    }
  }
  return {};
}

class Bombs : public ::testing::TestWithParam<Bomb> {};

TEST_P(Bombs, CostLittle) {
  const Bomb& bomb = GetParam();
  const Bytes octets = bomb.make();
  const Cost cost = cost_of([&] { return read_with(bomb.reader, octets); });
  EXPECT_EQ(cost.said, bomb.refused);
  RecordProperty("octets", std::to_string(octets.size()));
  RecordProperty("milliseconds", static_cast<int>(cost.seconds * 1000));
  RecordProperty("kib", static_cast<int>(cost.memory_kib));
  if (!kIsMeasured) return;
  EXPECT_LT(cost.seconds, kMostSeconds);
  EXPECT_LT(cost.memory_kib, kMostKib);
}

// The words of the program that reads it, without its input.
Words program_words(BombReader reader, const std::string& folder) {
  const std::string program = CULVERT_PROGRAM;
  const std::string key = std::string(kBombKeyId) + ":" + folder + "/key";
  switch (reader) {
    case BombReader::sealed:
      return {program,         "smime",           "decrypt",           "--kek", key, "--out",
              folder + "/out", "--password-file", folder + "/password"};
    case BombReader::signed_data:
      return {program, "smime", "verify"};
    case BombReader::key_file:
      return {program, "smime", "verify", "--trust", folder + "/bomb"};
    case BombReader::compressed:
    case BombReader::layers:
    case BombReader::certs_only:
      break;
  }
  return {program, "smime", "inspect", "--kek", key};
}

void expect_little(const ProgramCost& cost, long usual_kib, const char* from) {
  EXPECT_TRUE(WIFEXITED(cost.status) && WEXITSTATUS(cost.status) <= 1) << from;
  if (!kIsMeasured) return;
  EXPECT_LT(cost.seconds, kMostSeconds) << from;
  EXPECT_LT(cost.peak_kib - usual_kib, kMostKib) << from;
}

TEST_P(Bombs, CostLittleInTheProgram) {
  const Bomb& bomb = GetParam();
  const WorkFolder folder;
  folder.write("key", as_bytes(to_hex(bomb_key().key->view())));
  folder.write("password", as_bytes(kBombPassword));
  folder.write("small", as_bytes("not S/MIME"));
  folder.write("bomb", bomb.make());
  const Words words = program_words(bomb.reader, folder.path());
  const bool is_option = bomb.reader == BombReader::key_file;
  const std::string input = folder.path() + (is_option ? "/small" : "/bomb");
  // What the program itself takes; nothing is subtracted where an option names the bomb.
  const long usual = is_option ? 0 : cost_from_file(words, folder.path() + "/small").peak_kib;
  const ProgramCost by_file = cost_from_file(words, input);
  expect_little(by_file, usual, "from a file");
  expect_little(cost_from_pipe(words, input), usual, "from a pipe");
  // Nothing is written of what is refused.
  if (bomb.reader != BombReader::sealed) return;
  const bool is_read = bomb.refused == "read";
  EXPECT_EQ(std::filesystem::exists(folder.path() + "/out"), is_read);
  EXPECT_EQ(WEXITSTATUS(by_file.status), is_read ? 0 : 1);
}

const auto kNameOf = [](const auto& info) { return info.param.name; };

INSTANTIATE_TEST_SUITE_P(Sealed, Bombs, ::testing::ValuesIn(sealed_bombs()), kNameOf);
INSTANTIATE_TEST_SUITE_P(Signed, Bombs, ::testing::ValuesIn(signed_bombs()), kNameOf);
INSTANTIATE_TEST_SUITE_P(Layers, Bombs, ::testing::ValuesIn(layer_bombs()), kNameOf);
INSTANTIATE_TEST_SUITE_P(Keys, Bombs, ::testing::ValuesIn(key_bombs()), kNameOf);

// What measures can fail.
TEST(Cost, SeesTimeAndMemoryThatAreSpent) {
  const Cost nothing = cost_of([] { return std::string("done"); });
  EXPECT_EQ(nothing.said, "done");
  EXPECT_LT(nothing.memory_kib, 1024);
  const Cost large = cost_of([] {
    const Bytes octets(80 * 1024 * 1024, 1);
    std::string word = "done";
    while (std::clock() < CLOCKS_PER_SEC / 10)
      word[0] = octets[static_cast<std::size_t>(word[0])] == 1 ? 'd' : 'e';
    return word;
  });
  EXPECT_EQ(large.said, "done");
  EXPECT_GT(large.memory_kib, 79 * 1024);
  EXPECT_GT(large.seconds, 0.09);
}

}  // namespace
}  // namespace culvert::crypto::testing
