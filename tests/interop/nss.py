"""NSS: `cmsutil` and `pk12util`, with a database of their own."""
import re
import shutil

from forms import PASSWORD
from programs import Refused, call, package_version

CODE = re.compile(r"\b(?:SEC|PR|SSL)_[A-Z0-9_]+")
IMPORTED = ("rsa2048", "p256", "p384", "bp256", "ed25519", "x25519")


def words(text):
    """The last code, and before it what was found about a signature."""
    return "; ".join(re.findall(r"signer \d+ status = (\w+)", text)[:1] + CODE.findall(text)[-1:]) or text.strip().rsplit("\n", 1)[-1]


class Nss:
    name, title, package = "nss", "NSS cmsutil", "libnss3-tools"

    @staticmethod
    def version():
        return f"NSS {package_version('libnss3-tools')}" if shutil.which("cmsutil") else ""

    def __init__(self, identities, folder):
        self.identities = identities
        self.folder = folder / "nss"
        self.folder.mkdir()
        self.database = f"sql:{self.folder}"
        call("certutil", "-N", "-d", self.database, "--empty-password")
        call("certutil", "-A", "-d", self.database, "-n", "ca", "-t", "CT,C,C", "-i", identities.authority)
        self.missing = {name: why for name in IMPORTED if (why := self.import_identity(name))}

    def import_identity(self, name):
        """Why it cannot be imported; None if it can."""
        file = self.folder / f"{name}.p12"
        call("openssl", "pkcs12", "-export", "-inkey", self.identities.key(name), "-in", self.identities.certificate(name), "-name", name,
             "-passout", f"pass:{PASSWORD}", "-out", file)
        try:
            call("pk12util", "-d", self.database, "-i", file, "-W", PASSWORD, "-K", "", words=words)
        except Refused as failure:
            return str(failure)
        return None

    def close(self):
        pass

    def need_key(self, form):
        if form.identity in self.missing:
            raise Refused(self.missing[form.identity])

    def cmsutil(self, *arguments):
        call("cmsutil", *arguments[:1], "-d", self.database, *arguments[1:], words=words)

    def write(self, form, content, out):
        self.need_key(form)
        {"signed": self.sign, "sealed": self.encrypt, "certificates": self.certificates, "pkcs12": self.pkcs12}[form.kind](form, content, out)

    def sign(self, form, content, out):
        self.cmsutil("-S", "-N", form.identity, "-H", form.digest.upper(), "-G", "-P", *(("-T",) if form.detached else ()),
                     "-i", content, "-o", out)

    def encrypt(self, form, content, out):
        self.cmsutil("-E", "-r", f"{form.identity}@a.example", "-i", content, "-o", out)

    def certificates(self, form, content, out):
        self.cmsutil("-O", "-r", f"{form.identity}@a.example,ca", "-o", out)

    def pkcs12(self, form, content, out):
        call("pk12util", "-d", self.database, "-o", out, "-n", form.identity, "-W", PASSWORD, "-K", "", words=words)

    def read(self, form, made, content, out):
        if form.kind == "sealed":
            self.need_key(form)
        self.cmsutil("-D", *(("-c", content) if form.detached else ()), "-i", made, "-o", out)
