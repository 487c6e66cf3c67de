#include "crypto/base/log.h"
#include "crypto/keys/files/bmp_string.h"
#include "crypto/keys/files/encrypted_key.h"
#include "crypto/keys/files/found_in_file.h"
#include "crypto/keys/files/password_cipher.h"
#include "crypto/keys/files/pkcs12.h"
#include "crypto/keys/files/pkcs12_mac.h"
#include "crypto/keys/files/pkcs12_oids.h"
#include "crypto/keys/key_file_error.h"

namespace culvert::crypto {
namespace {

constexpr std::uint64_t kVersion = 3;
// Nested SafeContents: no program is known to nest two.
constexpr std::size_t kMaxNestedSafes = 4;
// Bags of all kinds; skipped ones count too.
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

// Collects what is in the authenticated safe, whose MAC was verified.
class SafeReader {
 public:
  // Both must outlive it.
  SafeReader(const PasswordUse& use, FoundInFile& found) : use_(use), found_(found) {}

  Status read_authenticated_safe(ByteView safe);

 private:
  Status read_content_info(BerElements& in);
  Result<SecretBytes> decrypted(BerElements& content);
  Status read_safe_contents(ByteView contents, std::size_t level);
  Status read_bag(BerElements& in, std::size_t level);
  Status read_value(std::string_view oid, ByteView value, const Attributes& attributes);
  Status read_certificate(ByteView value, const Attributes& attributes);
  void see_encryption(ByteView algorithm);

  const PasswordUse& use_;
  FoundInFile& found_;
  std::size_t bags_ = 0;
};

void SafeReader::see_encryption(ByteView algorithm) {
  if (is_old_form(algorithm)) found_.mark_weak("it is encrypted with RC4, which protects nothing");
}

Status SafeReader::read_authenticated_safe(ByteView safe) {
  BerElements in(safe);
  BerElements all = in.enter(BerTag::sequence);
  while (all.more()) {
    BerElements info = all.enter(BerTag::sequence);
    if (const Status read = read_content_info(info); !read) return read.error();
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
  see_encryption(algorithm);
  return open_with_password(algorithm, ciphertext.view(), use_);
}

Status SafeReader::read_safe_contents(ByteView contents, std::size_t level) {
  if (level > kMaxNestedSafes) return bad_key_file("its safes are nested too deep");
  BerElements in(contents);
  BerElements bags = in.enter(BerTag::sequence);
  while (bags.more()) {
    if (++bags_ > kMaxBags) return bad_key_file("it holds too many bags");
    BerElements bag = bags.enter(BerTag::sequence);
    if (const Status read = read_bag(bag, level); !read) return read.error();
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
  BerElements encrypted(value);
  see_encryption(encrypted.enter(BerTag::sequence).whole());
  const auto opened = open_encrypted_pkcs8(value, use_);
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

// The octets of the AuthenticatedSafe. `fields` is positioned after the version.
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

// The password that opens the rest of the file; nothing if it has no MAC.
Result<std::optional<FilePassword>> check_mac(BerElements& fields, ByteView safe,
                                              const PasswordUse& use, FoundInFile& found) {
  constexpr std::string_view kNoMac = "it has no MAC, so nobody can tell whether it was altered";
  if (!fields.more()) {
    if (use.old_forms == OldForms::refuse) {
      return bad_key_file(std::string(kNoMac) + "; --legacy reads it");
    }
    found.mark_weak(kNoMac);
    return std::optional<FilePassword>();
  }
  // Without a password, try the empty one, which the user need not know of; below too.
  auto tried = use.password != nullptr ? use.password->clone() : FilePassword::absent();
  auto fitting = verify_pkcs12_mac(fields, safe, std::move(tried), use.rounds);
  if (fitting) return std::optional(*std::move(fitting));
  const bool is_wrong = fitting.error().code == wrong_password().code;
  return is_wrong && use.password == nullptr ? password_needed() : fitting.error();
}

}  // namespace

Status read_pkcs12_into(FoundInFile& found, ByteView octets, const PasswordUse& use) {
  BerElements in(octets);
  BerElements fields = in.enter(BerTag::sequence);
  const std::uint64_t version = fields.number();
  if (!fields.good()) return ill_formed("it");
  if (version != kVersion) return bad_key_file("it is PKCS#12 of an unknown version");
  const auto safe = safe_octets(fields);
  if (!safe) return safe.error();
  if (!fields.good() || !in.finished()) return ill_formed("it");
  const auto fitting = check_mac(fields, safe->view(), use, found);
  if (!fitting) return fitting.error();
  if (!fields.finished()) return ill_formed("it");
  const FilePassword empty = FilePassword::absent();
  PasswordUse inside = use;
  if (inside.password == nullptr) inside.password = &empty;
  if (*fitting) inside.password = &**fitting;
  const Status read = SafeReader(inside, found).read_authenticated_safe(safe->view());
  const bool is_wrong = !read && read.error().code == wrong_password().code;
  if (is_wrong && use.password == nullptr) return password_needed();
  return read;
}

Result<KeyBundle> read_pkcs12(ByteView octets, std::optional<std::string_view> text,
                              OldForms old_forms) {
  if (octets.size() > kMaxKeyFileBytes) return bad_key_file("it is too large");
  const auto password = FilePassword::from_utf8(text.value_or(""));
  if (!password) return password.error();
  PasswordRounds rounds;
  FoundInFile found;
  const Status read =
      read_pkcs12_into(found, octets, {text ? &*password : nullptr, rounds, old_forms});
  if (!read) return read.error();
  return found.bundle();
}

}  // namespace culvert::crypto
