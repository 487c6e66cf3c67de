#include "crypto/mime/smime_entity.h"

#include <array>

#include "crypto/mime/entity.h"
#include "crypto/mime/header.h"

namespace culvert::crypto {
namespace {

struct KindRow {
  std::string_view smime_type;
  std::string_view file_name;
};

KindRow row_of(CmsKind kind) {
  switch (kind) {
    case CmsKind::enveloped_data:
      return {"enveloped-data", "smime.p7m"};
    case CmsKind::auth_enveloped_data:
      return {"authEnveloped-data", "smime.p7m"};
    case CmsKind::signed_data:
      return {"signed-data", "smime.p7m"};
    case CmsKind::certs_only:
      return {"certs-only", "smime.p7c"};
  }
  return {};
}

std::string cms_fields(std::string_view content_type, std::string_view file_name) {
  const std::string name(file_name);
  return "Content-Type: " + std::string(content_type) + ";\r\n name=" + name +
         "\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=" +
         name + "\r\n";
}

// A list of digests is not a token and needs quotes (RFC 2045, 5.1).
std::string micalg_parameter(const std::string& micalg) {
  return micalg.find(',') == std::string::npos ? micalg : "\"" + micalg + "\"";
}

// The fields that a message keeps, as whole lines.
std::string other_fields(std::string_view fields) {
  std::string kept;
  for (const HeaderField& field : fields_of(fields)) {
    if (!field.name.empty() && !is_structural_field(field.name)) kept.append(field.raw);
  }
  if (!kept.empty() && !kept.ends_with("\r\n")) kept.append("\r\n");
  return kept;
}

}  // namespace

std::string pkcs7_mime_fields(CmsKind kind) {
  const KindRow row = row_of(kind);
  return "MIME-Version: 1.0\r\n" +
         cms_fields("application/pkcs7-mime; smime-type=" + std::string(row.smime_type),
                    row.file_name);
}

Pkcs7MimeWriter::Pkcs7MimeWriter(CmsKind kind, std::string_view fields, Sink& to)
    : to_(to), header_(other_fields(fields) + pkcs7_mime_fields(kind) + "\r\n"), encoder_(to) {}

Status Pkcs7MimeWriter::start() {
  if (header_.empty()) return done();
  const Status written = to_.write(as_bytes(header_));
  header_.clear();
  return written;
}

Status Pkcs7MimeWriter::write(ByteView octets) {
  if (const Status s = start(); !s) return s.error();
  return encoder_.write(octets);
}

Status Pkcs7MimeWriter::finish() {
  if (const Status s = start(); !s) return s.error();
  return encoder_.finish();
}

std::string make_boundary(ByteView random_octets) { return "=_" + to_hex(random_octets); }

std::string_view micalg_of(std::string_view digest_name) {
  constexpr std::array<std::array<std::string_view, 2>, 6> kNames{{
      {"md5", "md5"},
      {"sha1", "sha-1"},
      {"sha224", "sha-224"},
      {"sha256", "sha-256"},
      {"sha384", "sha-384"},
      {"sha512", "sha-512"},
  }};
  for (const auto& [name, micalg] : kNames) {
    if (name == digest_name) return micalg;
  }
  return "unknown";
}

MultipartSignedWriter::MultipartSignedWriter(const MultipartSignedHead& head, Sink& to)
    : to_(to),
      boundary_(head.boundary),
      header_(other_fields(head.fields) +
              "MIME-Version: 1.0\r\n"
              "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n"
              " micalg=" +
              micalg_parameter(head.micalg) + "; boundary=\"" + head.boundary + "\"\r\n\r\n--" +
              head.boundary + "\r\n"),
      scanner_(head.boundary),
      encoder_(to) {}

Status MultipartSignedWriter::start() {
  if (header_.empty()) return done();
  const Status written = to_.write(as_bytes(header_));
  header_.clear();
  return written;
}

Status MultipartSignedWriter::refuse_boundary_lines() {
  if (found_.empty()) return done();
  return internal_error("boundary-occurs", "a line of the message begins with the boundary");
}

Status MultipartSignedWriter::write_entity(ByteView octets) {
  if (const Status s = start(); !s) return s.error();
  // Before the octets go out: readers would end the signed part at a boundary line inside it.
  scanner_.feed(octets, found_);
  if (const Status s = refuse_boundary_lines(); !s) return s.error();
  return to_.write(octets);
}

Status MultipartSignedWriter::end_entity() {
  if (entity_ended_) return done();
  entity_ended_ = true;
  if (const Status s = start(); !s) return s.error();
  scanner_.finish(found_);
  if (const Status s = refuse_boundary_lines(); !s) return s.error();
  return to_.write(as_bytes("\r\n--" + boundary_ + "\r\n" +
                            cms_fields("application/pkcs7-signature", "smime.p7s") + "\r\n"));
}

Status MultipartSignedWriter::write_signature(ByteView octets) {
  if (const Status s = end_entity(); !s) return s.error();
  return encoder_.write(octets);
}

Status MultipartSignedWriter::finish() {
  if (const Status s = end_entity(); !s) return s.error();
  if (const Status s = encoder_.finish(); !s) return s.error();
  return to_.write(as_bytes("--" + boundary_ + "--\r\n"));
}

}  // namespace culvert::crypto
