"""What is exchanged with other programs: one Form is one row of docs/interop.md."""
from dataclasses import dataclass

KEK, KEK_ID, PASSWORD = "25cac6548e8f6044c8b3e3def19ff83d9c03d38fbc42c09f4d92c36e03c3947e", "c0ffee", "correct horse"


@dataclass(frozen=True)
class Form:
    name: str  # what --form takes
    title: str  # what the table says
    kind: str  # signed, sealed, compressed, certificates, pkcs12
    identity: str = ""  # of vectors/keys: who signs, or for whom it is sealed
    scheme: str = ""  # of a signature: v15 pss ecdsa eddsa; of a recipient: v15 oaep ecdh kek password kem
    digest: str = ""
    cipher: str = ""
    detached: bool = False
    derive: bool = False  # the content key, as RFC 9709 says
    written: bool = True  # by Culvert; else only read


SIGNERS = (
    ("rsa", "RSA PKCS#1 v1.5", "rsa2048", "v15", "sha256"),
    ("pss", "RSASSA-PSS", "rsa2048", "pss", "sha256"),
    ("p256", "ECDSA P-256", "p256", "ecdsa", "sha256"),
    ("p384", "ECDSA P-384", "p384", "ecdsa", "sha384"),
    ("bp256", "ECDSA brainpoolP256r1", "bp256", "ecdsa", "sha256"),
    ("ed25519", "Ed25519", "ed25519", "eddsa", "sha512"),
)
RECIPIENTS = (
    ("rsa", "RSA PKCS#1 v1.5", "rsa2048", "v15"),
    ("oaep", "RSA-OAEP SHA-256", "rsa2048", "oaep"),
    ("p256", "ECDH P-256", "p256", "ecdh"),
    ("p384", "ECDH P-384", "p384", "ecdh"),
    ("x25519", "X25519", "x25519", "ecdh"),
)
CIPHERS = (("enveloped", "AES-128-CBC", "aes128-cbc"), ("enveloped", "AES-256-CBC", "aes256-cbc"), ("authenveloped", "AES-256-GCM", "aes256-gcm"))


def signed():
    for way, detached in (("opaque", False), ("detached", True)):
        for short, title, identity, scheme, digest in SIGNERS:
            full = f"signed, {way}, {title} {digest.upper().replace('SHA', 'SHA-')}"
            yield Form(f"signed-{way}-{short}", full, "signed", identity, scheme, digest, detached=detached)


def sealed():
    for kind, cipher_title, cipher in CIPHERS:
        for short, title, identity, scheme in RECIPIENTS:
            full = f"{kind.replace('auth', 'auth-')}, {cipher_title}, {title}"
            yield Form(f"{kind}-{cipher.split('-')[0]}-{short}", full, "sealed", identity, scheme, cipher=cipher)


def others():
    yield Form("enveloped-kek", "enveloped, AES-256-CBC, shared key (KEK)", "sealed", "", "kek", cipher="aes256-cbc")
    yield Form("authenveloped-kek", "auth-enveloped, AES-256-GCM, shared key (KEK)", "sealed", "", "kek", cipher="aes256-gcm")
    yield Form("enveloped-password", "enveloped, AES-256-CBC, password", "sealed", "", "password", cipher="aes256-cbc", written=False)
    yield Form("authenveloped-mlkem768", "auth-enveloped, AES-256-GCM, ML-KEM-768", "sealed", "mlkem768", "kem", cipher="aes256-gcm")
    yield Form("enveloped-derived", "enveloped, AES-256-CBC with CEK-HKDF, RSA PKCS#1 v1.5", "sealed", "rsa2048", "v15", cipher="aes256-cbc",
               derive=True)
    yield Form("authenveloped-derived", "auth-enveloped, AES-256-GCM with CEK-HKDF, ECDH P-256", "sealed", "p256", "ecdh", cipher="aes256-gcm",
               derive=True)
    yield Form("compressed", "compressed, zlib", "compressed", written=False)
    yield Form("certs-only", "certs-only", "certificates", "rsa2048", written=False)
    for identity, title in (("rsa2048", "RSA"), ("p256", "P-256")):
        yield Form(f"pkcs12-{identity}", f"PKCS#12 as the program writes it, {title} key", "pkcs12", identity, written=False)


FORMS = (*signed(), *sealed(), *others())
