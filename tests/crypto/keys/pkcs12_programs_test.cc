// The other side is real: files of OpenSSL, NSS, GnuTLS and GnuPG are read, and ours by them. A
// program that is not installed is left out.
#include "crypto/keys/files/pem_key.h"
#include "crypto/keys/files/pkcs12.h"
#include "tests/crypto/keys/key_files.h"

namespace culvert::crypto::testing {
namespace {

class Pkcs12Programs : public ::testing::Test {
 protected:
  void SetUp() override {
    CULVERT_REQUIRE_VECTORS(root);
    if (!is_there("openssl")) GTEST_SKIP() << "there is no openssl program";
    keys = root / "keys";
    id = vector_key(root, "rsa2048").key_id();
    folder.write("key.pem", read_file(keys / "rsa2048.key.pem"));
    folder.write("cert.pem", read_file(keys / "rsa2048.cert.pem"));
    folder.write("ca.pem", read_file(keys / "ca.cert.pem"));
  }
  // What we write: the key, its certificate and the issuer's, under the password `secret`.
  void write_ours() const {
    const KeyBundle bundle{{{*private_key_from_pem(as_text(folder.read("key.pem"))),
                             {*Certificate::from_pem(as_text(folder.read("cert.pem")))},
                             "ours"}},
                           {*Certificate::from_pem(as_text(folder.read("ca.pem")))}};
    folder.write("ours.p12", *write_pkcs12(bundle, "secret"));
  }
  void expect_ours_in(const std::string& name, const std::string& password,
                      OldForms old_forms = OldForms::refuse) const {
    const auto bundle = read_pkcs12(folder.read(name), password, old_forms);
    ASSERT_TRUE(bundle) << problem(bundle);
    ASSERT_EQ(bundle->keys.size(), 1U);
    EXPECT_EQ(bundle->keys[0].key.key_id(), id);
    EXPECT_EQ(bundle->keys[0].certificates.size(), 1U);
  }
  // False if this build of OpenSSL cannot write in that way.
  bool openssl_exports(const std::string& options) const {
    return folder.run("openssl pkcs12 -export -inkey key.pem -in cert.pem -out made.p12 " +
                      options);
  }

  WorkFolder folder;
  std::filesystem::path keys;
  KeyId id;
};

TEST_F(Pkcs12Programs, OpenSslReadsWhatWeWrite) {
  write_ours();
  ASSERT_TRUE(folder.run("openssl pkcs12 -in ours.p12 -passin pass:secret -nodes -out out.pem"))
      << folder.said();
  const std::string pem = to_text(folder.read("out.pem"));
  EXPECT_EQ(private_key_from_pem(pem)->key_id(), id);
  EXPECT_EQ(Certificate::all_from_pem(pem)->size(), 2U);
  EXPECT_NE(pem.find("friendlyName: ours"), std::string::npos);
  EXPECT_FALSE(folder.run("openssl pkcs12 -in ours.p12 -passin pass:other -nodes -out out.pem"));
}

TEST_F(Pkcs12Programs, WeReadEveryFormOfOpenSsl) {
  for (const char* options :
       {"", "-name 'a name' -certfile ca.pem", "-macalg sha1", "-macalg sha384", "-macalg sha512",
        "-iter 1 -nomaciter", "-keypbe AES-128-CBC -certpbe AES-192-CBC", "-keypbe des-ede3-cbc",
        "-keypbe NONE -certpbe NONE", "-certpbe NONE",
        "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES"}) {
    SCOPED_TRACE(options);
    ASSERT_TRUE(openssl_exports(std::string(options) + " -passout pass:secret")) << folder.said();
    expect_ours_in("made.p12", "secret");
    EXPECT_EQ(read_pkcs12(folder.read("made.p12"), "other").error().code, "wrong-password");
    EXPECT_EQ(read_pkcs12(folder.read("made.p12"), {}).error().code, "password-needed");
  }
}

TEST_F(Pkcs12Programs, WeReadTheOldFormsOfOpenSsl) {
  if (!openssl_exports("-legacy -passout pass:secret")) {
    GTEST_SKIP() << "this OpenSSL has no legacy provider: " << folder.said();
  }
  expect_ours_in("made.p12", "secret");
  for (const char* scheme : {"PBE-SHA1-RC2-40", "PBE-SHA1-RC2-128", "PBE-SHA1-2DES"}) {
    SCOPED_TRACE(scheme);
    const std::string name(scheme);
    ASSERT_TRUE(
        openssl_exports("-legacy -keypbe " + name + " -certpbe " + name + " -passout pass:secret"))
        << folder.said();
    expect_ours_in("made.p12", "secret");
  }
}

TEST_F(Pkcs12Programs, WeReadOpenSslsFilesWithoutMacOnRequestOnly) {
  ASSERT_TRUE(openssl_exports("-nomac -passout pass:secret")) << folder.said();
  EXPECT_EQ(read_pkcs12(folder.read("made.p12"), "secret").error().code, "bad-key-file");
  expect_ours_in("made.p12", "secret", OldForms::read);
  const auto wrong = read_pkcs12(folder.read("made.p12"), "other", OldForms::read);
  EXPECT_EQ(wrong.error().code, "wrong-password");
  const auto none = read_pkcs12(folder.read("made.p12"), {}, OldForms::read);
  EXPECT_EQ(none.error().code, "password-needed");
}

TEST_F(Pkcs12Programs, WeReadOpenSslsFilesUnderEmptyAndForeignPasswords) {
  const std::string foreign = "gr\xc3\xbc\xc3\x9f \xe2\x82\xac";
  for (const std::string& password : {std::string(), foreign}) {
    for (const char* scheme : {"", " -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES"}) {
      ASSERT_TRUE(openssl_exports("-passout 'pass:" + password + "'" + scheme)) << folder.said();
      expect_ours_in("made.p12", password);
    }
  }
}

// Indefinite lengths and strings in pieces.
TEST_F(Pkcs12Programs, NssAndWeReadEachOther) {
  if (!is_there("pk12util")) GTEST_SKIP() << "there is no pk12util program";
  write_ours();
  ASSERT_TRUE(
      folder.run("mkdir db && certutil -N -d sql:db --empty-password && "
                 "pk12util -i ours.p12 -W secret -K '' -d sql:db"))
      << folder.said();
  ASSERT_TRUE(folder.run("certutil -L -d sql:db"));
  ASSERT_NE(folder.said().find("ours"), std::string::npos) << folder.said();
  ASSERT_TRUE(folder.run("pk12util -o nss.p12 -n ours -W other -K '' -d sql:db")) << folder.said();
  EXPECT_EQ(folder.read("nss.p12")[1], 0x80);
  expect_ours_in("nss.p12", "other");
  EXPECT_EQ(read_pkcs12(folder.read("nss.p12"), "other")->keys[0].name, "ours");
}

TEST_F(Pkcs12Programs, GnuTlsAndWeReadEachOther) {
  if (!is_there("certtool")) GTEST_SKIP() << "there is no certtool program";
  write_ours();
  ASSERT_TRUE(folder.run("certtool --p12-info --inder --infile ours.p12 --password secret"))
      << folder.said();
  EXPECT_NE(folder.said().find("BEGIN ENCRYPTED PRIVATE KEY"), std::string::npos);
  for (const char* cipher : {"aes-256", "aes-128", "3des", "3des-pkcs12"}) {
    SCOPED_TRACE(cipher);
    ASSERT_TRUE(
        folder.run("certtool --to-p12 --load-privkey key.pem --load-certificate cert.pem "
                   "--p12-name it --password other --outder --outfile tls.p12 "
                   "--pkcs-cipher " +
                   std::string(cipher)))
        << folder.said();
    expect_ours_in("tls.p12", "other");
  }
}

class GnuPg : public Pkcs12Programs {
 protected:
  void SetUp() override {
    Pkcs12Programs::SetUp();
    if (IsSkipped()) return;
    if (!is_there("gpgsm")) GTEST_SKIP() << "there is no gpgsm program";
    folder.run("mkdir -m 700 home && echo secret > password");
  }
  // Ends the agents of this home alone.
  void TearDown() override { folder.run("GNUPGHOME=home gpgconf --kill all"); }
  bool gpgsm(const std::string& arguments) const {
    return folder.run(
        "LC_ALL=C GNUPGHOME=home timeout 60 gpgsm --batch --disable-dirmngr "
        "--pinentry-mode loopback --passphrase-fd 0 " +
        arguments + " < password");
  }
  bool imports(const std::string& name) const {
    gpgsm("--import " + name);
    return folder.said().find("secret keys imported:") != std::string::npos;
  }
};

TEST_F(GnuPg, ReadsWhatWeWriteIfItReadsTheSameFormFromOpenSsl) {
  ASSERT_TRUE(openssl_exports("-passout pass:secret")) << folder.said();
  write_ours();
  const bool knows_the_form = imports("made.p12");
  EXPECT_EQ(imports("ours.p12"), knows_the_form) << folder.said();
}

TEST_F(GnuPg, ExportsWhatWeRead) {
  if (!openssl_exports("-legacy -passout pass:secret") || !imports("made.p12")) {
    GTEST_SKIP() << "gpgsm did not take the key: " << folder.said();
  }
  ASSERT_TRUE(gpgsm("--output gpg.p12 --export-secret-key-p12 rsa2048@a.example")) << folder.said();
  expect_ours_in("gpg.p12", "secret");
}

}  // namespace
}  // namespace culvert::crypto::testing
