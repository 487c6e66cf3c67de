// Whole mails made by other software, opened layer by layer; and mails that must not be believed.
#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/smime/opened.h"
#include "tests/crypto/vectors/vector_keys.h"
#include "tests/support/trickling_source.h"

namespace culvert::crypto::testing {
namespace {

const Time kWhenAllAreValid = from_unix(1'806'062'400);  // 2027-03-26T12:00:00Z

class MailVectors : public ::testing::Test {
 protected:
  void SetUp() override {
    CULVERT_REQUIRE_VECTORS(found);
    root = found;
  }

  Trust trust_of(const nlohmann::json& file) const {
    Trust trust{{}, kWhenAllAreValid};
    if (file.contains("trust")) {
      const std::string anchor = file.at("trust");
      trust.trusted = *Certificate::all_from_pem(read_text(root / anchor));
    }
    return trust;
  }

  std::filesystem::path root;
};

std::string layer_word(const OpenedLayer& layer) {
  const std::string name(layer_kind_name(layer.kind));
  return name.substr(0, name.rfind("-data"));
}

// In the mails that are wrapped three times the author signs just what is encrypted, and somebody
// else the content: every signature is right, but that does not make the content the author's.
bool is_signed_by_author(const std::vector<std::string>& layers) {
  const auto count = std::count(layers.begin(), layers.end(), "signed");
  return count == 1 || (count > 1 && layers.size() != 3);
}

TEST_F(MailVectors, AreOpenedLayerByLayer) {
  for (const auto& file : vectors_of(root, "mail", "positive/")) {
    const std::string path = file.at("path");
    const Bytes mail = read_file(root / path);
    MemoryKeyRing ring;
    add_keys(root, file, ring);
    const Trust trust = trust_of(file);
    for (const std::size_t step : {std::size_t{1}, std::size_t{4096}, mail.size()}) {
      TricklingSource source(mail, step);
      const auto opened = OpenedMessage::open(source, {ring, trust});
      ASSERT_TRUE(opened.ok()) << path << ": " << opened.error().code << opened.error().detail;
      std::vector<std::string> layers;
      for (const OpenedLayer& layer : (*opened)->layers())
        layers.push_back(layer_word(layer));
      EXPECT_EQ(layers, file.at("layers").get<std::vector<std::string>>()) << path;
      EXPECT_EQ((*opened)->is_signed(), is_signed_by_author(layers)) << path;
      const auto content = read_all((*opened)->content(), 1 << 20);
      ASSERT_TRUE(content.ok()) << path;
      EXPECT_EQ(sha256_hex(*content), file.at("expect").at("sha256")) << path << " step " << step;
    }
  }
}

// `fail`: never valid, and nothing that was encrypted comes out. `policy`: perhaps right, never
// authentic.
TEST_F(MailVectors, AreRefusedOrNeverCalledAuthentic) {
  for (const auto& file : vectors_of(root, "mail", "negative/")) {
    const std::string path = file.at("path");
    const Bytes mail = read_file(root / path);
    MemoryKeyRing ring;
    add_keys(root, file, ring);
    const Trust trust = trust_of(file);
    ViewSource source(mail);
    const auto opened = OpenedMessage::open(source, {ring, trust});
    if (!opened) {
      EXPECT_FALSE(opened.error().code.empty()) << path;
      continue;
    }
    EXPECT_FALSE((*opened)->is_authentic()) << path;
    if (file.at("expect").at("outcome") == "fail") {
      EXPECT_FALSE((*opened)->is_signed()) << path;
      EXPECT_FALSE((*opened)->is_encrypted()) << path;
    }
  }
}

TEST_F(MailVectors, RestoreProtectedFieldsOfWhatWasSignedAndEncrypted) {
  for (const auto& file : vectors_of(root, "mail", "positive/")) {
    const std::string path = file.at("path");
    if (path.find("header-protection") == std::string::npos) continue;
    const Bytes mail = read_file(root / path);
    MemoryKeyRing ring;
    add_keys(root, file, ring);
    const Trust trust = trust_of(file);
    ViewSource source(mail);
    const auto opened = OpenedMessage::open(source, {ring, trust});
    ASSERT_TRUE(opened.ok());
    EXPECT_TRUE((*opened)->is_authentic());
    const OpenedHeader& header = (*opened)->protected_header();
    EXPECT_EQ(header.form, HeaderProtectionForm::rfc9788);
    EXPECT_TRUE(header.is_restored);
    EXPECT_EQ(header.header.find("Subject: [...]"), std::string::npos);
  }
}

}  // namespace
}  // namespace culvert::crypto::testing
