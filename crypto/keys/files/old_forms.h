// Whether files of keys are read in forms that protect nothing any more: PKCS#12 without a MAC, of
// which nobody can tell whether it was altered, and encryption with RC4. They stand in old
// archives, and are read only for a person who asks for it.
#pragma once

namespace culvert::crypto {

enum class OldForms { refuse, read };

}  // namespace culvert::crypto
