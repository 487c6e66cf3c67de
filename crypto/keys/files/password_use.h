// What opens the encrypted parts of one key file, and what that may cost. For the sources of
// crypto/keys only.
#pragma once

#include "crypto/keys/files/file_password.h"
#include "crypto/keys/files/old_forms.h"
#include "crypto/keys/files/password_hash.h"

namespace culvert::crypto {

struct PasswordUse {
  const FilePassword* password;  // borrowed; nullptr if there is none
  PasswordRounds& rounds;        // shared by everything in one file
  OldForms old_forms = OldForms::refuse;
};

}  // namespace culvert::crypto
