"""Keys and certificates that the smime commands are given: which they take, and what they make of them."""
import base64
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from smime_program import P256, PROGRAM, make_certificate, openssl


def make(folder, name, algorithm, usage, *extensions):
    """Issued by the authority."""
    make_certificate(folder, name, algorithm, usage, *extensions, issuer="ca")


class Smime(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="culvert-smime-")
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.folder = Path(cls.temporary.name)
        make_certificate(cls.folder, "ca", P256, "keyCertSign", "basicConstraints=critical,CA:true")
        make(cls.folder, "bob", P256, "keyAgreement")
        make(cls.folder, "signer", P256, "digitalSignature")
        make(cls.folder, "server", P256, "keyAgreement", "extendedKeyUsage=serverAuth")
        make(cls.folder, "ed25519", ("ed25519",), "digitalSignature")
        make(cls.folder, "ed448", ("ed448",), "digitalSignature")
        (cls.folder / "letter").write_bytes(b"Content-Type: text/plain\r\n\r\nhello\r\n")

    def culvert(self, *words, status=0):
        done = subprocess.run([PROGRAM, "smime", *words], cwd=self.folder, capture_output=True, text=True, timeout=60,
                              stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def join(self, name, *certificates):
        """A PEM file and a PKCS#7 file of these certificates."""
        (self.folder / f"{name}.pem").write_text("".join((self.folder / f"{c}.pem").read_text() for c in certificates))
        files = [word for c in certificates for word in ("-certfile", f"{c}.pem")]
        openssl(self.folder, "crl2pkcs7", "-nocrl", *files, "-outform", "DER", "-out", f"{name}.p7c")
        return f"{name}.pem", f"{name}.p7c"

    def test_encryption_picks_the_certificates_that_are_for_it(self):
        for file in self.join("all-of-bob", "ca", "signer", "server", "bob"):
            self.culvert("encrypt", "--to", file, "--in", "letter", "--out", "sealed")
            self.assertEqual(self.culvert("inspect", "--in", "sealed").count("    recipient\n"), 1)
            self.culvert("decrypt", "--key", "bob.key", "--cert", "bob.pem", "--in", "sealed", "--out", "opened")
            self.assertEqual((self.folder / "opened").read_bytes(), (self.folder / "letter").read_bytes())

    def test_encryption_refuses_a_file_with_nothing_for_it(self):
        for file in self.join("nobody", "ca", "signer", "server"):
            told = self.culvert("encrypt", "--to", "bob.pem", file, "--in", "letter", "--out", "none", status=1)
            self.assertIn("is not meant for encryption", told)
            self.assertFalse((self.folder / "none").exists())

    def test_encryption_leaves_out_nobody_whose_certificate_expired(self):
        openssl(self.folder, "x509", "-in", "bob.pem", "-outform", "DER", "-out", "old.der")
        old = self.folder / "old.der"
        # The second time in it is its last; nobody looks at its signature here.
        old.write_bytes(re.sub(rb"(\d{12}Z\x17\x0d)\d{12}Z", rb"\g<1>200101000000Z", old.read_bytes()))
        openssl(self.folder, "x509", "-in", "old.der", "-out", "old.pem")
        for file in self.join("two-people", "bob", "old"):
            self.assertIn("is valid only from", self.culvert("encrypt", "--to", file, "--in", "letter", status=1))

    def test_a_key_with_its_own_digest_takes_no_other(self):
        for digest, status in (("sha512", 0), ("sha256", 2), ("sha384", 2)):
            told = self.culvert("sign", "--key", "ed25519.key", "--cert", "ed25519.pem", "--digest", digest, "--in", "letter",
                                "--out", "signed", status=status)
            self.assertEqual("an Ed25519 key signs with SHA-512 alone" in told, status != 0)
        self.culvert("verify", "--trust", "ca.pem", "--in", "signed")
        told = self.culvert("sign", "--key", "ed448.key", "--cert", "ed448.pem", "--digest", "sha512", "--in", "letter", status=2)
        self.assertIn("an Ed448 key signs with SHAKE256 alone", told)
        told = self.culvert("sign", "--key", "ed448.key", "--cert", "ed448.pem", "--digest", "md5", "--in", "letter", status=2)
        self.assertIn("--digest takes sha256, sha384 or sha512", told)

    def test_a_certificate_may_hold_its_point_compressed(self):
        openssl(self.folder, "ec", "-in", "signer.key", "-conv_form", "compressed", "-out", "short.key")
        openssl(self.folder, "req", "-x509", "-config", "/dev/null", "-key", "short.key", "-CA", "ca.pem", "-CAkey", "ca.key", "-subj", "/CN=short",
                "-addext", "keyUsage=digitalSignature", "-out", "short.pem", "-days", "30")
        self.assertNotEqual(*(openssl(self.folder, "x509", "-in", f"{name}.pem", "-pubkey", "-noout") for name in ("short", "signer")))
        self.culvert("sign", "--key", "signer.key", "--cert", "short.pem", "--in", "letter", "--out", "signed")
        self.culvert("verify", "--trust", "ca.pem", "--in", "signed")
        self.culvert("encrypt", "--message", "--sign-key", "signer.key", "--sign-cert", "short.pem", "--to", "bob.pem", "--in", "letter", "--out", "sealed")
        self.culvert("decrypt", "--key", "bob.key", "--cert", "bob.pem", "--in", "sealed", "--out", "opened")
        self.culvert("verify", "--trust", "ca.pem", "--in", "opened")

    def test_a_key_for_pss_alone_signs_with_pss_and_with_its_own_digest(self):
        of_sha512 = ("-pkeyopt", "rsa_pss_keygen_md:sha512", "-pkeyopt", "rsa_pss_keygen_mgf1_md:sha512", "-pkeyopt",
                     "rsa_pss_keygen_saltlen:64")
        for name, demand, digest in (("pss", (), "sha256"), ("pss512", of_sha512, "sha512")):
            make(self.folder, name, ("rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048", *demand), "digitalSignature")
            openssl(self.folder, "pkcs12", "-export", "-in", f"{name}.pem", "-inkey", f"{name}.key", "-passout", "pass:x", "-out",
                    f"{name}.p12")
            (self.folder / "password").write_text("x\n")
            for files in (("--key", f"{name}.key", "--cert", f"{name}.pem"), ("--key", f"{name}.p12", "--password-file", "password")):
                self.culvert("sign", "--opaque", *files, "--in", "letter", "--out", "signed")
                self.culvert("verify", "--trust", "ca.pem", "--in", "signed")
                told = self.culvert("inspect", "--in", "signed")
                self.assertIn("signature: RSASSA-PSS", told)
                self.assertIn(f"digest: {digest}", told)
                openssl(self.folder, "cms", "-verify", "-in", "signed", "-CAfile", "ca.pem", "-purpose", "any")
        told = self.culvert("sign", "--key", "pss512.key", "--cert", "pss512.pem", "--digest", "sha256", "--in", "letter", status=1)
        self.assertIn("the key demands another digest", told)

    def test_inspection_shows_the_signers_of_a_detached_signature(self):
        self.culvert("sign", "--der", "--key", "signer.key", "--cert", "signer.pem", "--in", "letter", "--out", "letter.p7s")
        told = self.culvert("inspect", "--in", "letter.p7s")
        self.assertIn('subject: CN=signer', told)
        self.assertIn("content: not in here", told)
        self.assertNotIn("refused", told)

    def test_inspection_shows_the_derivation_of_the_content_key(self):
        self.culvert("encrypt", "--derive-key", "--to", "bob.pem", "--in", "letter", "--out", "derived")
        self.assertIn("key-derivation: CEK-HKDF with SHA-256", self.culvert("inspect", "--in", "derived"))

    def spoil(self, name):
        """NAME.pem with a version that X.509 does not have; its subject stays what it was."""
        der = openssl(self.folder, "x509", "-in", f"{name}.pem", "-outform", "DER")
        (self.folder / f"spoilt-{name}.der").write_bytes(der.replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020109"), 1))
        text = base64.encodebytes((self.folder / f"spoilt-{name}.der").read_bytes()).decode()
        (self.folder / f"spoilt-{name}.pem").write_text(f"-----BEGIN CERTIFICATE-----\n{text}-----END CERTIFICATE-----\n")

    def test_a_certificate_that_cannot_be_read_is_named_and_the_rest_used(self):
        self.culvert("sign", "--key", "signer.key", "--cert", "signer.pem", "--in", "letter", "--out", "signed")
        self.spoil("server")
        names = ["bob", "ed25519", "spoilt-server", "ca"]
        bundle = "".join((self.folder / f"{name}.pem").read_text() for name in names)
        (self.folder / "bundle.pem").write_text(bundle)
        told = self.culvert("verify", "--trust", "bundle.pem", "--in", "signed")
        self.assertIn("note: 'bundle.pem': certificate 3 (CN=server) is left out: not a usable certificate", told)
        openssl(self.folder, "crl2pkcs7", "-nocrl", "-certfile", "bob.pem", "-outform", "DER", "-out", "one.p7c")
        inside = (self.folder / "one.p7c").read_bytes()
        (self.folder / "one.p7c").write_bytes(inside.replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020109"), 1))
        self.assertIn('certificate 1 (CN=bob)', self.culvert("inspect", "--in", "one.p7c", status=1))
        told = self.culvert("verify", "--trust", "spoilt-server.pem", "--in", "signed", status=1)
        self.assertIn("not a usable certificate", told)

    def test_a_bundle_may_hold_many_certificates(self):
        """Some hundreds, as PEM and as PKCS#7, one of them without end and one that cannot be read."""
        self.culvert("sign", "--key", "signer.key", "--cert", "signer.pem", "--in", "letter", "--out", "signed")
        self.spoil("server")
        openssl(self.folder, "req", "-x509", "-config", "/dev/null", "-newkey", *P256, "-noenc", "-subj", "/CN=endless", "-days", "2900000",
                "-keyout", "endless.key", "-out", "endless.pem")
        self.join("many", *(["bob", "endless", "ed25519"] * 50), "ca")
        told = self.culvert("verify", "--trust", "many.pem", "--in", "signed")
        self.assertNotIn("note", told)
        self.culvert("verify", "--trust", "many.p7c", "--in", "signed")
        good = (self.folder / "many.pem").read_text()
        (self.folder / "many.pem").write_text((self.folder / "spoilt-server.pem").read_text() + good)
        self.assertIn("certificate 1 (CN=server)", self.culvert("verify", "--trust", "many.pem", "--in", "signed"))

    def test_a_certificate_without_end_serves_for_everything(self):
        for name, usage in (("endless-signer", "digitalSignature"), ("endless-bob", "keyAgreement")):
            make(self.folder, name, P256, usage)
            openssl(self.folder, "x509", "-x509toreq", "-in", f"{name}.pem", "-signkey", f"{name}.key", "-out", "request", "-copy_extensions", "copyall")
            openssl(self.folder, "x509", "-req", "-in", "request", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "2900000", "-copy_extensions",
                    "copyall", "-out", f"{name}.pem")
        self.culvert("sign", "--key", "endless-signer.key", "--cert", "endless-signer.pem", "--in", "letter", "--out", "signed")
        self.culvert("verify", "--trust", "ca.pem", "--in", "signed")
        self.culvert("encrypt", "--to", "endless-bob.pem", "--in", "letter", "--out", "sealed")
        self.culvert("decrypt", "--key", "endless-bob.key", "--cert", "endless-bob.pem", "--in", "sealed", "--out", "opened")
        self.assertEqual((self.folder / "opened").read_bytes(), (self.folder / "letter").read_bytes())

    def export(self, name, *words):
        openssl(self.folder, "pkcs12", "-export", "-inkey", f"{name}.key", "-in", f"{name}.pem", "-out", "made.p12", *words)

    def test_an_empty_password_opens_a_key_file(self):
        (self.folder / "empty").write_text("\n")
        for words in ((), ("-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1")):
            self.export("signer", "-passout", "pass:", *words)
            for password in ((), ("--password-file", "empty"), ("--password-file", "/dev/null")):
                self.culvert("sign", "--key", "made.p12", *password, "--in", "letter", "--out", "signed")
                self.culvert("verify", "--trust", "ca.pem", "--in", "signed")
        self.export("signer", "-passout", "pass:secret")
        self.assertIn("a password is needed", self.culvert("sign", "--key", "made.p12", "--in", "letter", status=1))
        self.assertIn("the password is wrong", self.culvert("sign", "--key", "made.p12", "--password-file", "empty", "--in", "letter", status=1))

    def test_old_archives_are_read_on_request_alone(self):
        (self.folder / "password").write_text("secret\n")
        with_key = ("--key", "made.p12", "--password-file", "password")
        rc4 = ("-legacy", "-keypbe", "PBE-SHA1-RC4-128", "-certpbe", "PBE-SHA1-RC4-128")
        for words, weakness in ((("-nomac",), "it has no MAC"), (rc4, "it is encrypted with RC4")):
            self.export("signer", "-passout", "pass:secret", *words)
            self.assertIn("--legacy reads it", self.culvert("sign", *with_key, "--in", "letter", status=1))
            told = self.culvert("sign", *with_key, "--legacy", "--in", "letter", "--out", "signed")
            self.assertIn(f"note: 'made.p12': {weakness}", told)
            self.culvert("verify", "--trust", "ca.pem", "--in", "signed")

    def test_old_content_is_read_and_looked_into_on_request_alone(self):
        make(self.folder, "old", ("rsa:2048",), "keyEncipherment")
        openssl(self.folder, "cms", "-encrypt", "-rc2-40", "-provider", "legacy", "-provider", "default", "-in", "letter", "-out", "sealed",
                "old.pem")
        for command, released, status in (("decrypt", ("--out", "opened"), 1), ("inspect", (), 0)):
            with_key = (command, "--key", "old.key", "--cert", "old.pem", "--in", "sealed", *released)
            self.assertIn("RC2", self.culvert(*with_key, status=status).upper())
            told = self.culvert(*with_key, "--legacy")
            self.assertIn("octets", told)
            self.assertIn("weak", told)

    def test_of_two_keys_the_certificate_says_which(self):
        both = "".join((self.folder / f"{name}.{kind}").read_text() for name in ("signer", "ed25519") for kind in ("key", "pem"))
        (self.folder / "both.pem").write_text(both)
        told = self.culvert("sign", "--key", "both.pem", "--in", "letter", status=2)
        self.assertIn('holds 2 private keys; say which one by its certificate alone (--cert FILE): CN=signer; CN=ed25519', told)
        for name in ("signer", "ed25519"):
            self.culvert("sign", "--key", "both.pem", "--cert", f"{name}.pem", "--in", "letter", "--out", "signed")
            told = self.culvert("inspect", "--in", "signed")
            self.assertIn(f'subject: CN={name}', told)
            self.culvert("verify", "--trust", "ca.pem", "--in", "signed")
        self.assertIn("holds 2 private keys", self.culvert("sign", "--key", "both.pem", "--cert", "bob.pem", "--in", "letter", status=2))
        self.culvert("encrypt", "--message", "--sign-key", "both.pem", "--sign-cert", "signer.pem", "--to", "bob.pem", "--in", "letter",
                     "--out", "sealed")

    def test_of_two_keys_without_certificates_the_certificate_says_which_decrypts(self):
        (self.folder / "both.key").write_text("".join((self.folder / f"{name}.key").read_text() for name in ("signer", "bob")))
        self.culvert("encrypt", "--to", "bob.pem", "--in", "letter", "--out", "sealed")
        for certificate in (("--cert", "bob.pem"), ()):
            self.culvert("decrypt", "--key", "both.key", *certificate, "--in", "sealed", "--out", "opened")
        told = self.culvert("decrypt", "--key", "both.key", "--cert", "ed25519.pem", "--in", "sealed", status=2)
        self.assertIn("no certificate in --cert is for the key", told)

    def test_a_renewed_certificate_goes_before_that_of_the_key_file(self):
        self.export("signer", "-passout", "pass:")
        openssl(self.folder, "req", "-x509", "-config", "/dev/null", "-key", "signer.key", "-CA", "ca.pem", "-CAkey", "ca.key", "-subj",
                "/CN=renewed", "-addext", "keyUsage=digitalSignature", "-out", "renewed.pem", "-days", "30")
        self.culvert("sign", "--key", "made.p12", "--cert", "renewed.pem", "--in", "letter", "--out", "signed")
        self.assertIn('subject: CN=renewed', self.culvert("inspect", "--in", "signed"))

    def test_the_certificate_of_another_key_is_refused_and_issuers_are_not(self):
        self.export("signer", "-passout", "pass:")
        for key in (("--key", "made.p12"), ("--key", "signer.key")):
            told = self.culvert("sign", *key, "--cert", "bob.pem", "--in", "letter", status=2)
            self.assertIn("no certificate in --cert is for the key in --key", told)
        self.culvert("sign", "--key", "made.p12", "--cert", "ca.pem", "--in", "letter", "--out", "signed")
        self.assertIn("certificates: 2", self.culvert("inspect", "--in", "signed"))

    def test_a_key_that_is_not_used_for_mail_spoils_no_other(self):
        openssl(self.folder, "dsaparam", "-out", "parameters", "1024")
        openssl(self.folder, "genpkey", "-paramfile", "parameters", "-out", "dsa.key")
        (self.folder / "both.key").write_text((self.folder / "dsa.key").read_text() + (self.folder / "signer.key").read_text())
        told = self.culvert("sign", "--key", "both.key", "--cert", "signer.pem", "--in", "letter", "--out", "signed")
        self.assertIn("note: 'both.key': private key 1 is left out: not a usable private key: DSA keys are not used for mail", told)
        told = self.culvert("sign", "--key", "dsa.key", "--cert", "signer.pem", "--in", "letter", status=1)
        self.assertIn("DSA keys are not used for mail", told)

    @unittest.skipUnless(shutil.which("keytool"), "there is no keytool")
    def test_a_key_store_of_java_with_a_dsa_key_gives_its_rsa_key(self):
        (self.folder / "password").write_text("secret12\n")
        for alias, algorithm in (("first", "DSA"), ("second", "RSA")):
            subprocess.run(["keytool", "-genkeypair", "-alias", alias, "-keyalg", algorithm, "-keysize", "2048", "-dname", f"CN={alias}",
                            "-storetype", "PKCS12", "-keystore", "java.p12", "-storepass", "secret12"], cwd=self.folder, check=True,
                           capture_output=True, timeout=60)
        told = self.culvert("sign", "--key", "java.p12", "--password-file", "password", "--in", "letter", "--out", "signed")
        self.assertIn("DSA keys are not used for mail", told)
        self.assertIn('subject: CN=second', self.culvert("inspect", "--in", "signed"))

    def test_decryption_reads_pem_behind_words_and_as_gnupg_calls_it(self):
        self.culvert("encrypt", "--pem", "--to", "bob.pem", "--in", "letter", "--out", "sealed")
        pem = (self.folder / "sealed").read_text()
        for text in ("Dear Bob,\n\nhere it is.\n\n" + pem, pem.replace(" CMS-", " ENCRYPTED MESSAGE-")):
            (self.folder / "wrapped").write_text(text)
            self.culvert("decrypt", "--key", "bob.key", "--cert", "bob.pem", "--in", "wrapped", "--out", "opened")
        (self.folder / "wrapped").write_text("From: jane@a.example\n\n" + pem)
        told = self.culvert("decrypt", "--key", "bob.key", "--cert", "bob.pem", "--in", "wrapped", "--out", "opened", status=1)
        self.assertIn("this is no S/MIME object", told)

    def test_decryption_marks_what_openssl_seals_with_3des_as_weak(self):
        openssl(self.folder, "cms", "-encrypt", "-des3", "-in", "letter", "-out", "sealed", "bob.pem")
        told = self.culvert("decrypt", "--key", "bob.key", "--cert", "bob.pem", "--in", "sealed", "--out", "opened")
        self.assertIn("note: it is weakly protected", told)


if __name__ == "__main__":
    unittest.main()
