// Octets. `ByteView` in, `Bytes` out, `SecretBytes` for what must be wiped and never printed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace culvert {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(std::string_view text) {
  const ByteView view = as_bytes(text);
  return {view.begin(), view.end()};
}
inline std::string to_text(ByteView bytes) { return std::string(as_text(bytes)); }
inline void append(Bytes& to, ByteView more) { to.insert(to.end(), more.begin(), more.end()); }
inline void append(Bytes& to, std::string_view more) { append(to, as_bytes(more)); }

// Lower-case hexadecimal, two digits an octet.
std::string to_hex(ByteView bytes);

// The octets of an even number of hexadecimal digits in either case; nothing for any other text.
std::optional<Bytes> from_hex(std::string_view digits);

// True if both are equal; the time depends on the lengths only.
bool equal_in_constant_time(ByteView a, ByteView b);

// True if every octet is 0; the time depends on the length only.
bool is_all_zero(ByteView bytes);

// Overwrites with zeros in a way that the compiler does not optimise away.
void wipe(MutableBytes bytes);

// Key material: wiped when it dies, moved but never copied by accident, not printable.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size_bytes) : bytes_(size_bytes) {}
  explicit SecretBytes(ByteView copied_from) : bytes_(copied_from.begin(), copied_from.end()) {}
  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) {
    other.bytes_.clear();
  }
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
      wipe(bytes_);
      bytes_ = std::move(other.bytes_);
      other.bytes_.clear();
    }
    return *this;
  }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { wipe(bytes_); }

  SecretBytes clone() const { return SecretBytes(view()); }
  ByteView view() const { return bytes_; }
  MutableBytes writable() { return bytes_; }
  std::size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }

 private:
  Bytes bytes_;
};

}  // namespace culvert
