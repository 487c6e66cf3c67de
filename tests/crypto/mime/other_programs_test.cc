// The other side is real: signed messages that `openssl cms` and Python's email package make are
// split, and what we write is verified, opened and read by them.
#include <cstdlib>
#include <fstream>

#include "crypto/cms/signed_data.h"
#include "crypto/mime/smime_entity.h"
#include "tests/crypto/mime/support.h"
#include "tests/crypto/vectors/manifest.h"
#include "tests/support/source_root.h"

namespace culvert::crypto::testing {
namespace {

bool has_program(const std::string& name) {
  return std::system((name + " > /dev/null 2>&1").c_str()) == 0;
}

class OtherPrograms : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "culvert-mime-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  void write(const std::string& name, std::string_view octets) const {
    std::ofstream out(folder / name, std::ios::binary);
    out << octets;
  }
  std::string read(const std::string& name) const { return read_text(folder / name); }
  // Runs it inside the folder; true if it ended well.
  bool run(const std::string& command) const {
    return std::system(("cd '" + folder.string() + "' && " + command + " 2>> errors").c_str()) == 0;
  }

  std::filesystem::path folder;
};

const std::vector<std::string> kEntities{
    "Content-Type: text/plain\r\n\r\nHello\r\n",
    "Content-Type: text/plain\r\n\r\n",
    "Content-Type: text/plain\r\n\r\nwithout a line end",
    "Content-Type: text/plain\r\n\r\nempty lines\r\n\r\n\r\n",
    "Content-Type: text/plain\r\n\r\n--\r\n----\r\n------\r\n-- \r\n",
    "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\na\r\n--x--\r\n",
};

std::string without_cr(std::string text) {
  std::erase(text, '\r');
  return text;
}

struct Keys {
  explicit Keys(const std::filesystem::path& root)
      : signer(" -signer '" + (root / "keys/p256.cert.pem").string() + "' -inkey '" +
               (root / "keys/p256.key.pem").string() + "'"),
        authority(" -no_check_time -CAfile '" + (root / "keys/ca.cert.pem").string() + "'"),
        recipient(" '" + (root / "keys/rsa2048.cert.pem").string() + "'"),
        opener(" -inkey '" + (root / "keys/rsa2048.key.pem").string() + "'") {}
  std::string signer;
  std::string authority;
  std::string recipient;
  std::string opener;
};

std::string verdict(const std::string& message) {
  TricklingSource source(as_bytes(message), 777);
  const auto parts = MultipartSigned::open(source);
  if (!parts) return parts.error().code;
  const auto reader = SignedDataReader::open_detached((*parts)->signature(), (*parts)->content());
  if (!reader) return reader.error().code;
  const auto result = (*reader)->finish({});
  if (!result) return result.error().code;
  return result->valid() ? "valid" : "invalid";
}

TEST_F(OtherPrograms, OpensslSignsWhatWeSplit) {
  CULVERT_REQUIRE_VECTORS(root);
  if (!has_program("openssl version")) GTEST_SKIP() << "there is no openssl program";
  const Keys keys(root);
  for (const std::string& entity : kEntities) {
    for (const std::string& text : {entity, without_cr(entity)}) {
      for (const char* how : {"", " -crlfeol", " -crlfeol -binary", " -md sha512"}) {
        write("entity", text);
        ASSERT_TRUE(run("openssl cms -sign -in entity -out signed.eml" + keys.signer + how));
        const std::string message = read("signed.eml");
        // Binary means that the digest is over LF as it stands; no mail may be signed so.
        if (std::string_view(how).ends_with("-binary") && text != entity) continue;
        EXPECT_EQ(verdict(message), "valid") << how << "\n" << text;
        EXPECT_EQ(split(message).content, entity) << how;
      }
    }
  }
}

TEST_F(OtherPrograms, OpensslVerifiesWhatWeJoin) {
  CULVERT_REQUIRE_VECTORS(root);
  if (!has_program("openssl version")) GTEST_SKIP() << "there is no openssl program";
  const Keys keys(root);
  for (const std::string& entity : kEntities) {
    write("entity", entity);
    ASSERT_TRUE(
        run("openssl cms -sign -binary -in entity -outform DER -out signature" + keys.signer));
    Bytes out;
    BytesSink sink(out);
    MultipartSignedWriter writer({make_boundary(Bytes(16, 7)), "sha-256", "Subject: x\r\n"}, sink);
    ASSERT_TRUE(writer.write_entity(as_bytes(entity)).ok());
    ASSERT_TRUE(writer.write_signature(as_bytes(read("signature"))).ok());
    ASSERT_TRUE(writer.finish().ok());
    for (const std::string& message : {to_text(out), without_cr(to_text(out))}) {
      write("ours.eml", message);
      EXPECT_TRUE(run("openssl cms -verify -in ours.eml -out verified" + keys.authority)) << entity;
      EXPECT_EQ(read("verified"), entity);
      EXPECT_EQ(verdict(message), "valid");
    }
  }
}

TEST_F(OtherPrograms, OpensslOpensWhatWeWrap) {
  CULVERT_REQUIRE_VECTORS(root);
  if (!has_program("openssl version")) GTEST_SKIP() << "there is no openssl program";
  const Keys keys(root);
  const std::string content(5000, 'x');
  write("content", content);
  ASSERT_TRUE(run("openssl cms -encrypt -aes256 -binary -in content -outform DER -out sealed" +
                  keys.recipient));
  Bytes out;
  BytesSink sink(out);
  Pkcs7MimeWriter writer(CmsKind::enveloped_data, "Subject: x\r\n", sink);
  ASSERT_TRUE(writer.write(as_bytes(read("sealed"))).ok());
  ASSERT_TRUE(writer.finish().ok());
  write("ours.eml", as_text(out));
  EXPECT_TRUE(run("openssl cms -decrypt -in ours.eml -out opened" + keys.opener));
  EXPECT_TRUE(read("opened") == content);
}

const std::string kScript =
    "python3 '" +
    (culvert::tests::source_root() / "tests/crypto/mime/python_messages.py").string() + "' ";

TEST_F(OtherPrograms, PythonMakesWhatWeSplit) {
  if (!has_program("python3 --version")) GTEST_SKIP() << "there is no python3 program";
  ASSERT_TRUE(run(kScript + "write ."));
  std::string signature;
  for (int i = 0; i < 50; ++i)
    signature += "\x30\x03\x02\x01\x05";
  int count = 0;
  for (; std::filesystem::exists(folder / (std::to_string(count) + ".eml")); ++count) {
    const std::string message = read(std::to_string(count) + ".eml");
    const std::string part = read(std::to_string(count) + ".part");
    const Split parts = split(message);
    EXPECT_EQ(parts.error, "") << message;
    EXPECT_EQ(without_cr(parts.content), without_cr(part));
    EXPECT_EQ(parts.signature, signature);
    EXPECT_EQ(parts.line_ends,
              message.find('\r') == std::string::npos ? LineEnds::converted : LineEnds::crlf);
  }
  EXPECT_GE(count, 30);
}

TEST_F(OtherPrograms, PythonReadsWhatWeJoin) {
  if (!has_program("python3 --version")) GTEST_SKIP() << "there is no python3 program";
  for (const std::string& entity : kEntities) {
    Bytes out;
    BytesSink sink(out);
    MultipartSignedWriter writer({make_boundary(Bytes(16, 7)), "sha-256"}, sink);
    ASSERT_TRUE(writer.write_entity(as_bytes(entity)).ok());
    ASSERT_TRUE(writer.write_signature(as_bytes("signature")).ok());
    ASSERT_TRUE(writer.finish().ok());
    write("ours.eml", as_text(out));
    ASSERT_TRUE(run(kScript + "read ours.eml > parts")) << read("errors");
    EXPECT_EQ(read("parts"), entity + "\n--- signature\nsignature");
  }
}

}  // namespace
}  // namespace culvert::crypto::testing
