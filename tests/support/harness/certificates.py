#!/usr/bin/python3
"""Server certificates made by openssl: right ones, and each way in which one can be wrong.

    certificates.py DIR     makes all of `SERVERS` in DIR: NAME.pem (the chain as a server sends it), NAME.key, and root.pem
"""
import hashlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HOST = "mail.a.example"
PAST = ("20200101000000Z", "20210101000000Z")
FUTURE = ("20400101000000Z", "20410101000000Z")
NUL_NAME = b"mail.a.example\0.evil.example"

# What some authorities in the middle are limited to.
LIMITED = {"mail": "emailProtection,clientAuth", "client": "clientAuth", "server": "serverAuth,clientAuth", "any": "anyExtendedKeyUsage"}

CONFIG = """[ca]
default_ca = here
[here]
database = index.txt
new_certs_dir = .
default_md = sha256
default_days = 3650
policy = any
unique_subject = no
rand_serial = yes
[any]
commonName = optional
"""


@dataclass
class Server:
    """How the certificate of one server is made. Its names are subjectAltName's, as openssl writes them."""
    names: str = f"DNS:{HOST}"
    subject: str = "server"
    issuer: str = "root"     # or middle, old-middle, other-root, a server, or "" for itself
    sends: tuple = ()        # what it sends behind its own certificate
    valid: tuple = ()        # from, to
    use: str = "serverAuth"
    digest: str = "sha256"


def _der_names(name):
    entry = bytes([0x82, len(name)]) + name
    return "DER:" + (bytes([0x30, len(entry)]) + entry).hex(":")


SERVERS = {
    "good": Server(issuer="middle", sends=("middle",)),
    "direct": Server(),
    "upper-case": Server(names="DNS:MAIL.A.Example"),
    "wildcard": Server(names="DNS:*.a.example"),
    "address": Server(names="IP:127.0.0.1,IP:::1"),
    "by-a-server-authority": Server(issuer="server-middle", sends=("server-middle",)),
    "by-any-authority": Server(issuer="any-middle", sends=("any-middle",)),
    # Wrong ones.
    "other-name": Server(names="DNS:mail.b.example"),
    "parent-name": Server(names="DNS:a.example"),
    "child-name": Server(names="DNS:x.mail.a.example"),
    "part-wildcard": Server(names="DNS:m*.a.example"),
    "deep-wildcard": Server(names="DNS:*.example"),
    "inner-wildcard": Server(names="DNS:mail.*.example"),
    "bare-wildcard": Server(names="DNS:*"),
    "nul-name": Server(names=_der_names(NUL_NAME)),
    "name-in-subject": Server(names="", subject=HOST),
    "mail-address": Server(names=f"email:postmaster@{HOST}"),
    "uri": Server(names=f"URI:https://{HOST}/"),
    "address-as-name": Server(names="DNS:127.0.0.1"),
    "other-address": Server(names="IP:127.0.0.2"),
    "expired": Server(valid=PAST),
    "not-yet": Server(valid=FUTURE),
    "expired-middle": Server(issuer="old-middle", sends=("old-middle",)),
    "self-signed": Server(issuer=""),
    "unknown-root": Server(issuer="other-root"),
    "unknown-root-sent": Server(issuer="other-root", sends=("other-root",)),
    "no-middle": Server(issuer="middle"),
    "for-clients": Server(use="clientAuth"),
    "by-a-server": Server(issuer="direct", sends=("direct",)),
    "by-a-mail-authority": Server(issuer="mail-middle", sends=("mail-middle",)),
    "by-a-client-authority": Server(issuer="client-middle", sends=("client-middle",)),
    "below-a-mail-authority": Server(issuer="below-mail", sends=("below-mail", "mail-middle")),
    "sha1": Server(digest="sha1"),
}


class Certificates:
    """Certificates in a folder. `path(name)` and `key(name)` are the files of an authority or a server."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "openssl.cnf").write_text(CONFIG)
        (self.folder / "index.txt").write_text("")
        self._authority("root", "")
        self._authority("other-root", "")
        self._authority("middle", "root")
        self._authority("old-middle", "root", PAST)
        for kind, use in LIMITED.items():
            self._authority(f"{kind}-middle", "root", use=use)
        self._authority("below-mail", "mail-middle")

    def path(self, name):
        return self.folder / f"{name}.pem"

    def key(self, name):
        return self.folder / f"{name}.key"

    def make(self, name, server=None):
        """Makes the server `name`: of SERVERS, or as given."""
        server = server or SERVERS[name]
        if server.issuer and not self.key(server.issuer).exists():
            self.make(server.issuer)
        extensions = f"basicConstraints=CA:FALSE\nextendedKeyUsage={server.use}\n"
        if server.names:
            extensions += f"subjectAltName={server.names}\n"
        self._certificate(name, server.subject, server.issuer, extensions, server.valid, server.digest)
        with open(self.path(name), "a") as chain:
            for more in server.sends:
                chain.write(self.path(more).read_text())
        return self

    def pin(self, name):
        """SHA-256 of the first certificate in the file of `name`, hexadecimal."""
        return hashlib.sha256(self._openssl("x509", "-in", self.path(name), "-outform", "DER")).hexdigest()

    def key_pin(self, name):
        """SHA-256 of its public key."""
        public = self._openssl("x509", "-in", self.path(name), "-noout", "-pubkey")
        return hashlib.sha256(self._openssl("pkey", "-pubin", "-outform", "DER", stdin=public)).hexdigest()

    def _authority(self, name, issuer, valid=(), use=""):
        extensions = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"
        if use:
            extensions += f"extendedKeyUsage={use}\n"
        self._certificate(name, f"Test {name}", issuer, extensions, valid)

    def _certificate(self, name, subject, issuer, extensions, valid=(), digest="sha256"):
        request, extension_file = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        extension_file.write_text(extensions)
        self._openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.key(name),
                      "-out", request, "-subj", f"/CN={subject}")
        signer = ("-cert", self.path(issuer), "-keyfile", self.key(issuer)) if issuer else ("-selfsign", "-keyfile", self.key(name))
        dates = ("-startdate", valid[0], "-enddate", valid[1]) if valid else ()
        self._openssl("ca", "-config", "openssl.cnf", "-batch", "-notext", "-md", digest, "-in", request, *signer, *dates,
                      "-extfile", extension_file, "-out", self.path(name))

    def _openssl(self, *arguments, stdin=None):
        done = subprocess.run(["openssl", *map(str, arguments)], cwd=self.folder, input=stdin, capture_output=True)
        assert done.returncode == 0, f"openssl {' '.join(map(str, arguments))}: {done.stderr.decode(errors='replace')}"
        return done.stdout


if __name__ == "__main__":
    made = Certificates(sys.argv[1])
    for each in SERVERS:
        if not made.key(each).exists():
            made.make(each)
