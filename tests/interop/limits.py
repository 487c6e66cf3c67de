"""What other programs are known not to do. Such a no is theirs; any other is a failure of this run.

A limit holds for a form only while the program really refuses: what a newer version does is a yes and needs no change here. `says` is
a pattern of its message, so that a refusal for another reason is not taken for the known one; None: there is no way to ask it."""
import fnmatch
import re
from dataclasses import dataclass

WRITES, READS = "writes", "reads"


@dataclass(frozen=True)
class Limit:
    program: str
    does: str  # WRITES or READS
    forms: str  # patterns of names, divided by blanks
    says: str | None
    reason: str
    reference: str = ""

    def covers(self, program, does, form):
        return (self.program, self.does) == (program, does) and any(fnmatch.fnmatchcase(form.name, p) for p in self.forms.split())

    def explains(self, message):
        return self.says is not None and bool(re.search(self.says, message))


SPLIT = "smime-profile.md, What others do: GCM in CMS is split between products"
VECTORS = "README of the shared vectors: limits met"
NO_CHOICE = " instead of "  # it took the order and made what it makes always


def vector(name):
    """The limit shows with a file that neither side of this comparison made; newer programs read it."""
    return f"as with the shared vector {name}"


OPENSSL = (
    (WRITES, "signed-*-ed25519", "invalid digest", "OpenSSL 3.0 does not sign with Ed25519 in CMS; 3.5 does"),
    (READS, "signed-*-ed25519", "invalid digest", "OpenSSL 3.0 does not verify Ed25519 in CMS; 3.5 does", vector("sd-ed25519-sha512")),
    (WRITES, "*-x25519", "not supported for this keytype", "OpenSSL has no X25519 recipients in CMS", VECTORS),
    (READS, "*-x25519", "no matching recipient", "OpenSSL has no X25519 recipients in CMS", VECTORS),
    (WRITES, "*-mlkem768", "decode error|not supported", "OpenSSL has no KEMRecipientInfo; 3.0 does not read the certificate", VECTORS),
    (READS, "*-mlkem768", "^unsupported$|no matching recipient", "OpenSSL has no KEMRecipientInfo; 3.0 does not read the key", VECTORS),
    (WRITES, "*-derived", None, "OpenSSL has no CEK-HKDF", VECTORS),
    (READS, "*-derived", "unknown cipher", "OpenSSL has no CEK-HKDF", VECTORS),
    (WRITES, "compressed", "unsupported compression", "Debian builds OpenSSL without zlib", VECTORS),
)
GPGSM = (
    (WRITES, "signed-*-pss", NO_CHOICE, "gpgsm verifies RSASSA-PSS but signs with PKCS#1 v1.5 only"),
    (WRITES, "signed-*-ed25519", "Invalid OID string", "gpgsm 2.2 does not sign with Ed25519"),
    (READS, "signed-*-ed25519", "DSA requires the hash length", "gpgsm 2.2 does not verify Ed25519", vector("sd-ed25519-sha512")),
    (WRITES, "*-oaep", NO_CHOICE, "gpgsm encrypts with PKCS#1 v1.5 only"),
    (READS, "enveloped-*-oaep", "getting encrypted session key", "gpgsm 2.2 does not open RSA-OAEP", vector("ed-oaep-sha256")),
    (WRITES, "*-p256 *-p384 *-x25519", "Wrong key usage", "gpgsm 2.2 does not encrypt to certificates for key agreement"),
    (READS, "enveloped-*-p256 enveloped-*-p384", "Invalid session key", "gpgsm 2.2 does not open ECDH", vector("ed-p256-sha256-aes256")),
    (READS, "enveloped-*-x25519", "getting encrypted session key", "gpgsm 2.2 does not open X25519", vector("ed-x25519-hkdf256")),
    (WRITES, "authenveloped-*", None, "gpgsm does not write AuthEnvelopedData"),
    (READS, "authenveloped-*", "error getting IV: Buffer too short", "gpgsm opens GCM only where the tag length is absent", SPLIT),
    (WRITES, "*-kek *-password", None, "gpgsm seals for certificates only"),
    (READS, "*-kek", None, "gpgsm takes no shared key"),
    (WRITES, "*-derived", None, "gpgsm has no CEK-HKDF"),
    (READS, "*-derived", "unsupported algorithm", "gpgsm has no CEK-HKDF"),
    (WRITES, "compressed", None, "gpgsm has no CompressedData"),
    (WRITES, "certs-only", None, "gpgsm exports certificates as PEM or DER only"),
    (WRITES, "pkcs12-p256", "error converting key parameters", "gpgsm 2.2 exports RSA keys only"),
)
NSS = (
    (WRITES, "signed-*-pss", NO_CHOICE, "cmsutil has no option for RSASSA-PSS"),
    (WRITES, "signed-*-bp256", "INVALID_KEY", "NSS 3.87 does not compute with brainpool curves"),
    (READS, "signed-*-bp256", "UNRECOGNIZED_OID", "NSS 3.87 does not compute with brainpool curves"),
    (WRITES, "signed-*-ed25519", "UNABLE_TO_IMPORT_KEY", "NSS 3.87 does not import Ed25519 keys"),
    (READS, "signed-*-ed25519", "BAD_SIGNATURE", "NSS 3.87 does not verify Ed25519 in CMS", vector("sd-ed25519-sha512")),
    (WRITES, "authenveloped-*", None, "NSS has no AuthEnvelopedData", SPLIT),
    (READS, "authenveloped-*", "UNRECOGNIZED_OID", "NSS has no AuthEnvelopedData", SPLIT),
    (WRITES, "*-oaep", NO_CHOICE, "cmsutil has no option for RSA-OAEP"),
    (READS, "enveloped-*-oaep", "UNSUPPORTED_KEYALG", "NSS 3.87 does not open RSA-OAEP in CMS", "smime-profile.md, What others do: older Thunderbird cannot do OAEP"),
    (WRITES, "*-p256 *-p384", "INVALID_ALGORITHM", "NSS 3.87 does not seal with ECDH in CMS"),
    (READS, "enveloped-*-p256 enveloped-*-p384", "BAD_DER", "NSS 3.87 does not open ECDH in CMS", vector("ed-p256-sha256-aes256")),
    (WRITES, "*-x25519", "UNABLE_TO_IMPORT_KEY", "NSS 3.87 does not import X25519 keys"),
    (READS, "*-x25519", "UNABLE_TO_IMPORT_KEY", "NSS 3.87 does not import X25519 keys"),
    (WRITES, "enveloped-aes256-*", NO_CHOICE, "cmsutil chooses the cipher: AES-128-CBC for a recipient of whom it knows nothing"),
    (WRITES, "*-kek *-password", None, "cmsutil seals for certificates only"),
    (READS, "*-kek", None, "cmsutil takes no shared key"),
    (WRITES, "*-derived", None, "NSS has no CEK-HKDF"),
    (READS, "enveloped-derived", "INVALID_ALGORITHM", "NSS has no CEK-HKDF"),
    (WRITES, "compressed", None, "cmsutil does not compress"),
)
BOUNCYCASTLE = (
    (WRITES, "*-x25519", "Unknown key agreement", "BouncyCastle 1.72 has no X25519 with HKDF; newer ones do", vector("ed-x25519-hkdf256")),
    (READS, "*-x25519", "no such algorithm", "BouncyCastle 1.72 has no X25519 with HKDF; newer ones do", vector("ed-x25519-hkdf256")),
    (WRITES, "*-mlkem768", "no such recipient", "BouncyCastle 1.72 has no KEMRecipientInfo; newer ones do", vector("ae-mlkem768")),
    (READS, "*-mlkem768", "NoSuchElement|does not know", "BouncyCastle 1.72 has no KEMRecipientInfo; newer ones do", vector("ae-mlkem768")),
    (WRITES, "*-derived", "setEnableSha256HKdf", "BouncyCastle 1.72 has no CEK-HKDF; newer ones do", vector("ed-cek-hkdf-aes256-cbc")),
    (READS, "enveloped-derived", "No such algorithm", "BouncyCastle 1.72 has no CEK-HKDF; newer ones do", vector("ed-cek-hkdf-aes256-cbc")),
    (READS, "authenveloped-derived", "No such algorithm|mac check", "BouncyCastle 1.72 has no CEK-HKDF; newer ones derive no key with key agreement",
     VECTORS),
)
LIMITS = tuple(Limit(program, *limit) for program, limits in
               (("openssl", OPENSSL), ("gpgsm", GPGSM), ("nss", NSS), ("bouncycastle", BOUNCYCASTLE)) for limit in limits)


def not_asked(program, does, form):
    """The limit that says that there is no way to ask for this; None if there is one."""
    return next((limit for limit in LIMITS if limit.says is None and limit.covers(program, does, form)), None)


def explanation(program, does, form, message):
    """The known limit that this message is; None if it is no known one."""
    return next((limit for limit in LIMITS if limit.covers(program, does, form) and limit.explains(message)), None)
