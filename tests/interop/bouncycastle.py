"""BouncyCastle, through Driver.java: one Java process for the whole run."""
import shutil
import subprocess
from pathlib import Path

from forms import KEK, KEK_ID, PASSWORD
from programs import Refused, package_version

JARS = tuple(Path("/usr/share/java") / f"{name}.jar" for name in ("bcprov", "bcutil", "bcpkix"))
ALGORITHMS = {("v15", "sha256"): "SHA256withRSA", ("pss", "sha256"): "SHA256withRSAandMGF1", ("ecdsa", "sha256"): "SHA256withECDSA",
              ("ecdsa", "sha384"): "SHA384withECDSA", ("eddsa", "sha512"): "Ed25519"}


class BouncyCastle:
    name, title, package = "bouncycastle", "BouncyCastle", "libbcmail-java"

    @staticmethod
    def version():
        """Empty without the libraries or without a JDK, which alone compiles the driver."""
        if not shutil.which("java") or not shutil.which("javac") or not all(jar.exists() for jar in JARS):
            return ""
        return f"BouncyCastle {package_version('libbcmail-java')}"

    def __init__(self, identities, folder):
        self.identities = identities
        self.log = open(folder / "java.log", "w+")
        self.java = subprocess.Popen(
            ["java", f"-Djava.io.tmpdir={folder}", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-cp", ":".join(map(str, JARS)),
             str(Path(__file__).with_name("Driver.java"))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)
        if not self.java.stdout.readline():
            self.java.wait()
            self.log.seek(0)
            raise SystemExit(f"Driver.java does not run: {self.log.read()}")

    def close(self):
        self.java.stdin.close()
        self.java.wait()
        self.java.stdout.close()
        self.log.close()

    def order(self, verb, **values):
        words = [verb, *(f"{name}={value}" for name, value in values.items() if value not in (None, False))]
        self.java.stdin.write("\t".join(words) + "\n")
        self.java.stdin.flush()
        answer, _, why = self.java.stdout.readline().strip().partition("\t")
        if answer != "yes":
            raise Refused(why or "the driver ended")

    def write(self, form, content, out):
        {"signed": self.sign, "sealed": self.encrypt, "compressed": self.compress, "certificates": self.certificates,
         "pkcs12": self.pkcs12}[form.kind](form, {"in": content, "out": out})

    def key_pair(self, form):
        return {"key": self.identities.key(form.identity), "cert": self.identities.certificate(form.identity)}

    def sign(self, form, files):
        self.order("sign", **self.key_pair(form), algorithm=ALGORITHMS[form.scheme, form.digest], opaque=not form.detached, **files)

    def encrypt(self, form, files):
        self.order("encrypt", **self.secrets(form), kind=form.scheme, cipher=form.cipher, derive=form.derive, **files)

    def secrets(self, form):
        shared = {"kek": {"kek": KEK, "kekid": KEK_ID}, "password": {"password": PASSWORD}}
        return shared.get(form.scheme) or self.key_pair(form)

    def compress(self, form, files):
        self.order("compress", **files)

    def certificates(self, form, files):
        self.order("certificates", ca=self.identities.authority, **self.key_pair(form), **files)

    def pkcs12(self, form, files):
        self.order("pkcs12", ca=self.identities.authority, password=PASSWORD, **self.key_pair(form), **files)

    def read(self, form, made, content, out):
        files = {"in": made, "out": out}
        if form.kind == "signed":
            self.order("verify", ca=self.identities.authority, content=content if form.detached else None, **files)
        else:
            self.order("decrypt", **self.secrets(form), **files)
