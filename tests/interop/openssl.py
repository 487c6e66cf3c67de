"""`openssl cms` and `openssl pkcs12`."""
import re

from forms import KEK, KEK_ID, PASSWORD
from programs import call, first_line

REASON = re.compile(r":error:[0-9A-F]+:[^:]*:[^:]*:([^:]*):")


def words(text):
    """The first reason of OpenSSL's stack is the deepest."""
    reasons = REASON.findall(text)
    return reasons[0] if reasons else text.strip().rsplit("\n", 1)[-1]


class OpenSsl:
    name, title, package = "openssl", "openssl cms", "openssl"

    @staticmethod
    def version():
        return " ".join(first_line("openssl", "version").split()[:2])

    def __init__(self, identities, folder):
        self.identities = identities

    def close(self):
        pass

    def cms(self, *arguments):
        return call("openssl", "cms", *arguments, words=words)

    def write(self, form, content, out):
        {"signed": self.sign, "sealed": self.encrypt, "compressed": self.compress, "certificates": self.certificates,
         "pkcs12": self.pkcs12}[form.kind](form, content, out)

    def sign(self, form, content, out):
        padding = ("-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:-1") if form.scheme == "pss" else ()
        self.cms("-sign", "-binary", "-outform", "DER", *(() if form.detached else ("-nodetach",)), "-md", form.digest,
                 "-signer", self.identities.certificate(form.identity), "-inkey", self.identities.key(form.identity), *padding,
                 "-in", content, "-out", out)

    def encrypt(self, form, content, out):
        self.cms("-encrypt", "-binary", "-outform", "DER", f"-{form.cipher.replace('aes', 'aes-')}", *self.recipient(form),
                 "-in", content, "-out", out)

    def recipient(self, form):
        if form.scheme == "kek":
            return ("-secretkey", KEK, "-secretkeyid", KEK_ID)
        if form.scheme == "password":
            return ("-pwri_password", PASSWORD)
        options = {"oaep": ("rsa_padding_mode:oaep", "rsa_oaep_md:sha256"), "ecdh": ("ecdh_kdf_md:sha256",)}.get(form.scheme, ())
        if form.identity == "x25519":
            options = ()
        return ("-recip", self.identities.certificate(form.identity), *(part for option in options for part in ("-keyopt", option)))

    def compress(self, form, content, out):
        self.cms("-compress", "-binary", "-outform", "DER", "-in", content, "-out", out)

    def certificates(self, form, content, out):
        call("openssl", "crl2pkcs7", "-nocrl", "-certfile", self.identities.certificate(form.identity), "-certfile",
             self.identities.authority, "-outform", "DER", "-out", out, words=words)

    def pkcs12(self, form, content, out):
        call("openssl", "pkcs12", "-export", "-inkey", self.identities.key(form.identity), "-in", self.identities.certificate(form.identity),
             "-certfile", self.identities.authority, "-passout", f"pass:{PASSWORD}", "-out", out, words=words)

    def read(self, form, made, content, out):
        """`content` is what a detached signature is said to be over."""
        if form.kind == "signed":
            self.cms("-verify", "-binary", "-inform", "DER", "-CAfile", self.identities.authority,
                     *(("-content", content) if form.detached else ()), "-in", made, "-out", out)
        else:
            self.cms("-decrypt", "-binary", "-inform", "DER", *self.opener(form), "-in", made, "-out", out)

    def opener(self, form):
        if form.scheme == "kek":
            return ("-secretkey", KEK, "-secretkeyid", KEK_ID)
        return ("-inkey", self.identities.key(form.identity), "-recip", self.identities.certificate(form.identity))
