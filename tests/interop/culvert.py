"""The program under test, by its command line alone."""
import hashlib
import json
import os

from forms import KEK, KEK_ID, PASSWORD
from programs import ROOT, Refused, WrongForm, call

# As `inspect` names algorithms: parts of the names that tell them apart.
SIGNATURES = {"v15": "Encryption", "pss": "RSASSA-PSS", "ecdsa": "ecdsa-with-", "eddsa": "Ed25519"}
RECIPIENTS = {"v15": "RSAES-PKCS1-v1_5", "oaep": "RSAES-OAEP", "ecdh": "stdDH", "kek": "wrap", "password": "PWRI", "kem": "ML-KEM"}
# DER of object identifiers: `inspect` does not tell whether the content key was derived, nor what signed a content that is elsewhere.
CEK_HKDF, PSS = bytes.fromhex("060b2a864886f70d010910031f"), bytes.fromhex("06092a864886f70d01010a")


def program():
    path = os.environ.get("CULVERT") or str(ROOT / "build/dev/tools/cli/culvert")
    if not os.access(path, os.X_OK):
        raise SystemExit(f"{path} is not a program; build it (tools/test does), or name it in CULVERT")
    return os.path.abspath(path)


def fingerprint(certificate):
    """As `inspect` shows one: SHA-256 of the public key."""
    key = call("openssl", "pkey", "-pubin", "-outform", "DER", stdin=call("openssl", "x509", "-in", certificate, "-noout", "-pubkey"))
    return hashlib.sha256(key).hexdigest()


class Culvert:
    def __init__(self, identities, folder):
        self.identities = identities
        self.program = program()
        self.kek = folder / "kek.hex"
        self.kek.write_text(KEK + "\n")
        self.password = folder / "password"
        self.password.write_text(PASSWORD + "\n")

    def smime(self, *arguments):
        return call(self.program, "smime", *arguments, words=lambda text: text.strip().removeprefix("culvert: "))

    def key(self, form):
        return ("--key", self.identities.key(form.identity), "--cert", self.identities.certificate(form.identity))

    def openers(self, form):
        return {"kek": ("--kek", f"{KEK_ID}:{self.kek}"), "password": ("--password-file", self.password)}.get(form.scheme) or self.key(form)

    def write(self, form, content, out):
        if form.kind == "signed":
            self.smime("sign", "--der", *self.key(form), *(("--digest", form.digest) if form.scheme != "eddsa" else ()),
                       "--detached" if form.detached else "--opaque",
                       *(("--pss",) if form.scheme == "pss" else ()), "--in", content, "--out", out)
        else:
            recipient = ("--kek", f"{KEK_ID}:{self.kek}") if form.scheme == "kek" else ("--to", self.identities.certificate(form.identity))
            self.smime("encrypt", "--der", *recipient, "--cipher", form.cipher, *{"v15": ("--pkcs1",), "oaep": ("--oaep",)}.get(form.scheme, ()),
                       *(("--derive-key",) if form.derive else ()), "--in", content, "--out", out)

    def read(self, form, made, content, out):
        {"signed": self.verify, "sealed": self.decrypt, "compressed": self.look_inside, "certificates": self.certificates,
         "pkcs12": self.pkcs12}[form.kind](form, made, content, out)

    def verify(self, form, made, content, out):
        self.smime("verify", "--trust", self.identities.authority, *(("--content", content) if form.detached else ()), "--in", made, "--out", out)

    def decrypt(self, form, made, content, out):
        self.smime("decrypt", *self.openers(form), "--in", made, "--out", out)

    def pkcs12(self, form, made, content, out):
        """What is signed with the key in it must be a signature of that identity."""
        signed = made.with_suffix(".signed")
        self.smime("sign", "--der", "--opaque", "--key", made, "--password-file", self.password, "--in", content, "--out", signed)
        self.smime("verify", "--trust", self.identities.certificate(form.identity), "--in", signed, "--out", out)

    def to_compress(self, content, out):
        """No command gives out what was compressed and nothing else; so a sealed entity is what others compress (see look_inside)."""
        self.smime("encrypt", "--smime", "--to", self.identities.certificate("p256"), "--in", content, "--out", out)

    def look_inside(self, form, made, content, out):
        """`inspect` opens the sealed entity inside; its tag is right only if each octet was decompressed as it was."""
        layers = self.layers(form, made, "--key", self.identities.key("p256"), "--cert", self.identities.certificate("p256"))
        if not any(layer.get("opened-by") for layer in layers) or int(layers[-1].get("octets", -1)) != content.stat().st_size:
            raise Refused("what was compressed is not what is found")
        out.write_bytes(content.read_bytes())

    def certificates(self, form, made, content, out):
        """The certificates in it are those that were put in."""
        wanted = {fingerprint(file) for file in (self.identities.authority, self.identities.certificate(form.identity))}
        layer = self.layers(form, made)[0]
        if layer["type"] != "certs-only":
            raise Refused(f"{layer['type']}: {layer.get('why', 'no certs-only')}")
        if {certificate["fingerprint"] for certificate in layer["certificates"]} != wanted:
            raise Refused("the certificates that are read are not those that were written")
        out.write_bytes(content.read_bytes())

    def layers(self, form, made, *openers):
        return json.loads(self.smime("inspect", "--json", *openers, "--in", made))["layers"]

    def check(self, form, made):
        """Raises WrongForm if `made` is not what `form` says, whoever made it; Refused if it cannot be looked at."""
        if form.kind in ("pkcs12", "certificates"):  # `read` looks at all that is in these
            return
        layer = self.layers(form, made, *(self.openers(form) if form.kind == "sealed" else ()))[0]
        if "refused" in layer and not form.detached:  # the content of a detached signature is missed there
            raise Refused(layer["why"])
        for what, found, wanted in self.claims(form, layer, made):
            if wanted not in found or (what == "type" and wanted != found):
                raise WrongForm(f"{what}: {found or 'none'} instead of {wanted}")

    def claims(self, form, layer, made):
        """(what, as found, as wanted): the wanted one is a part of the other."""
        types = {"signed": "signed-data", "compressed": "compressed-data",
                 "sealed": "auth-enveloped-data" if form.cipher.endswith("gcm") else "enveloped-data"}
        yield "type", layer["type"], types[form.kind]
        octets = made.read_bytes()
        if form.kind == "signed":
            yield "signature", "RSASSA-PSS" if PSS in octets else "another scheme", "RSASSA-PSS" if form.scheme == "pss" else "another scheme"
        if form.kind == "signed" and not form.detached:
            yield "signature", layer["signers"][0]["signature"], SIGNATURES[form.scheme]
            yield "digest", layer["signers"][0]["digest"], form.digest
        elif form.kind == "sealed":
            yield "cipher", layer.get("cipher", ""), form.cipher
            yield "recipient", layer["recipients"][0]["algorithm"], RECIPIENTS[form.scheme]
            yield "key", "derived" if CEK_HKDF in octets else "plain", "derived" if form.derive else "plain"
