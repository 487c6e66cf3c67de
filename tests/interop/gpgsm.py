"""gpgsm and its agent, in a GNUPGHOME of their own. Private keys go straight into the agent's folder: gpgsm 2.2 imports RSA alone."""
import re

from forms import PASSWORD
from private_keys import s_expression
from programs import Refused, call, first_line

CONFIGURATION = "disable-crl-checks\ndisable-dirmngr\ndisable-policy-checks\nno-common-certs-import\nbatch\nyes\n"
SAID_ALWAYS = re.compile(r"policies not checked|CRLs not checked|DBG: |encrypted to|Signature made|using \w+ key|should not have been used|aka ")
DIGESTS = {"sha256": "SHA256", "sha384": "SHA384", "sha512": "SHA512"}
CIPHERS = {"aes128-cbc": "AES", "aes256-cbc": "AES256"}
NAMES = ("rsa2048", "p256", "p384", "bp256", "ed25519", "x25519")


def words(text):
    lines = [line.removeprefix("gpgsm: ").strip() for line in text.splitlines() if not SAID_ALWAYS.search(line)]
    return "; ".join(line for line in lines if line)


def mailbox(form):
    """In angle brackets: otherwise p256 is a part of bp256 too."""
    return f"<{form.identity}@a.example>"


class GpgSm:
    name, title, package = "gpgsm", "gpgsm", "gpgsm"

    @staticmethod
    def version():
        return first_line("gpgsm", "--version")

    def __init__(self, identities, folder):
        self.identities = identities
        self.home = folder / "gnupg"
        self.home.mkdir(mode=0o700)
        (self.home / "private-keys-v1.d").mkdir(mode=0o700)
        (self.home / "gpgsm.conf").write_text(CONFIGURATION)
        (self.home / "gpg-agent.conf").write_text("allow-loopback-pinentry\n")
        try:
            self.fill()
        except BaseException:
            self.close()
            raise

    def fill(self):
        self.gpgsm("--import", self.identities.authority)
        self.trust()
        for name in NAMES:
            self.gpgsm("--import", self.identities.certificate(name))
            self.place_key(name)

    def trust(self):
        fingerprint = re.search(r"^fpr:(?:[^:]*:){8}([0-9A-F]{40}):", self.gpgsm("--with-colons", "--list-keys"), re.M)[1]
        (self.home / "trustlist.txt").write_text(f"{fingerprint} S relax\n")

    def place_key(self, name):
        grip = re.search(r"keygrip: ([0-9A-F]{40})", self.gpgsm("--dump-cert", f"<{name}@a.example>"))[1]
        file = self.home / "private-keys-v1.d" / f"{grip}.key"
        file.write_text(f"Key: {s_expression(self.identities.key(name))}\n")
        file.chmod(0o600)

    def close(self):
        """Its agent ends too."""
        try:
            call("gpgconf", "--homedir", self.home, "--kill", "all")
        except (OSError, Refused):
            pass

    def gpgsm(self, *arguments, stdin=b""):
        return call("gpgsm", "--homedir", self.home, *arguments, words=words, stdin=stdin).decode(errors="replace")

    def write(self, form, content, out):
        {"signed": self.sign, "sealed": self.encrypt, "pkcs12": self.pkcs12}[form.kind](form, content, out)

    def sign(self, form, content, out):
        self.gpgsm("--local-user", mailbox(form), "--digest-algo", DIGESTS[form.digest], "--include-certs", "1",
                   "--output", out, "--detach-sign" if form.detached else "--sign", content)

    def encrypt(self, form, content, out):
        self.gpgsm("--recipient", mailbox(form), "--cipher-algo", CIPHERS[form.cipher], "--output", out, "--encrypt", content)

    def pkcs12(self, form, content, out):
        self.gpgsm("--pinentry-mode", "loopback", "--passphrase-fd", "0", "--output", out, "--export-secret-key-p12",
                   mailbox(form), stdin=f"{PASSWORD}\n".encode())

    def read(self, form, made, content, out):
        if form.detached:
            self.gpgsm("--verify", made, content)
        else:
            self.gpgsm("--output", out, "--verify" if form.kind == "signed" else "--decrypt", made)
