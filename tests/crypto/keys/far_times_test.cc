// Certificates whose times are beyond what Botan takes: above all those without end (RFC 5280,
// 4.1.2.5).
#include <gmock/gmock.h>

#include "tests/crypto/keys/made_chains.h"

namespace culvert::crypto::testing {
namespace {

using ::testing::HasSubstr;

class FarTimes : public MadeChains {
 protected:
  // A root and somebody below it, both valid until 9966 or so.
  void SetUp() override {
    MadeChains::SetUp();
    if (IsSkipped()) return;
    root.emplace(made("root", "-addext keyUsage=keyCertSign"));
    leaf.emplace(made("leaf",
                      "-CA root.pem -CAkey root.key -addext basicConstraints=critical,CA:false"
                      " -addext subjectAltName=email:far@a.example"));
  }
  Certificate made(const std::string& name, const std::string& options) const {
    run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2900000 -subj /CN=" +
        name + " -keyout " + name + ".key -out " + name + ".pem " + options);
    return *Certificate::from_pem(as_text(folder.read(name + ".pem")));
  }
  // The leaf with another last day, of any form; its signature holds no more.
  static Bytes ending(const Certificate& one, std::string_view text) {
    Bytes der = one.der();
    const std::string year = "\x18\x0f" + std::to_string(year_of(one));
    const auto at = std::search(der.begin(), der.end(), year.begin(), year.end());
    EXPECT_NE(at, der.end());
    std::copy(text.begin(), text.end(), at + 2);
    return der;
  }
  static int year_of(const Certificate& one) {
    const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(one.not_after()));
    return static_cast<int>(day.year());
  }

  std::optional<Certificate> root;
  std::optional<Certificate> leaf;
};

TEST_F(FarTimes, AreReadAndAChainLeadsThroughThem) {
  EXPECT_GT(year_of(*leaf), 9900);
  EXPECT_EQ(leaf->addresses().size(), 1U);
  expect_trusted(*leaf, {{*root}, {}});
  EXPECT_TRUE(root->signature_verifies_under(*root));
}

// What stands for such a time while Botan reads the rest must not be what is signed.
TEST_F(FarTimes, BelongToWhatIsSigned) {
  const auto altered = Certificate::from_der(ending(*leaf, "99991231235959Z"));
  ASSERT_TRUE(altered.ok()) << altered.error().text;
  EXPECT_EQ(to_rfc3339(altered->not_after()), "9999-12-31T23:59:59Z");
  EXPECT_FALSE(altered->signature_verifies_under(*root));
  expect_untrusted(*altered, {{*root}, {}});
}

TEST_F(FarTimes, OfEveryYearAreReadIfTheyExist) {
  for (const char* text :
       {"31010101000000Z", "30991231235959Z", "40000229120000Z", "99991231235959Z",
        "20500101000000Z", "19491231235959Z", "00010101000000Z"}) {
    EXPECT_TRUE(Certificate::from_der(ending(*leaf, text)).ok()) << text;
  }
  for (const char* text : {"99991331235959Z", "99990229000000Z", "99991231240000Z",
                           "99991231235959+", "9999123123595 Z"}) {
    const auto read = Certificate::from_der(ending(*leaf, text));
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_THAT(read.error().text, HasSubstr("its times cannot be read")) << text;
  }
}

TEST_F(FarTimes, EndWhenTheySay) {
  const auto ended = Certificate::from_der(ending(*leaf, "19491231235959Z"));
  EXPECT_FALSE(ended->valid_at(from_unix(0)));
  EXPECT_EQ(verdict(*ended, {{*ended}, {}}), "certificate-expired");
}

}  // namespace
}  // namespace culvert::crypto::testing
