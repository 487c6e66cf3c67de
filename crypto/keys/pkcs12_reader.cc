#include "crypto/base/log.h"
#include "crypto/keys/bmp_string.h"
#include "crypto/keys/encrypted_key.h"
#include "crypto/keys/found_in_file.h"
#include "crypto/keys/key_file_error.h"
#include "crypto/keys/password_cipher.h"
#include "crypto/keys/pkcs12.h"
#include "crypto/keys/pkcs12_mac.h"
#include "crypto/keys/pkcs12_oids.h"

namespace culvert::crypto {
namespace {

constexpr std::uint64_t kVersion = 3;
// SafeContents within each other: nobody was seen to write two.
constexpr std::size_t kMaxNestedSafes = 4;
// Bags of all kinds; those that are passed over count too.
constexpr std::size_t kMaxBags = 2000;

struct Attributes {
  Bytes local_id;
  std::string name;
};

Error ill_formed(std::string_view what) {
  return bad_key_file(std::string(what) + " is ill-formed");
}

Result<Attributes> read_attributes(BerElements& bag) {
  Attributes out;
  if (!bag.more()) return out;
  BerElements all = bag.enter(BerTag::set);
  while (all.more()) {
    BerElements attribute = all.enter(BerTag::sequence);
    const std::string oid = attribute.oid();
    BerElements values = attribute.enter(BerTag::set);
    if (oid == pkcs12::kLocalKeyId) {
      const SecretBytes id = values.octets();
      out.local_id.assign(id.view().begin(), id.view().end());
    } else if (oid == pkcs12::kFriendlyName) {
      out.name = printable(from_bmp_string(values.content(BerTag::bmp_string)));
    }
    if (!values.good() || !attribute.finished()) return ill_formed("an attribute of a bag");
  }
  if (!all.finished()) return ill_formed("an attribute of a bag");
  return out;
}

// Collects what is in the authenticated safe, whose MAC is verified.
class SafeReader {
 public:
  // `password` may be nullptr; both must outlive it.
  SafeReader(const FilePassword* password, PasswordRounds& rounds)
      : password_(password), rounds_(rounds) {}

  Status read_authenticated_safe(ByteView safe);
  Result<KeyBundle> bundle() { return found_.bundle(); }

 private:
  Status read_content_info(BerElements& in);
  Result<SecretBytes> decrypted(BerElements& content);
  Status read_safe_contents(ByteView contents, std::size_t level);
  Status read_bag(BerElements& in, std::size_t level);
  Status read_value(std::string_view oid, ByteView value, const Attributes& attributes);
  Status read_certificate(ByteView value, const Attributes& attributes);

  const FilePassword* password_;
  PasswordRounds& rounds_;
  FoundInFile found_;
  std::size_t bags_ = 0;
};

Status SafeReader::read_authenticated_safe(ByteView safe) {
  BerElements in(safe);
  BerElements all = in.enter(BerTag::sequence);
  while (all.more()) {
    BerElements info = all.enter(BerTag::sequence);
    if (const Status read = read_content_info(info); !read) return read;
  }
  if (!all.finished() || !in.finished()) return ill_formed("its list of safes");
  return done();
}

Status SafeReader::read_content_info(BerElements& in) {
  const std::string oid = in.oid();
  if (in.good() && oid == pkcs12::kEnvelopedData) {
    return bad_key_file("it is encrypted for a public key, which is not supported");
  }
  BerElements content = in.enter(BerTag::context_0);
  Result<SecretBytes> contents = SecretBytes();
  if (oid == pkcs12::kData) {
    contents = content.octets();
  } else if (oid == pkcs12::kEncryptedData) {
    contents = decrypted(content);
  } else {
    return bad_key_file("a safe in it is of an unknown kind", printable(oid));
  }
  if (!contents) return contents.error();
  if (!in.finished() || !content.finished()) return ill_formed("a safe in it");
  return read_safe_contents(contents->view(), 0);
}

// EncryptedData of RFC 5652, section 8.
Result<SecretBytes> SafeReader::decrypted(BerElements& content) {
  BerElements data = content.enter(BerTag::sequence);
  data.number();
  BerElements info = data.enter(BerTag::sequence);
  const bool is_data = info.oid() == pkcs12::kData;
  const ByteView algorithm = info.whole();
  const SecretBytes ciphertext = info.octets(BerTag::primitive_context_0);
  if (data.peek() == BerTag::context_1) data.whole();
  if (!data.finished() || !info.finished() || !is_data) return ill_formed("a safe in it");
  if (password_ == nullptr) return password_needed();
  return open_with_password(algorithm, ciphertext.view(), *password_, rounds_);
}

Status SafeReader::read_safe_contents(ByteView contents, std::size_t level) {
  if (level > kMaxNestedSafes) return bad_key_file("its safes are nested too deep");
  BerElements in(contents);
  BerElements bags = in.enter(BerTag::sequence);
  while (bags.more()) {
    if (++bags_ > kMaxBags) return bad_key_file("it holds too many bags");
    BerElements bag = bags.enter(BerTag::sequence);
    if (const Status read = read_bag(bag, level); !read) return read;
  }
  if (!bags.finished() || !in.finished()) return ill_formed("a safe in it");
  return done();
}

Status SafeReader::read_bag(BerElements& in, std::size_t level) {
  const std::string oid = in.oid();
  BerElements value = in.enter(BerTag::context_0);
  const ByteView whole = value.whole();
  const auto attributes = read_attributes(in);
  if (!attributes) return attributes.error();
  if (!in.finished() || !value.finished()) return ill_formed("a bag in it");
  if (oid == pkcs12::kSafeContentsBag) return read_safe_contents(whole, level + 1);
  return read_value(oid, whole, *attributes);
}

Status SafeReader::read_value(std::string_view oid, ByteView value, const Attributes& attributes) {
  const auto add_key = [&](ByteView pkcs8) {
    return found_.add_key(PrivateKey::from_pkcs8(pkcs8), attributes.local_id, attributes.name);
  };
  if (oid == pkcs12::kKeyBag) return add_key(value);
  if (oid == pkcs12::kCertificateBag) return read_certificate(value, attributes);
  if (oid != pkcs12::kShroudedKeyBag) return done();
  if (password_ == nullptr) return password_needed();
  const auto opened = open_encrypted_pkcs8(value, *password_, rounds_);
  if (!opened) return opened.error();
  return add_key(opened->view());
}

Status SafeReader::read_certificate(ByteView value, const Attributes& attributes) {
  BerElements in(value);
  BerElements fields = in.enter(BerTag::sequence);
  const std::string oid = fields.oid();
  BerElements content = fields.enter(BerTag::context_0);
  if (fields.finished() && oid != pkcs12::kX509Certificate) return done();
  const SecretBytes der = content.octets();
  if (!fields.finished() || !content.finished()) return ill_formed("a certificate bag");
  return found_.add_certificate(der.view(), attributes.local_id, attributes.name);
}

// The octets of the AuthenticatedSafe. `fields` stands behind the version.
Result<SecretBytes> safe_octets(BerElements& fields) {
  BerElements info = fields.enter(BerTag::sequence);
  const std::string oid = info.oid();
  if (info.good() && oid == pkcs12::kSignedData) {
    return bad_key_file("it is signed by a key instead of a password, which is not supported");
  }
  BerElements content = info.enter(BerTag::context_0);
  SecretBytes safe = content.octets();
  if (!info.finished() || !content.finished() || oid != pkcs12::kData) return ill_formed("it");
  return safe;
}

struct OpenedFile {
  std::optional<FilePassword> password;
  PasswordRounds rounds;
};

Status check_mac(BerElements& fields, ByteView safe, MissingMac missing_mac, OpenedFile& file) {
  if (!fields.more()) {
    if (missing_mac == MissingMac::accept) return done();
    return bad_key_file("it has no MAC, so nobody can tell whether it was altered");
  }
  if (!file.password) return password_needed();
  auto fitting = verify_pkcs12_mac(fields, safe, *std::move(file.password), file.rounds);
  if (!fitting) return fitting.error();
  file.password = *std::move(fitting);
  return done();
}

}  // namespace

Result<KeyBundle> read_pkcs12(ByteView octets, std::optional<std::string_view> password,
                              MissingMac missing_mac) {
  if (octets.size() > kMaxKeyFileBytes) return bad_key_file("it is too large");
  OpenedFile file;
  if (password) {
    auto forms = FilePassword::from_utf8(*password);
    if (!forms) return forms.error();
    file.password = *std::move(forms);
  }
  BerElements in(octets);
  BerElements fields = in.enter(BerTag::sequence);
  const std::uint64_t version = fields.number();
  if (!fields.good()) return ill_formed("it");
  if (version != kVersion) return bad_key_file("it is PKCS#12 of an unknown version");
  const auto safe = safe_octets(fields);
  if (!safe) return safe.error();
  if (!fields.good() || !in.finished()) return ill_formed("it");
  const Status checked = check_mac(fields, safe->view(), missing_mac, file);
  if (!checked) return checked.error();
  if (!fields.finished()) return ill_formed("it");
  SafeReader reader(file.password ? &*file.password : nullptr, file.rounds);
  const Status read = reader.read_authenticated_safe(safe->view());
  if (!read) return read.error();
  return reader.bundle();
}

}  // namespace culvert::crypto
