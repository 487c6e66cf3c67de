#include "crypto/keys/chain.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "crypto/keys/certificate_parts.h"
#include "crypto/keys/chain_path.h"
#include "crypto/keys/chain_reason.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kMaxReasonOctets = 700;

Error not_issued(std::string_view why) {
  return permanent_error("not-issued-by-identity",
                         "the certificate is not issued by the identity: " + std::string(why));
}

Error untrusted(std::string_view why) {
  return permanent_error("untrusted", "no chain leads from the certificate to a trusted one",
                         printable(why, kMaxReasonOctets));
}

// Searches from the anchors down to one certificate, through the issuers whose names lead there.
class ChainSearch {
 public:
  ChainSearch(const Certificate& wanted, Time t, ChainEffort& effort)
      : wanted_(wanted), t_(t), effort_(effort) {}

  Status run(const ChainMaterial& material) {
    collect_issuers(material.intermediates);
    for (const Certificate& anchor : material.anchors) {
      if (leads_from(anchor)) return done();
    }
    if (!objection_.empty()) return untrusted(objection_);
    return untrusted(reason_without_chain(wanted_, material, t_));
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
    chain_ = {&anchor};
    if (const Objection why = objection_to_issuer(anchor, t_); !why.empty()) {
      return object(why, has_issued(anchor) ? Link::holds : Link::none);
    }
    return leads_down(ChainPath(anchor.parts()));
  }

  // True if the chain that ends with chain_.back() can be extended to the wanted certificate.
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
    if (!effort_.take_step()) return object("too many certificates have been tried");
    const IssuedBy issued = effort_.signature(next, *chain_.back());
    if (issued != IssuedBy::holds) {
      return object(objection_to_link(issued, next, *chain_.back()),
                    issued == IssuedBy::wrong ? Link::wrong : Link::holds);
    }
    const Objection why = path.add(next.parts(), place);
    return why.empty() || object(why);
  }

  // Only for the reported reason: an anchor that may not issue, and did not, merely has the same
  // name.
  bool has_issued(const Certificate& anchor) {
    const auto is_from = [&](const Certificate& one) {
      return names_as_issuer(one, anchor) && effort_.take_step() &&
             effort_.signature(one, anchor) != IssuedBy::wrong;
    };
    if (!may_compute_with(anchor.parts())) return false;
    return is_from(wanted_) || std::any_of(on_the_way_.begin(), on_the_way_.end(),
                                           [&](const auto* one) { return is_from(*one); });
  }

  // Keeps the objection to report; returns false. Several issuers may share a name, and the
  // signature fails under all but one, which says nothing about the others. So an objection to a
  // link that holds counts more, and then the one nearest to the wanted certificate.
  enum class Link { none, wrong, holds };
  bool object(const Objection& why, Link link = Link::holds) {
    const std::pair weight(link, chain_.size());
    if (!objection_.empty() && weight <= weight_) return false;
    weight_ = weight;
    objection_ = why;
    return false;
  }

  // Another certificate of the same issuer would lead in a circle.
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
  Objection objection_;
  std::pair<Link, std::size_t> weight_;  // of objection_: its link, its distance to the anchor
};

}  // namespace

Error certificate_expired(const Certificate& certificate) {
  return permanent_error("certificate-expired", "the certificate of " + certificate.shown_name() +
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

IssuedBy ChainEffort::signature(const Certificate& certificate, const Certificate& issuer) {
  const std::pair link(certificate.certificate_hash(), issuer.certificate_hash());
  if (const auto found = known_.find(link); found != known_.end()) return found->second;
  if (known_.size() == kMaxChainSignatures) return IssuedBy::not_asked;
  return known_[link] = compute_issued_by(certificate.parts(), issuer.parts());
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
