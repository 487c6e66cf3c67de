"""What the smime commands say when something does not count: the true cause, in text and in JSON. All objects are made by openssl."""
import base64
import json
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from smime_program import P256, PROGRAM, openssl

ENTITY = b"Content-Type: text/plain\r\n\r\nHello Bob\r\n"
CA = ("basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign")
MAIL = ("basicConstraints=CA:FALSE", "keyUsage=digitalSignature,keyEncipherment", "extendedKeyUsage=emailProtection",
        "subjectAltName=email:jane@a.example")


def in_order(name):
    """Parts of one RDN have no order, and openssl writes `street`."""
    return [sorted(re.split(r"(?<!\\)\+", rdn)) for rdn in re.split(r"(?<!\\),", name.replace("street=", "STREET="))]


class Reasons(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="culvert-reasons-")
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        (self.folder / "in").write_bytes(ENTITY)

    def openssl(self, *words):
        return openssl(self.folder, *words)

    def smime(self, *words, status=None):
        done = subprocess.run([PROGRAM, "smime", *map(str, words)], capture_output=True, timeout=60, cwd=self.folder)
        if status is not None:
            self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def said(self, *words, status=1):
        """What the command tells people, in text and inside its JSON."""
        text = self.smime(*words, status=status)
        answer = json.loads(self.smime(*words, "--json", status=status).stdout)
        told = answer["error"]["text"] if "error" in answer else answer["signers"][0].get("text", "")
        self.assertIn(told, (text.stdout + text.stderr).decode())
        return told

    def make(self, name, *extensions, issuer=None, subject=None, digest="-sha256", days="30", key=None, algorithm=P256, text=""):
        """NAME.key and NAME.pem, issued by another or by itself."""
        if key is None:
            self.openssl("genpkey", "-algorithm", algorithm[0], *algorithm[1:], "-out", f"{name}.key")
        else:
            (self.folder / f"{name}.key").write_bytes((self.folder / f"{key}.key").read_bytes())
        (self.folder / "extensions").write_text("[x]\n" + "\n".join(extensions) + "\n" + text)
        self.openssl("req", "-new", "-utf8", "-config", "/dev/null", "-key", f"{name}.key", "-subj", subject or f"/CN={name}", "-out", "request")
        by = ("-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key") if issuer else ("-signkey", f"{name}.key")
        self.openssl("x509", "-req", digest, "-in", "request", "-days", days, "-set_serial", "7", *by, "-extfile", "extensions", "-extensions", "x",
                     "-out", f"{name}.pem")

    def sign(self, name="jane", *more, included=(), out="signed", form="DER", of="in"):
        pems = b"".join((self.folder / f"{one}.pem").read_bytes() for one in included)
        (self.folder / "included").write_bytes(pems)
        others = ("-certfile", "included") if pems else ()
        self.openssl("cms", "-sign", "-binary", "-nodetach", "-in", of, "-signer", f"{name}.pem", "-inkey", f"{name}.key", "-outform", form, *others,
                     *more, "-out", out)

    def verify(self, trust="root", status=1, *more):
        return self.said("verify", "--trust", f"{trust}.pem", "--in", "signed", *more, status=status)


class Chains(Reasons):
    def setUp(self):
        super().setUp()
        self.make("root", *CA)

    def reason(self, included=(), trust="root"):
        self.sign(included=included)
        told = self.verify(trust)
        signer = json.loads(self.smime("verify", "--trust", f"{trust}.pem", "--in", "signed", "--json").stdout)["signers"][0]
        self.assertEqual(signer["reason"], "signer-untrusted")
        self.assertTrue(told.endswith(signer["chain"]), (told, signer["chain"]))
        return signer["chain"]

    def test_an_issuer_that_is_not_at_hand_is_named(self):
        self.make("inter", *CA, issuer="root")
        self.make("lower", *CA, issuer="inter")
        self.make("jane", *MAIL, issuer="lower")
        self.assertIn("CN=lower, which issued that of CN=jane, is neither trusted nor in the message", self.reason())
        self.assertIn("CN=inter, which issued that of CN=lower, is neither", self.reason(["lower"]))
        self.make("other", *CA)
        self.assertIn("CN=root, which issued that of CN=inter, is neither", self.reason(["lower", "inter"], "other"))
        self.assertIn("CN=root, which issued itself and is not among the trusted", self.reason(["lower", "inter", "root"], "other"))
        self.sign(included=["lower", "inter"])
        self.assertEqual(self.verify("root", 0), "")

    def test_a_certificate_that_issued_itself_is_told_so(self):
        self.make("jane", *MAIL)
        self.assertIn("CN=jane, which issued itself and is not among the trusted", self.reason())

    def test_an_issuer_that_has_expired_is_told_with_its_times(self):
        self.make("inter", *CA, issuer="root", days="-1")
        self.make("jane", *MAIL, issuer="inter")
        self.assertRegex(self.reason(["inter"]), r"the issuer CN=inter is valid only from \d{4}-.* to \d{4}-")
        self.make("old", *CA, days="-1")
        self.make("jane", *MAIL, issuer="old")
        self.assertRegex(self.reason([], "old"), "the issuer CN=old is valid only from")

    def test_a_weak_hash_of_an_issuer_is_named_with_both_ends(self):
        for digest, name in (("-sha1", "SHA-1"), ("-sha224", "SHA-224")):
            self.make("inter", *CA, issuer="root", digest=digest)
            self.make("jane", *MAIL, issuer="inter")
            told = self.reason(["inter"])
            self.assertIn(f"the signature of CN=root under the certificate of CN=inter is made with {name}, which does not count", told)
        self.make("jane", *MAIL, issuer="root", digest="-sha1")
        self.assertIn("of CN=root under the certificate of CN=jane is made with SHA-1", self.reason())

    def test_a_signature_of_an_issuer_that_is_wrong_is_told(self):
        self.make("inter", *CA, issuer="root")
        self.make("jane", *MAIL, issuer="inter")
        self.make("inter", *CA, issuer="root")
        self.assertIn("the signature of CN=inter under the certificate of CN=jane is wrong", self.reason(["inter"]))

    def test_what_an_issuer_lacks_is_told(self):
        for extensions, words in ((("basicConstraints=CA:FALSE",), "the issuer CN=inter is no CA"),
                                  (("basicConstraints=CA:TRUE", "keyUsage=cRLSign"), "the issuer CN=inter has a key usage that does not allow keyCertSign"),
                                  ((*CA, "extendedKeyUsage=serverAuth"), "the issuer CN=inter issues for other purposes than mail"),
                                  ((*CA, "1.2.3.4=critical,DER:0500"), "the issuer CN=inter cannot be used: its critical extension 1.2.3.4 is not known")):
            self.make("inter", *extensions, issuer="root")
            self.make("jane", *MAIL, issuer="inter")
            self.assertIn(words, self.reason(["inter"]))

    def test_a_path_length_is_told(self):
        self.make("inter", "basicConstraints=critical,CA:TRUE,pathlen:0", "keyUsage=keyCertSign", issuer="root")
        self.make("lower", *CA, issuer="inter")
        self.make("jane", *MAIL, issuer="lower")
        self.assertIn("CN=lower stands further below another than that one's path length allows", self.reason(["inter", "lower"]))

    def test_a_name_constraint_is_told_with_the_name(self):
        for constraint, name, words in (("permitted;email:b.example", "email:jane@a.example", "CN=inter may not issue for email:jane@a.example: its name constraints permit only email:b.example"),
                                        ("permitted;email:b.example,permitted;email:.c.example", "email:jane@a.example", "permit only email:b.example, email:.c.example"),
                                        ("excluded;email:a.example", "email:jane@a.example", "may not issue for email:jane@a.example: its name constraints exclude email:a.example"),
                                        ("permitted;DNS:b.example", "DNS:www.a.example", "may not issue for DNS:www.a.example: its name constraints permit only DNS:b.example"),
                                        ("excluded;IP:192.0.2.0/255.255.255.0", "IP:192.0.2.7", "may not issue for IP:192.0.2.7: its name constraints exclude IP:192.0.2.0/255.255.255.0"),
                                        ("permitted;dirName:d", "email:jane@a.example", "may not issue for dirName:CN=jane: its name constraints permit only dirName:O=Firm")):
            self.make("inter", *CA, f"nameConstraints=critical,{constraint}", issuer="root", text="[d]\nO=Firm\n")
            self.make("jane", *MAIL[:3], f"subjectAltName={name}", issuer="inter")
            self.assertIn(words, self.reason(["inter"]))

    def test_a_policy_is_told(self):
        self.make("inter", *CA, "policyConstraints=critical,requireExplicitPolicy:0", issuer="root")
        self.make("jane", *MAIL, issuer="inter")
        self.assertIn("demands a certificate policy that CN=", self.reason(["inter"]))

    def test_names_of_strangers_are_printable_and_bounded(self):
        self.make("inter", *CA, issuer="root", subject="/CN=" + "\u202e\x1b[31m" + "x" * 40 + "/O=" + "y" * 60 + "/OU=" + "z" * 60 + "/OU=" + "w" * 60)
        self.make("jane", *MAIL, issuer="inter", subject="/CN=a, b=c\u2028d")
        told = self.reason()
        self.assertTrue(told.isprintable())
        self.assertLess(len(told), 700)
        self.assertIn(r"CN=a\, b=c\E2\80\A8d", told)


class Certificates(Reasons):
    def test_a_critical_extension_that_is_not_known_is_named_everywhere(self):
        self.make("root", *CA)
        for oid, name in (("1.2.3.4", "1.2.3.4"), ("1.3.6.1.5.5.7.1.3", "qcStatements (1.3.6.1.5.5.7.1.3)"), ("2.5.29.16", "privateKeyUsagePeriod (2.5.29.16)")):
            self.make("jane", *MAIL, f"{oid}=critical,DER:30020500", issuer="root")
            self.sign()
            told = self.verify()
            words = f"its critical extension {name} is not known"
            self.assertIn(f"that of CN=jane, because {words}", told)
            self.assertIn("not altered", told)
            self.assertIn(words, self.said("sign", "--key", "jane.key", "--cert", "jane.pem", "--in", "in"))
            self.assertIn(words, self.said("encrypt", "--to", "jane.pem", "--in", "in"))
            self.assertIn(words, self.said("decrypt", "--key", "jane.key", "--cert", "jane.pem", "--in", "signed"))

    def test_an_extension_that_cannot_be_read_is_named(self):
        for extension, name in (("2.5.29.17=DER:3003810141ff", "subjectAltName (2.5.29.17)"), ("2.5.29.37=DER:0500", "extKeyUsage (2.5.29.37)"),
                                ("2.5.29.15=DER:0500", "keyUsage (2.5.29.15)")):
            self.make("jane", extension)
            self.assertIn(f"its extension {name} cannot be read", self.said("encrypt", "--to", "jane.pem", "--in", "in"))

    def test_an_empty_subject_alternative_name_is_as_none(self):
        for critical in ("", "critical,"):
            self.make("jane", "keyUsage=digitalSignature,keyAgreement", f"2.5.29.17={critical}DER:3000", subject="/CN=jane/emailAddress=jane@a.example")
            self.smime("encrypt", "--to", "jane.pem", "--in", "in", "--out", "sealed", status=0)
            self.assertEqual(self.smime("decrypt", "--key", "jane.key", "--cert", "jane.pem", "--in", "sealed", status=0).stdout, ENTITY)
            self.sign()
            answer = json.loads(self.smime("verify", "--trust", "jane.pem", "--in", "signed", "--json", status=0).stdout)
            self.assertEqual(answer["signers"][0]["address"], "jane@a.example")

    def test_what_a_certificate_may_not_do_is_told_with_what_it_may(self):
        for extensions, words in ((("keyUsage=keyEncipherment",), "its key usage is keyEncipherment, without digitalSignature or nonRepudiation"),
                                  (("extendedKeyUsage=serverAuth",), "its extended key usage does not list emailProtection"),
                                  (CA, "it is a CA certificate, and its key usage is keyCertSign, cRLSign, without digitalSignature")):
            self.make("jane", *extensions)
            self.sign()
            self.assertIn(words, self.verify("jane"))
            self.assertIn(words, self.said("sign", "--key", "jane.key", "--cert", "jane.pem", "--in", "in"))
        self.make("jane", "keyUsage=digitalSignature")
        self.assertIn("without keyEncipherment or keyAgreement", self.said("encrypt", "--to", "jane.pem", "--in", "in"))
        self.make("jane", *CA)
        self.assertIn("it is a CA certificate (basic constraints CA:TRUE)", self.said("encrypt", "--to", "jane.pem", "--in", "in"))

    def test_names_are_written_as_rfc_4514_says(self):
        for subject in ("/C=CH/ST=Bern/L=Thun/O=Firm, Ltd./OU=a+b/CN=Jane/emailAddress=jane@a.example", "/DC=example/DC=a/UID=j/CN=# first", "/CN= blank /O=<q>;\"\\\\",
                        "/CN=one+OU=two/O=Zürich", "/serialNumber=1/GN=Jane/SN=Doe/title=Dr", "/street=Way 1/CN=Jane"):
            self.make("jane", *MAIL, subject=subject)
            wanted = self.openssl("x509", "-in", "jane.pem", "-noout", "-subject", "-nameopt", "RFC2253,-esc_msb").decode().rstrip("\n").removeprefix("subject=")
            self.sign()
            answer = json.loads(self.smime("verify", "--trust", "jane.pem", "--in", "signed", "--json", status=0).stdout)
            self.assertEqual(in_order(answer["signers"][0]["subject"]), in_order(wanted))


class Authorities(Reasons):
    """A CA certificate that may sign counts (PKITS 4.6.8), and is marked."""

    def verdict(self, trust, status=0, included=()):
        self.sign(included=included)
        return json.loads(self.smime("verify", "--trust", f"{trust}.pem", "--in", "signed", "--json", status=status).stdout)["signers"][0]

    def test_counts_by_name_if_it_may_sign(self):
        for usage in ((), ("keyUsage=digitalSignature",), ("keyUsage=digitalSignature,keyCertSign",), ("keyUsage=nonRepudiation,cRLSign",)):
            self.make("jane", "basicConstraints=critical,CA:TRUE", *usage, subject="/CN=Jane/emailAddress=jane@a.example")
            signer = self.verdict("jane")
            self.assertTrue(signer["valid"] and signer["weak"])
            self.assertIn("CA:TRUE", signer["weakness"])
            self.assertIn(b"valid, weak", self.smime("verify", "--trust", "jane.pem", "--in", "signed", status=0).stdout)

    def test_counts_by_chain(self):
        self.make("root", *CA)
        self.make("inter", "basicConstraints=critical,CA:TRUE,pathlen:0", "keyUsage=keyCertSign", issuer="root")
        self.make("jane", "basicConstraints=critical,CA:TRUE", "keyUsage=digitalSignature", "subjectAltName=email:jane@a.example", issuer="inter")
        self.assertTrue(self.verdict("root", included=["inter"])["valid"])

    def test_does_not_count_without_trust_or_usage(self):
        self.make("root", *CA)
        self.make("jane", "basicConstraints=critical,CA:TRUE")
        self.assertEqual(self.verdict("root", 1)["reason"], "signer-untrusted")
        self.make("jane", "basicConstraints=critical,CA:TRUE", "keyUsage=keyCertSign,cRLSign")
        self.assertEqual(self.verdict("jane", 1)["reason"], "usage-not-allowed")
        self.make("jane", "basicConstraints=critical,CA:TRUE", "extendedKeyUsage=serverAuth")
        self.assertEqual(self.verdict("jane", 1)["reason"], "usage-not-allowed")

    def test_named_attack_authority_beyond_its_limits(self):
        """Who is trusted as a CA for b.example alone does not speak for a.example by signing with the CA's own key."""
        self.make("root", *CA)
        names = ("basicConstraints=critical,CA:TRUE", "nameConstraints=critical,permitted;email:b.example")
        for subject, more, good in (("/CN=B/emailAddress=boss@a.example", (), False), ("/CN=B", ("subjectAltName=email:boss@a.example",), False),
                                    ("/CN=B", ("subjectAltName=email:boss@b.example",), True)):
            self.make("jane", *names, *more, subject=subject)
            signer = self.verdict("jane", 0 if good else 1)
            self.assertEqual(signer["reason"], None if good else "usage-not-allowed")
            if not good:
                self.assertIn("a name beyond its limits", signer["text"])
                self.assertIn("email:boss@a.example", signer["text"])
        self.make("jane", *names, issuer="root", subject="/CN=B/emailAddress=boss@a.example")
        self.assertEqual(self.verdict("root", 1)["reason"], "usage-not-allowed")

    def test_named_attack_the_signature_of_a_certificate_as_that_of_a_mail(self):
        """A CA signs what others write into their certificates; without signed attributes that would be a mail's content."""
        self.make("jane", "basicConstraints=critical,CA:TRUE")
        self.openssl("cms", "-sign", "-noattr", "-binary", "-nodetach", "-in", "in", "-signer", "jane.pem", "-inkey", "jane.key", "-outform", "DER", "-out", "signed")
        signer = json.loads(self.smime("verify", "--trust", "jane.pem", "--in", "signed", "--json", status=1).stdout)["signers"][0]
        self.assertEqual(signer["reason"], "no-signed-attributes")


class Algorithms(Reasons):
    def setUp(self):
        super().setUp()
        self.make("jane", *MAIL, algorithm=("RSA", "-pkeyopt", "rsa_keygen_bits:2048"))

    def altered(self):
        octets = (self.folder / "signed").read_bytes()
        self.assertIn(b"Hello Bob", octets)
        (self.folder / "signed").write_bytes(octets.replace(b"Hello Bob", b"Hello Eve"))

    def test_sha1_is_named_and_whether_the_content_was_altered(self):
        self.make("ec", *MAIL)
        for name in ("jane", "ec"):
            self.sign(name, "-md", "sha1")
            told = self.verify(name)
            for words in ("SHA-1", "sign with SHA-256 or better", "the content was not altered by accident"):
                self.assertIn(words, told)
            self.altered()
            self.assertIn("the content was altered besides", self.verify(name))
            self.assertTrue(json.loads(self.smime("verify", "--trust", f"{name}.pem", "--in", "signed", "--json").stdout)["signers"][0]["content_altered"])

    def test_other_weak_digests_are_named(self):
        for digest, name in (("md5", "MD5"), ("sha224", "SHA-224")):
            self.sign("jane", "-md", digest)
            told = self.verify("jane")
            self.assertIn(name, told)
            self.assertIn("whether the content was altered cannot be told", told)

    def test_a_key_that_does_not_count_is_told_with_its_size_or_curve(self):
        self.make("small", *MAIL, algorithm=("RSA", "-pkeyopt", "rsa_keygen_bits:768"))
        self.sign("small")
        self.assertIn("it has 768 bits, and RSA keys of 1024 to 16384 bits count", self.verify("small"))
        self.make("odd", *MAIL, algorithm=("EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"))
        self.sign("odd")
        self.assertIn("the key is on the curve 1.3.132.0.10", self.verify("odd"))

    def test_sha1_in_pss_is_named(self):
        self.sign("jane", "-md", "sha1", "-keyopt", "rsa_padding_mode:pss")
        self.assertIn("SHA-1", self.verify("jane"))

    def test_dsa_is_named_with_every_digest(self):
        self.openssl("dsaparam", "-out", "dsa.parameters", "1024")
        self.openssl("genpkey", "-paramfile", "dsa.parameters", "-out", "dsa.key")
        self.make("dsa", *MAIL, key="dsa")
        for digest, more in (("sha1", "SHA-1"), ("sha256", "SHA-256")):
            self.sign("dsa", "-md", digest)
            told = self.verify("dsa")
            for words in ("DSA", more, "a key for RSA, ECDSA or EdDSA", "not altered"):
                self.assertIn(words, told)
            self.altered()
            told = self.verify("dsa")
            self.assertIn("DSA", told)
            self.assertIn("the content was altered besides", told)


class Two(Reasons):
    """Jane and Bob, with RSA keys."""

    def setUp(self):
        super().setUp()
        self.make("jane", *MAIL, algorithm=("RSA", "-pkeyopt", "rsa_keygen_bits:2048"))
        self.make("bob", *MAIL, algorithm=("RSA", "-pkeyopt", "rsa_keygen_bits:2048"))

    def seal(self, *names, out="sealed"):
        self.openssl("cms", "-encrypt", "-aes256", "-binary", "-in", "in", "-outform", "DER", "-out", out, *(f"{name}.pem" for name in names))


class Objects(Two):
    def test_content_of_another_protocol_is_named(self):
        for oid, name in (("1.2.840.113549.1.9.16.1.4", "a time stamp (1.2.840.113549.1.9.16.1.4)"), ("1.2.3.4", "its content type is 1.2.3.4")):
            self.sign("jane", "-econtent_type", oid)
            told = self.verify("jane")
            self.assertIn("no mail", told)
            self.assertIn(name, told)
            self.assertNotIn("attributes", told)

    def test_another_kind_of_object_is_named(self):
        self.openssl("cms", "-digest_create", "-binary", "-in", "in", "-outform", "DER", "-out", "signed")
        self.assertIn("digested data (1.2.840.113549.1.7.5)", self.verify("jane"))
        self.assertIn("digested data", self.said("decrypt", "--key", "jane.key", "--in", "signed"))
        self.openssl("cms", "-data_create", "-in", "in", "-outform", "DER", "-out", "signed")
        self.assertIn("data (1.2.840.113549.1.7.1)", self.verify("jane"))

    def test_a_detached_signature_without_its_content_asks_for_it(self):
        for form in ("DER", "PEM"):
            self.openssl("cms", "-sign", "-binary", "-in", "in", "-signer", "jane.pem", "-inkey", "jane.key", "-outform", form, "-out", "signed")
            told = self.verify("jane")
            self.assertIn("detached signature", told)
            self.assertIn("--content FILE", told)
            self.verify("jane", 0, "--content", "in")

    def test_certificates_only_are_told_so(self):
        self.openssl("crl2pkcs7", "-nocrl", "-certfile", "jane.pem", "-outform", "DER", "-out", "signed")
        self.assertIn("certificates only (1)", self.verify("jane"))
        self.assertIn("certificates only (1)", self.verify("jane", 1, "--content", "in"))
        self.assertIn("certificates only", self.said("decrypt", "--key", "jane.key", "--in", "signed"))

    def test_for_whom_it_is_sealed_is_told_when_no_key_fits(self):
        self.seal("bob")
        told = self.said("decrypt", "--key", "jane.key", "--cert", "jane.pem", "--in", "sealed")
        self.assertIn("no key at hand opens this message: it is sealed for the certificate with serial number 07 of CN=bob", told)
        self.seal(*["bob"] * 9)
        told = self.said("decrypt", "--key", "jane.key", "--cert", "jane.pem", "--in", "sealed")
        self.assertIn("and 6 more", told)
        self.assertLess(len(told), 600)
        self.openssl("cms", "-encrypt", "-aes256", "-in", "in", "-outform", "DER", "-out", "sealed", "-pwri_password", "x")
        self.assertIn("a password", self.said("decrypt", "--key", "jane.key", "--cert", "jane.pem", "--in", "sealed"))

    def test_the_type_that_was_found_is_named(self):
        for octets, words in ((b"Content-Type: text/html\n\nx\n", "its top-level type is text/html"), (b"From: a@a.example\n\nx\n", "its top-level type is text/plain"),
                              (b"-----BEGIN PGP MESSAGE-----\nAAAA\n-----END PGP MESSAGE-----\n", "its PEM label is 'PGP MESSAGE', and CMS or PKCS7 is accepted"),
                              (b"Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=b\n\n--b\n\nx\n--b\n\ny\n--b--\n", "application/pgp-signature"),
                              (b"Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=b\n\n--b\n\nx\n--b\nContent-Type: image/png\n\ny\n--b--\n", "it is image/png")):
            (self.folder / "mail").write_bytes(octets)
            self.assertIn(words, self.said("verify", "--trust", "jane.pem", "--in", "mail"))
        (self.folder / "key.pem").write_bytes(b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n")
        told = self.said("verify", "--trust", "key.pem", "--in", "in")
        self.assertIn("X509 CRL", told)
        self.assertIn("CERTIFICATE", told)


class Inspect(Two):
    def inspect(self, status, *words):
        done = self.smime("inspect", "--json", *words, status=status)
        layers = json.loads(done.stdout)["layers"] if b"layers" in done.stdout else []
        return [layer["refused"] for layer in layers if "refused" in layer] + [s["refused"] for layer in layers for s in layer.get("signers", []) if "refused" in s]

    def test_ends_with_1_for_what_is_broken(self):
        self.sign()
        self.seal("bob")
        signed, sealed = ((self.folder / name).read_bytes() for name in ("signed", "sealed"))
        for octets in (signed[:-40], signed + b"x", signed.replace(b"Hello Bob", b"Hello Eve"), signed[:-3] + b"abc", sealed[:-10], sealed + b"x", sealed[:200],
                       sealed[:4] + b"\x06\x00" + sealed[6:], signed[:4]):
            (self.folder / "broken").write_bytes(octets)
            self.inspect(1, "--in", "broken")
            self.smime("inspect", "--in", "broken", status=1)
        for octets in (sealed[:-5] + b"x" + sealed[-4:],):
            (self.folder / "broken").write_bytes(octets)
            self.assertEqual(self.inspect(0, "--in", "broken"), [])
            self.assertEqual(len(self.inspect(1, "--in", "broken", "--key", "bob.key", "--cert", "bob.pem")), 1)
        text = base64.encodebytes(signed)
        for body in (text[:-100], text[:50] + b"=" + text[50:]):
            (self.folder / "broken").write_bytes(b"Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: base64\n\n" + body)
            self.smime("inspect", "--in", "broken", status=1)

    def test_ends_with_0_for_what_is_whole(self):
        self.sign()
        self.inspect(0, "--in", "signed")
        self.seal("bob")
        self.inspect(0, "--in", "sealed")
        self.inspect(0, "--in", "sealed", "--key", "bob.key", "--cert", "bob.pem")
        self.inspect(0, "--in", "sealed", "--key", "jane.key", "--cert", "jane.pem")
        self.sign("jane", "-md", "sha1")
        self.assertEqual(self.inspect(0, "--in", "signed"), ["weak-algorithm"])
        self.sign("jane", "-nocerts")
        self.assertEqual(self.inspect(0, "--in", "signed"), ["signer-unknown"])
        self.sign("jane", "-econtent_type", "1.2.840.113549.1.9.16.1.4")
        self.inspect(0, "--in", "signed")
        self.openssl("cms", "-sign", "-binary", "-in", "in", "-signer", "jane.pem", "-inkey", "jane.key", "-outform", "DER", "-out", "signed")
        self.inspect(0, "--in", "signed")
        self.openssl("crl2pkcs7", "-nocrl", "-certfile", "jane.pem", "-outform", "DER", "-out", "signed")
        self.inspect(0, "--in", "signed")


if __name__ == "__main__":
    unittest.main(verbosity=2)
