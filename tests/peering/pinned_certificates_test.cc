// Poisoned disk, once more: a peer's record that somebody changed, with certificates of his own in
// it, gives him nothing: what is used is asked anew for the pinned identity.
#include "peering/pinned_certificates.h"

#include "tests/peering/test_node.h"

namespace culvert::peering {
namespace {

class PinnedCertificatesTest : public testing::Test {
 protected:
  store::Peer record() const {
    store::Peer peer;
    peer.fingerprint = b_.fingerprint();
    peer.identity_certificate = b_.identity().certificate.der();
    peer.signing_certificates = {b_.signing().certificate.der()};
    peer.encryption_certificates = {b_.encryption().certificate.der()};
    return peer;
  }
  static std::vector<Bytes> ders(const std::vector<crypto::Certificate>& certificates) {
    std::vector<Bytes> out;
    for (const auto& certificate : certificates)
      out.push_back(certificate.der());
    return out;
  }
  TestNode b_{"gate.b.example", {"b.example"}};
  TestNode thief_{"gate.b.example", {"b.example"}};  // the same names, another identity
};

TEST_F(PinnedCertificatesTest, AreThoseThatTheIdentityIssued) {
  const auto pinned = pinned_certificates(record());
  EXPECT_EQ(ders(pinned.signing), record().signing_certificates);
  EXPECT_EQ(ders(pinned.encryption), record().encryption_certificates);
}

TEST_F(PinnedCertificatesTest, AThiefsCertificateIsNotSealedFor) {
  for (const crypto::Certificate& stolen :
       {thief_.encryption().certificate, thief_.signing().certificate,
        thief_.identity().certificate}) {
    store::Peer peer = record();
    peer.encryption_certificates = {stolen.der(), b_.encryption().certificate.der()};
    peer.signing_certificates = {stolen.der(), b_.signing().certificate.der()};
    const auto pinned = pinned_certificates(peer);
    EXPECT_EQ(ders(pinned.encryption), record().encryption_certificates);
    EXPECT_EQ(ders(pinned.signing), record().signing_certificates);
  }
}

TEST_F(PinnedCertificatesTest, AnotherIdentityBringsNothingWithIt) {
  store::Peer peer = record();
  peer.identity_certificate = thief_.identity().certificate.der();
  peer.encryption_certificates = {thief_.encryption().certificate.der()};
  peer.signing_certificates = {thief_.signing().certificate.der()};
  EXPECT_TRUE(pinned_certificates(peer).encryption.empty());
  EXPECT_TRUE(pinned_certificates(peer).signing.empty());
  ASSERT_FALSE(pinned_identity(peer).ok());
  EXPECT_EQ(pinned_identity(peer).error().code, "not-the-identity");
  peer.identity_certificate.clear();
  EXPECT_TRUE(pinned_certificates(peer).encryption.empty());
}

TEST_F(PinnedCertificatesTest, AlteredOctetsAreNoCertificate) {
  const Bytes whole = b_.encryption().certificate.der();
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    store::Peer peer = record();
    peer.encryption_certificates.front()[at] ^= 0x01;
    EXPECT_TRUE(pinned_certificates(peer).encryption.empty()) << at;
  }
}

TEST_F(PinnedCertificatesTest, AnAllowedOneCountsForSignaturesOnly) {
  store::Peer peer = record();
  peer.allowed_certificates = {thief_.signing().certificate.der()};
  EXPECT_EQ(pinned_certificates(peer).signing.size(), 2u);
  EXPECT_EQ(pinned_certificates(peer).encryption.size(), 1u);
}

TEST_F(PinnedCertificatesTest, TheCacheNoticesEveryChange) {
  PinnedCertificateCache cache;
  EXPECT_EQ(cache.of(record()).encryption.size(), 1u);
  store::Peer peer = record();
  peer.encryption_certificates = {thief_.encryption().certificate.der()};
  EXPECT_TRUE(cache.of(peer).encryption.empty());
  peer = record();
  std::swap(peer.encryption_certificates, peer.allowed_certificates);
  EXPECT_TRUE(cache.of(peer).encryption.empty());
  EXPECT_EQ(cache.of(peer).signing.size(), 2u);
  peer = record();
  peer.identity_certificate = thief_.identity().certificate.der();
  EXPECT_TRUE(cache.of(peer).signing.empty());
  cache.keep_only({});
  EXPECT_EQ(cache.of(record()).signing.size(), 1u);
}

}  // namespace
}  // namespace culvert::peering
