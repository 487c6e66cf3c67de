#include "crypto/keys/chain.h"

#include <algorithm>
#include <array>

#include "crypto/base/log.h"
#include "crypto/keys/certificate_signature.h"
#include "crypto/keys/chain_path.h"
#include "crypto/keys/parts.h"

namespace culvert::crypto {
namespace {

Error not_issued(std::string_view why) {
  return permanent_error("not-issued-by-identity",
                         "the certificate is not issued by the identity: " + std::string(why));
}

Error untrusted(std::string_view why) {
  return permanent_error("untrusted", "no chain leads from the certificate to a trusted one",
                         printable(why));
}

// Hashes of certificates' signatures, as Botan names them.
bool is_strong_hash(std::string_view name) {
  constexpr std::array<std::string_view, 7> kStrong{
      "SHA-256", "SHA-384", "SHA-512", "SHA-3(256)", "SHA-3(384)", "SHA-3(512)", "SHAKE-256(912)"};
  return std::find(kStrong.begin(), kStrong.end(), name) != kStrong.end();
}

bool compute_signature_holds(const CertificateParts& certificate, const CertificateParts& issuer) {
  return is_strong_hash(hash_of_signature_by(*issuer.key, certificate));
}

bool names_as_issuer(const Certificate& certificate, const Certificate& issuer) {
  return certificate.parts().issuer == issuer.parts().subject;
}

// A search from the anchors down to one certificate, through those whose names lead there.
class ChainSearch {
 public:
  ChainSearch(const Certificate& wanted, Time t, ChainEffort& effort)
      : wanted_(wanted), t_(t), effort_(effort) {}

  Status run(const ChainMaterial& material) {
    collect_issuers(material.intermediates);
    for (const Certificate& anchor : material.anchors) {
      if (leads_from(anchor)) return done();
    }
    return untrusted(objection_);
  }

 private:
  // Fills on_the_way_, nearest to the wanted certificate first.
  void collect_issuers(const std::vector<Certificate>& candidates) {
    std::vector<const Certificate*> left;
    for (const Certificate& one : candidates) {
      if (objection_to_issuer(one, t_).empty() && one.may_protect_mail()) left.push_back(&one);
    }
    take_issuers_of(wanted_, left);
    for (std::size_t i = 0; i < on_the_way_.size(); ++i)
      take_issuers_of(*on_the_way_[i], left);
  }

  void take_issuers_of(const Certificate& one, std::vector<const Certificate*>& from) {
    const auto taken = std::stable_partition(from.begin(), from.end(), [&](const auto* candidate) {
      return !names_as_issuer(one, *candidate);
    });
    on_the_way_.insert(on_the_way_.end(), taken, from.end());
    from.erase(taken, from.end());
  }

  bool leads_from(const Certificate& anchor) {
    const bool is_named = names_as_issuer(wanted_, anchor) ||
                          std::any_of(on_the_way_.begin(), on_the_way_.end(), [&](const auto* one) {
                            return names_as_issuer(*one, anchor);
                          });
    if (!is_named) return false;
    objection_ = objection_to_issuer(anchor, t_);
    if (!objection_.empty()) return false;
    chain_ = {&anchor};
    return leads_down(ChainPath(anchor.parts()));
  }

  // Whether the chain that ends with chain_.back() can be led on to the wanted certificate.
  bool leads_down(const ChainPath& path) {
    ChainPath whole = path;
    if (adds(whole, wanted_, ChainPlace::last)) return true;
    if (chain_.size() + 1 == kMaxChainLength) return false;
    for (const Certificate* next : on_the_way_) {
      ChainPath longer = path;
      if (is_in_chain(*next) || !adds(longer, *next, ChainPlace::inner)) continue;
      chain_.push_back(next);
      if (leads_down(longer)) return true;
      chain_.pop_back();
    }
    return false;
  }

  bool adds(ChainPath& path, const Certificate& next, ChainPlace place) {
    if (!names_as_issuer(next, *chain_.back())) return false;
    if (!effort_.take_step()) {
      objection_ = "too many certificates have been tried";
    } else if (!effort_.signature_holds(next, *chain_.back())) {
      objection_ = "a signature does not hold, is made with a weak hash, or is one too many";
    } else {
      objection_ = path.add(next.parts(), place);
    }
    return objection_.empty();
  }

  // Another certificate of the same issuer leads in a circle.
  bool is_in_chain(const Certificate& one) const {
    return std::any_of(chain_.begin(), chain_.end(), [&](const Certificate* other) {
      return other->key_id() == one.key_id() && other->parts().subject == one.parts().subject;
    });
  }

  const Certificate& wanted_;
  const Time t_;
  ChainEffort& effort_;
  std::vector<const Certificate*> on_the_way_;
  std::vector<const Certificate*> chain_;
  Objection objection_ = "no issuer is known that may issue";
};

}  // namespace

Error certificate_expired(const Certificate& certificate) {
  return permanent_error("certificate-expired", "the certificate of " + certificate.subject_text() +
                                                    " is valid only from " +
                                                    to_rfc3339(certificate.not_before()) + " to " +
                                                    to_rfc3339(certificate.not_after()));
}

Status check_issued_by(const Certificate& certificate, const Certificate& identity, Time t) {
  if (certificate.issuer() != identity.subject()) return not_issued("it names another issuer");
  if (!identity.may_issue()) return not_issued("the identity is no certification authority");
  if (certificate.is_ca()) return not_issued("it is a certification authority itself");
  if (!certificate.signature_verifies_under(identity)) return not_issued("its signature is wrong");
  if (!certificate.valid_at(t)) return certificate_expired(certificate);
  if (!identity.valid_at(t)) return certificate_expired(identity);
  return done();
}

Status check_identity(const Certificate& identity) {
  const bool is_one = identity.key_kind() == KeyKind::ec_p256 && identity.may_issue() &&
                      identity.issuer() == identity.subject() &&
                      identity.subject_serial_number() == identity.key_id().hex() &&
                      identity.signature_verifies_under(identity);
  if (!is_one) {
    return permanent_error("bad-identity",
                           "not the certificate of a node's identity (a self-signed P-256 CA that "
                           "holds its own fingerprint)");
  }
  return done();
}

bool ChainEffort::signature_holds(const Certificate& certificate, const Certificate& issuer) {
  const std::pair link(certificate.certificate_hash(), issuer.certificate_hash());
  if (const auto found = known_.find(link); found != known_.end()) return found->second;
  if (known_.size() == kMaxChainSignatures) return false;
  return known_[link] = compute_signature_holds(certificate.parts(), issuer.parts());
}

Status check_chain(const Certificate& certificate, const ChainMaterial& material, Time t,
                   ChainEffort& effort) {
  if (!certificate.valid_at(t)) return certificate_expired(certificate);
  const auto& anchors = material.anchors;
  if (std::find(anchors.begin(), anchors.end(), certificate) != anchors.end()) return done();
  if (material.intermediates.size() > kMaxChainCandidates) return untrusted("too many candidates");
  return ChainSearch(certificate, t, effort).run(material);
}

}  // namespace culvert::crypto
