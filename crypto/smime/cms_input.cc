#include "crypto/smime/cms_input.h"

#include <algorithm>
#include <array>
#include <optional>

#include "crypto/base/limits.h"
#include "crypto/base/log.h"
#include "crypto/mime/base64.h"
#include "crypto/mime/entity.h"
#include "crypto/mime/header.h"

namespace culvert::crypto {
namespace {

constexpr std::uint8_t kDerFront = 0x30;
constexpr std::string_view kPemFront = "-----BEGIN ";

// What stands behind the first `skipped` octets, up to the octet `end` if one is given.
class TailSource final : public RewindableSource {
 public:
  TailSource(RewindableSource& from, std::size_t skipped, std::optional<char> end)
      : from_(from), skipped_(skipped), end_(end) {}

  Result<std::size_t> read(MutableBytes into) override {
    if (const Status passed = pass(); !passed) return passed.error();
    if (ended_) return std::size_t{0};
    auto count = from_.read(into);
    if (!count || !end_) return count;
    const auto first = into.begin();
    const auto found = std::find(first, first + static_cast<std::ptrdiff_t>(*count), *end_);
    const auto kept = static_cast<std::size_t>(found - first);
    ended_ = kept < *count;
    return kept;
  }

  Status rewind() override {
    passed_ = 0;
    ended_ = false;
    return from_.rewind();
  }

 private:
  Status pass() {
    std::array<std::uint8_t, 4096> octets;
    while (passed_ < skipped_) {
      const auto count =
          from_.read(MutableBytes(octets).first(std::min(octets.size(), skipped_ - passed_)));
      if (!count) return count.error();
      if (*count == 0) {
        ended_ = true;
        return done();
      }
      passed_ += *count;
    }
    return done();
  }

  RewindableSource& from_;
  std::size_t skipped_;
  std::optional<char> end_;
  std::size_t passed_ = 0;
  bool ended_ = false;
};

Error not_smime(std::string why) {
  return permanent_error("not-smime", "this is no S/MIME object: " + std::move(why));
}

// The front of the input, as long as a header may be.
Result<std::string> read_front(RewindableSource& from) {
  std::string front(kMaxHeaderBytes + 4, '\0');
  std::size_t filled = 0;
  const MutableBytes room(reinterpret_cast<std::uint8_t*>(front.data()), front.size());
  while (filled < front.size()) {
    const auto count = from.read(room.subspan(filled));
    if (!count) return count.error();
    if (*count == 0) break;
    filled += *count;
  }
  front.resize(filled);
  return front;
}

// Octets of the header and the empty line behind it; nothing if there is no empty line.
std::optional<std::size_t> header_size(std::string_view front) {
  const std::size_t crlf = front.find("\r\n\r\n");
  const std::size_t lf = front.find("\n\n");
  if (crlf == std::string_view::npos && lf == std::string_view::npos) return std::nullopt;
  return crlf < lf ? crlf + 4 : lf + 2;
}

// The header's lines end in CRLF, as crypto/mime wants them; files on Unix often have LF.
std::string with_crlf(std::string_view header) {
  std::string out;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i] == '\n' && (i == 0 || header[i - 1] != '\r')) out += '\r';
    out += header[i];
  }
  return out;
}

std::string describe(const ContentType& type) {
  std::string text = type.media_type;
  if (const auto kind = type.parameter("smime-type")) text += "; smime-type=" + std::string(*kind);
  return printable(text);
}

}  // namespace

CmsInput::~CmsInput() = default;

Result<std::unique_ptr<CmsInput>> CmsInput::from_mime(RewindableSource& from,
                                                      std::string_view front) {
  const auto size = header_size(front);
  if (!size) return not_smime("it is neither DER nor PEM nor a message with a header");
  const auto kind = entity_kind(with_crlf(front.substr(0, *size)));
  if (!kind) return not_smime("its Content-Type is missing or ambiguous");
  if (!is_pkcs7_mime(kind->type)) {
    return not_smime("its top-level type is " + printable(kind->type.media_type, 80) +
                     ", not application/pkcs7-mime");
  }
  auto input = std::unique_ptr<CmsInput>(new CmsInput());
  input->wrapping_ = Wrapping::mime;
  input->content_type_ = describe(kind->type);
  input->text_ = std::make_unique<TailSource>(from, *size, std::nullopt);
  input->der_ = input->text_.get();
  if (kind->encoding == TransferEncoding::identity) return input;
  if (kind->encoding != TransferEncoding::base64) {
    return permanent_error("unsupported-encoding",
                           "the Content-Transfer-Encoding of the entity is not one for CMS");
  }
  input->decoded_ = std::make_unique<Base64Source>(*input->text_);
  input->der_ = input->decoded_.get();
  return input;
}

Result<std::unique_ptr<CmsInput>> CmsInput::open(RewindableSource& from) {
  const auto front = read_front(from);
  if (!front) return front.error();
  if (const Status back = from.rewind(); !back) return back.error();
  if (front->empty()) return not_smime("it is empty");
  if (static_cast<std::uint8_t>(front->front()) == kDerFront) {
    auto input = std::unique_ptr<CmsInput>(new CmsInput());
    input->der_ = &from;
    return input;
  }
  if (!front->starts_with(kPemFront)) return from_mime(from, *front);
  const std::size_t line = front->find('\n');
  if (line == std::string::npos) return not_smime("its PEM block has no end");
  auto input = std::unique_ptr<CmsInput>(new CmsInput());
  input->wrapping_ = Wrapping::pem;
  input->text_ = std::make_unique<TailSource>(from, line + 1, '-');
  input->decoded_ = std::make_unique<Base64Source>(*input->text_);
  input->der_ = input->decoded_.get();
  return input;
}

}  // namespace culvert::crypto
