#include "crypto/cms/certs_only.h"

#include "crypto/cms/der_writer.h"
#include "crypto/cms/refusal.h"
#include "crypto/cms/signed_data_parts.h"
#include "crypto/cms/signed_fields.h"

namespace culvert::crypto {

namespace {

// RFC 5652, 5.1, leaves the content out. NSS writes one without an octet, which means the same.
Status skip_empty_content(BerReader& ber) {
  if (const Status entered = enter_signed_content(ber); !entered) return entered.error();
  const auto piece = ber.next_octets();
  if (!piece) return piece.error();
  return piece->empty() ? done() : Status(refuse(Refusal::not_certs_only, "content"));
}

}  // namespace

Result<CertificateList> read_certificate_list(Source& from, std::size_t most) {
  BerReader ber(from);
  const auto head = enter_signed_data(ber);
  if (!head) return head.error();
  if (head->has_content) {
    if (const Status empty = skip_empty_content(ber); !empty) return empty.error();
  }
  if (const Status left = leave_signed_content(ber, *head); !left) return left.error();
  const auto tail = read_signed_tail(ber, most);
  if (!tail) return tail.error();
  if (!tail->signers.empty()) return refuse(Refusal::not_certs_only, "signers");
  CertificateList list;
  for (std::size_t i = 0; i < tail->certificates.size(); ++i) {
    const Bytes& der = tail->certificates[i];
    auto certificate = Certificate::from_der(der);
    if (certificate) {
      list.certificates.push_back(*std::move(certificate));
    } else {
      list.left_out.push_back({certificate_in_words(i + 1, der), certificate.error()});
    }
  }
  return list;
}

Result<std::vector<Certificate>> read_certs_only(Source& from) {
  auto list = read_certificate_list(from, kMaxCmsCertificates);
  if (!list) return list.error();
  if (!list->left_out.empty()) return refuse(Refusal::bad_certificate);
  return std::move(list->certificates);
}

Result<Bytes> write_certs_only(const std::vector<Certificate>& certificates) {
  if (certificates.size() > kMaxCmsCertificates) return refuse(Refusal::too_many_certificates);
  Bytes front = der_integer(kSignedDataVersion);
  append(front, ByteView(der_set_of({})));
  Bytes back = der_certificates(certificates);
  append(back, ByteView(der_set_of({})));
  return signed_data_der(front, std::nullopt, back);
}

}  // namespace culvert::crypto
