// Chains that the program `openssl` makes, and what it thinks of them.
#pragma once

#include <gtest/gtest.h>

#include <ctime>
#include <string>
#include <vector>

#include "crypto/keys/chain.h"
#include "tests/crypto/keys/work_folder.h"

namespace culvert::crypto::testing {

inline const std::string kCaExtensions =
    "basicConstraints=critical,CA:true\nkeyUsage=keyCertSign\n";
inline const std::string kMailExtensions =
    "basicConstraints=CA:false\nkeyUsage=digitalSignature\nextendedKeyUsage=emailProtection\n";

struct MadeCertificate {
  std::string name;     // of its files
  std::string subject;  // as `-subj` takes it
  std::string issuer;   // the name of another; its own for a self-signed one
  std::string extensions = kCaExtensions;
  std::string key{};  // whose key it has; a new one if empty
  std::string algorithm = "EC -pkeyopt ec_paramgen_curve:P-256";
};

class MadeChains : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!is_there("openssl")) GTEST_SKIP() << "there is no openssl program";
  }

  Certificate make(const MadeCertificate& wanted) const {
    const std::string key = wanted.key.empty() ? wanted.name : wanted.key;
    if (wanted.key.empty()) run("genpkey -out " + key + ".key -algorithm " + wanted.algorithm);
    folder.write("extensions", as_bytes(wanted.extensions));
    run("req -new -sha256 -utf8 -key " + key + ".key -subj '" + wanted.subject + "' -out request");
    const std::string issuer =
        wanted.issuer == wanted.name
            ? " -signkey " + key + ".key"
            : " -CA " + wanted.issuer + ".pem -CAkey " + wanted.issuer + ".key -CAcreateserial";
    run("x509 -req -sha256 -in request -days 99 -extfile extensions -out " + wanted.name + ".pem" +
        issuer);
    if (!wanted.key.empty()) run("pkey -in " + key + ".key -out " + wanted.name + ".key");
    return *Certificate::from_pem(as_text(folder.read(wanted.name + ".pem")));
  }
  Certificate make_root(const std::string& name) const {
    return make({.name = name, .subject = "/CN=root", .issuer = name});
  }
  void run(const std::string& arguments) const {
    EXPECT_TRUE(folder.run("openssl " + arguments)) << arguments << "\n" << folder.said();
  }

  // What we think, `trusted` or the code of the error.
  static std::string verdict(const Certificate& leaf, const ChainMaterial& material) {
    ChainEffort effort;
    const Status status = check_chain(leaf, material, from_unix(std::time(nullptr)), effort);
    return status ? "trusted" : status.error().code;
  }
  // What openssl thinks, if all that is asked for is there to believe.
  bool openssl_trusts(const Certificate& leaf, const ChainMaterial& material) const {
    folder.write("leaf", as_bytes(leaf.pem()));
    write_all("anchors", material.anchors);
    write_all("others", material.intermediates);
    const std::string others = material.intermediates.empty() ? "" : "-untrusted others ";
    return folder.run("openssl verify " + openssl_checks + " -CAfile anchors " + others + "leaf");
  }
  // Both agree.
  void expect_trusted(const Certificate& leaf, const ChainMaterial& material) const {
    EXPECT_EQ(verdict(leaf, material), "trusted");
    EXPECT_TRUE(openssl_trusts(leaf, material)) << folder.said();
  }
  void expect_untrusted(const Certificate& leaf, const ChainMaterial& material) const {
    EXPECT_EQ(verdict(leaf, material), "untrusted");
    EXPECT_FALSE(openssl_trusts(leaf, material)) << folder.said();
  }

  WorkFolder folder;
  std::string openssl_checks = "-purpose smimesign";

 private:
  void write_all(const std::string& name, const std::vector<Certificate>& all) const {
    std::string text;
    for (const Certificate& one : all)
      text += one.pem();
    folder.write(name, as_bytes(text));
  }
};

}  // namespace culvert::crypto::testing
