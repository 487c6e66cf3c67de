// Unverified hop: what a server must prove before it hears a word, with certificates by openssl.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <botan/hash.h>
#include <botan/x509cert.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "node/net/authorities.h"
#include "node/net/tls_context.h"
#include "tests/node/net/loop_support.h"
#include "tests/support/source_root.h"

namespace culvert::node {
namespace {

namespace fs = std::filesystem;
using test::run_until;
using test::Wire;
using testing::HasSubstr;
using By = ServerProof::By;

const std::string kHost = "mail.a.example";

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

CertificatePin digest(const std::vector<std::uint8_t>& octets) {
  const auto hash = Botan::HashFunction::create_or_throw("SHA-256")->process(octets);
  CertificatePin pin;
  std::copy(hash.begin(), hash.end(), pin.begin());
  return pin;
}

// What became of one connection over which a client would have said "canary".
struct Outcome {
  std::string heard;   // by the server
  std::string reason;  // why the client closed; empty if it did not
  bool resumed = false;
};

class UnverifiedHop : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = fs::temp_directory_path() / ("culvert-proof-" + std::to_string(::getpid()));
    const std::string command =
        "python3 '" + (tests::source_root() / "tests/support/harness/certificates.py").string() +
        "' '" + folder_.string() + "'";
    ASSERT_EQ(std::system(command.c_str()), 0);
  }
  static void TearDownTestSuite() { fs::remove_all(folder_); }

  static fs::path file(const std::string& name) { return folder_ / (name + ".pem"); }
  static Botan::X509_Certificate certificate(const std::string& name) {
    return Botan::X509_Certificate(file(name).string());
  }
  static std::unique_ptr<TlsServerContext> server(const std::string& name) {
    const std::string key = text_of(folder_ / (name + ".key"));
    return *TlsServerContext::make(text_of(file(name)), SecretBytes(as_bytes(key)));
  }
  static ServerProof by_pin(const CertificatePin& pin) { return {By::pins, {pin}}; }

  Outcome talk(TlsServerContext& server, TlsClientContext& client, const std::string& host,
               const ServerProof& proof) {
    Wire wire(loop_);
    wire.right->start_tls(server);
    wire.left->start_tls(client, host, proof);
    wire.left->send("canary");
    wire.right_says.when_octets = [&](ByteView) { wire.right->send("answer"); };
    EXPECT_TRUE(run_until(loop_, [&] {
      return (wire.left_says.closed && wire.right_says.closed) ||
             wire.left_says.received == "answer";
    }));
    return {wire.right_says.received, wire.left_says.closed ? wire.left_says.closed->text : "",
            wire.left_says.tls && wire.left_says.tls->resumed};
  }
  Outcome try_with(const std::string& name, const ServerProof& proof,
                   const std::string& host = kHost) {
    return talk(*server(name), *client_, host, proof);
  }

  static inline fs::path folder_;
  EventLoop loop_;
  std::unique_ptr<TlsClientContext> client_ = TlsClientContext::verifying(file("root"));
};

TEST_F(UnverifiedHop, HearsNothingUnlessAnAuthorityAndTheNameStandBehindIt) {
  struct Wrong {
    const char* name;
    const char* reason;
  };
  for (const Wrong& wrong :
       std::initializer_list<Wrong>{{"other-name", "is for mail.b.example"},
                                    {"parent-name", "is for a.example"},
                                    {"child-name", "is for x.mail.a.example"},
                                    {"part-wildcard", "is for m*.a.example"},
                                    {"deep-wildcard", "is for *.example"},
                                    {"inner-wildcard", "is for mail.*.example"},
                                    {"bare-wildcard", "is for *;"},
                                    {"nul-name", ""},
                                    {"name-in-subject", "is for no host"},
                                    {"mail-address", "is for no host"},
                                    {"uri", "is for no host"},
                                    {"address-as-name", "is for 127.0.0.1"},
                                    {"expired", "out of date"},
                                    {"not-yet", "out of date"},
                                    {"expired-middle", "out of date"},
                                    {"self-signed", "signed by nobody but itself"},
                                    {"unknown-root", "no authority in"},
                                    {"unknown-root-sent", ""},
                                    {"no-middle", "certificates in between"},
                                    {"for-clients", ""},
                                    {"by-a-server", ""},
                                    {"by-a-mail-authority", "may not sign for servers"},
                                    {"by-a-client-authority", "may not sign for servers"},
                                    {"below-a-mail-authority", "may not sign for servers"},
                                    {"sha1", ""}}) {
    const Outcome outcome = try_with(wrong.name, {By::authorities});
    EXPECT_EQ(outcome.heard, "") << wrong.name;
    EXPECT_THAT(outcome.reason, HasSubstr(wrong.reason)) << wrong.name;
    EXPECT_FALSE(outcome.reason.empty()) << wrong.name;
  }
}

TEST_F(UnverifiedHop, TheReasonNamesTheHost) {
  EXPECT_THAT(try_with("expired", {By::authorities}).reason,
              HasSubstr("not verified as mail.a.example"));
}

TEST_F(UnverifiedHop, IsNotAServerThatIsRight) {
  for (const char* name :
       {"good", "direct", "upper-case", "wildcard", "by-a-server-authority", "by-any-authority"}) {
    const Outcome outcome = try_with(name, {By::authorities});
    EXPECT_EQ(outcome.heard, "canary") << name << ": " << outcome.reason;
  }
  for (const char* host : {"127.0.0.1", "::1"}) {
    const Outcome outcome = try_with("address", {By::authorities}, host);
    EXPECT_EQ(outcome.heard, "canary") << host << ": " << outcome.reason;
  }
}

TEST_F(UnverifiedHop, AnAddressIsNoNameAndANameNoAddress) {
  EXPECT_EQ(try_with("address-as-name", {By::authorities}, "127.0.0.1").heard, "");
  EXPECT_EQ(try_with("other-address", {By::authorities}, "127.0.0.1").heard, "");
  EXPECT_EQ(try_with("address", {By::authorities}, "127.0.0.2").heard, "");
  EXPECT_EQ(try_with("address", {By::authorities}, "::2").heard, "");
  EXPECT_EQ(try_with("bare-wildcard", {By::authorities}, "127.0.0.1").heard, "");
  EXPECT_EQ(try_with("wildcard", {By::authorities}, "a.example").heard, "");
  EXPECT_EQ(try_with("wildcard", {By::authorities}, "x.mail.a.example").heard, "");
  EXPECT_EQ(try_with("good", {By::authorities}, "").heard, "");
}

TEST_F(UnverifiedHop, APinIsOfTheServersOwnCertificateOrKeyAndAloneDecides) {
  for (const char* name : {"self-signed", "other-name", "expired", "good"}) {
    const auto own = certificate(name);
    EXPECT_EQ(try_with(name, by_pin(digest(own.BER_encode()))).heard, "canary") << name;
    EXPECT_EQ(try_with(name, by_pin(digest(own.subject_public_key_info()))).heard, "canary")
        << name;
    ServerProof two = by_pin(digest(certificate("root").BER_encode()));
    two.pins.push_back(digest(own.subject_public_key_info()));
    EXPECT_EQ(try_with(name, two).heard, "canary") << name;
  }
}

TEST_F(UnverifiedHop, APinOfAnIssuerIsNoPinOfTheServer) {
  for (const char* issuer : {"middle", "root", "direct"}) {
    const auto pinned = certificate(issuer);
    for (const auto& pin :
         {digest(pinned.BER_encode()), digest(pinned.subject_public_key_info())}) {
      const Outcome outcome = try_with("good", by_pin(pin));
      EXPECT_EQ(outcome.heard, "") << issuer;
      EXPECT_THAT(outcome.reason, HasSubstr("none of the pins")) << issuer;
    }
  }
  EXPECT_EQ(try_with("good", {By::pins, {}}).heard, "") << "no pin at all";
}

// A session that is resumed comes without a certificate: with a server that was right an hour ago.
TEST_F(UnverifiedHop, IsNotForgottenInAResumedSession) {
  const auto right = server("direct");
  for (int i = 0; i < 3; ++i) {
    const Outcome outcome = talk(*right, *client_, kHost, {By::authorities});
    EXPECT_EQ(outcome.heard, "canary") << outcome.reason;
    EXPECT_FALSE(outcome.resumed);
  }
  const auto pin = by_pin(digest(certificate("good").BER_encode()));
  EXPECT_EQ(talk(*right, *client_, kHost, pin).heard, "") << "another demand, the same server";
}

TEST_F(UnverifiedHop, HearsNothingWhereNobodySaidWhatToProve) {
  EXPECT_EQ(try_with("good", {}).heard, "");
}

// The list is read when it is needed, and again when that is asked for.
TEST_F(UnverifiedHop, FollowsTheListOfAuthorities) {
  const fs::path list = folder_ / "list.pem";
  const auto client = TlsClientContext::verifying(list);
  const auto right = server("direct");
  const auto heard = [&] { return talk(*right, *client, kHost, {By::authorities}); };
  EXPECT_THAT(heard().reason, HasSubstr("no list of authorities at " + list.string()));
  std::ofstream(list) << "no certificate";
  EXPECT_THAT(heard().reason, HasSubstr("no list of authorities"));
  std::ofstream(list) << "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
                      << text_of(file("other-root")) << text_of(file("root"));
  EXPECT_EQ(heard().heard, "canary") << "one that cannot be read is left out";
  std::ofstream(list) << text_of(file("other-root"));
  EXPECT_EQ(heard().heard, "canary") << "nobody said that it changed";
  client->read_authorities_anew();
  EXPECT_THAT(heard().reason, HasSubstr("no authority in"));
}

}  // namespace
}  // namespace culvert::node
