// Whether to read key files in forms that no longer protect anything: PKCS#12 without a MAC, where
// nobody can tell whether the file was altered, and encryption with RC4. Old archives hold such
// files; they are read only if a person asks for it.
#pragma once

namespace culvert::crypto {

enum class OldForms { refuse, read };

}  // namespace culvert::crypto
