"""Inputs that are not what a command takes: what it says of them, and that it takes nothing for something else. Made by openssl."""
import base64
import unittest

from smime_reasons_test import CA, MAIL, Reasons

RSA = ("RSA", "-pkeyopt", "rsa_keygen_bits:2048")
DATA, SIGNED, ENVELOPED = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.3"
COMPRESSED, AUTH_ENVELOPED = "1.2.840.113549.1.9.16.1.9", "1.2.840.113549.1.9.16.1.23"


class Inputs(Reasons):
    def setUp(self):
        super().setUp()
        self.make("jane", *MAIL, algorithm=RSA)

    def put(self, name, octets):
        (self.folder / name).write_bytes(octets)

    def octets(self, name):
        return (self.folder / name).read_bytes()

    def told_of(self, octets):
        self.put("given", octets)
        return self.said("verify", "--trust", "jane.pem", "--in", "given")


class ContentTypes(Inputs):
    def test_content_that_is_not_what_its_type_says_is_refused(self):
        self.make("root", *CA)
        for kind in (SIGNED, ENVELOPED, COMPRESSED, AUTH_ENVELOPED):
            for text in (b"Content-Type: text/plain\r\n\r\nHello\r\n", b"", b"\x30\x00", b"\x30\x03\x02\x01\x01x", b"\x30\x03\x02\x01\x01", b"\x30\x05\x06\x03\x2a\x03\x04"):
                with self.subTest(kind=kind, text=text):
                    self.put("content", text)
                    self.sign("jane", "-econtent_type", kind, of="content")
                    self.assertIn("the content is not what its content type says", self.verify("jane"))
                    self.smime("verify", "--trust", "jane.pem", "--in", "signed", "--out", "out", status=1)
                    self.assertFalse((self.folder / "out").exists())

    def test_content_beside_its_signature_is_held_to_the_type_too(self):
        self.openssl("cms", "-sign", "-binary", "-in", "in", "-signer", "jane.pem", "-inkey", "jane.key", "-econtent_type", SIGNED, "-outform", "DER", "-out", "signed")
        self.assertIn("is not what its content type says", self.verify("jane", 1, "--content", "in"))
        self.openssl("cms", "-sign", "-in", "in", "-signer", "jane.pem", "-inkey", "jane.key", "-econtent_type", COMPRESSED, "-outform", "SMIME", "-out", "signed")
        self.assertIn("is not what its content type says", self.verify("jane"))

    def test_an_object_of_its_type_is_taken(self):
        self.sign(out="inner")
        self.sign("jane", "-econtent_type", SIGNED, of="inner")
        self.assertEqual(self.verify("jane", 0), "")
        # By itself, as RFC 5652 has it.
        whole = self.octets("inner")
        self.put("bare", whole[whole.index(b"\xa0") + 4:])
        self.sign("jane", "-econtent_type", SIGNED, of="bare")
        self.assertEqual(self.verify("jane", 0), "")
        self.openssl("cms", "-encrypt", "-aes256", "-binary", "-in", "in", "-outform", "DER", "-out", "inner", "jane.pem")
        self.sign("jane", "-econtent_type", ENVELOPED, of="inner")
        self.assertEqual(self.verify("jane", 0), "")
        self.sign("jane", "-econtent_type", SIGNED, of="inner")
        self.assertIn("is not what its content type says", self.verify("jane"))

    def test_revocation_lists_alone_are_no_certificates(self):
        self.put("index", b"")
        self.put("ca.cnf", b"[ca]\ndefault_ca=d\n[d]\ndatabase=index\ndefault_md=sha256\ndefault_crl_days=9\n")
        self.openssl("ca", "-gencrl", "-config", "ca.cnf", "-keyfile", "jane.key", "-cert", "jane.pem", "-out", "crl")
        self.openssl("crl2pkcs7", "-in", "crl", "-outform", "DER", "-out", "signed")
        self.assertIn("neither a signature nor a certificate", self.verify("jane"))


class Looks(Inputs):
    def test_what_has_no_type_is_told_what_it_looks_like(self):
        self.sign()
        self.openssl("pkcs12", "-export", "-inkey", "jane.key", "-in", "jane.pem", "-passout", "pass:", "-out", "p12")
        der = self.octets("signed")
        mark = b"\xef\xbb\xbf"
        for octets, words in ((self.octets("p12"), "looks like PKCS#12"), (base64.encodebytes(der), "looks like base64 alone"),
                              (mark + der, "DER behind a byte order mark"), (mark + base64.encodebytes(der), "base64 alone"),
                              ("Hello".encode("utf-16"), "UTF-16"), ("Content-Type: a/b\n".encode("utf-16-le"), "UTF-16"),
                              (self.openssl("x509", "-in", "jane.pem", "-outform", "DER"), "DER of another kind"),
                              (self.openssl("pkcs8", "-topk8", "-nocrypt", "-in", "jane.key", "-outform", "DER"), "a private key"),
                              (b"\x01\x02\x03junk", "no header that tells a type"), (b"just words", "no header that tells a type")):
            with self.subTest(words=words, octets=octets[:20]):
                told = self.told_of(octets)
                self.assertIn(words, told)
                self.assertNotIn("text/plain", told)

    def test_what_stands_in_front_of_an_object_is_shown(self):
        self.sign()
        text = base64.encodebytes(self.octets("signed"))
        head = b"Content-Type: application/pkcs7-mime; smime-type=signed-data\nContent-Transfer-Encoding: base64\n\n"
        for front, shown in ((b"Dear Bob, see below\n", "'DearBobseebelow"), (b"Proc-Type: 4,ENCRYPTED\n", "'ProcType4ENCRYPTED")):
            told = self.told_of(head + front + text)
            self.assertIn("where it should begin stands " + shown, told)
        self.openssl("cms", "-sign", "-in", "in", "-signer", "jane.pem", "-inkey", "jane.key", "-outform", "SMIME", "-out", "signed")
        mail = self.octets("signed")
        at = mail.index(b"\n\n", mail.index(b"pkcs7-signature; name")) + 2
        self.assertIn("where it should begin stands 'Thisisanotice", self.told_of(mail[:at] + b"This is a notice\n" + mail[at:]))

    def test_a_file_name_that_would_do_is_told(self):
        self.openssl("cms", "-sign", "-in", "in", "-signer", "jane.pem", "-inkey", "jane.key", "-outform", "SMIME", "-out", "signed")
        mail = self.octets("signed")
        at = mail.index(b"Content-Type: application/", mail.index(b"Hello"))
        end = mail.index(b"\n\n", at)
        for name in (b"name*=UTF-8''smime%2Ep7s", b"name=\"=?utf-8?q?smime=2Ep7s?=\""):
            part = b"Content-Type: application/octet-stream; " + name + b"\nContent-Transfer-Encoding: base64"
            self.assertIn("a file name in plain ASCII that ends in .p7s", self.told_of(mail[:at] + part + mail[end:]))

    def test_a_block_of_another_kind_in_front_is_told(self):
        self.sign(form="PEM")
        self.assertIn("if a block of CMS follows, give that alone", self.told_of(self.octets("jane.pem") + self.octets("signed")))

    def test_a_line_end_behind_pkcs12_is_told(self):
        self.openssl("pkcs12", "-export", "-inkey", "jane.key", "-in", "jane.pem", "-passout", "pass:", "-out", "p12")
        self.put("p12", self.octets("p12") + b"\n")
        self.assertIn("octets follow its end, a line end perhaps", self.said("sign", "--key", "p12", "--in", "in", "--out", "out"))

    def test_a_nul_in_a_field_name_is_told_with_its_line(self):
        self.openssl("cms", "-sign", "-nodetach", "-in", "in", "-signer", "jane.pem", "-inkey", "jane.key", "-outform", "SMIME", "-out", "signed")
        told = self.told_of(b"To: b@b.example\nFr\0om: jane@a.example\n" + self.octets("signed"))
        self.assertIn("line 2 of the header holds a NUL octet", told)


class Entities(Inputs):
    def test_a_line_in_an_entity_that_is_no_field_is_refused(self):
        for text in (b"Content-Type: text/plain\nnot a field\n\nhello\n", b"Content-Type: text/plain\nnofield\n\nhello\n",
                     b"MIME-Version: 1.0\nContent-Type: text/plain\n<html>\n\nhello\n", b"From: jane@a.example\nanother line\n\nx\n"):
            self.put("given", text)
            line = text.split(b"\n")[-4].decode()
            for words in (("sign", "--key", "jane.key", "--cert", "jane.pem"), ("sign", "--opaque", "--key", "jane.key", "--cert", "jane.pem"),
                          ("encrypt", "--to", "jane.pem")):
                with self.subTest(text=text, words=words):
                    self.assertIn(line, self.said(*words, "--in", "given", "--out", "out"))

    def test_text_that_is_no_entity_is_still_taken(self):
        for text in (b"Hello world\nbye\n", b"Dear Bob: yes\nthe price is 4\n\nok\n", b"\nHello\n", b"only one line",
                     b"From jane@a.example Mon Nov 30 12:00:00 2026\nContent-Type: text/plain\n\nhello\n"):
            self.put("given", text)
            for words in (("sign", "--key", "jane.key", "--cert", "jane.pem"), ("encrypt", "--to", "jane.pem")):
                self.smime(*words, "--in", "given", "--out", "out", status=0)


class Authors(Inputs):
    def reason(self, author):
        self.openssl("cms", "-sign", "-nodetach", "-in", "in", "-signer", "jane.pem", "-inkey", "jane.key", "-outform", "SMIME", "-out", "signed")
        self.put("signed", (b"From: " + author.encode() + b"\n" if author else b"") + b"To: b@b.example\n" + self.octets("signed"))
        return self.verify("jane")

    def test_why_from_names_nobody_is_true(self):
        for author, words in ((r"jane@a.example (a\) b)", "holds a backslash"), ("jane@a.example (Jane @ work)", "holds an @"),
                              ("jane@a.example (5 > 3)", "holds < or >"), ("jane@a.example (Cron <root@host>)", "holds an @"),
                              ("jane@a.example (Cron <root>)", "holds < or >"), ("jane@a.example (=?utf-8?q?eve=40a.example?=)", "encoded words"), ("<@x.example:jane@a.example>", "route"),
                              ("Jane <@x.example,@y.example:jane@a.example>", "route")):
            with self.subTest(author=author):
                told = self.reason(author)
                self.assertIn(words, told)
                self.assertIn("on whom all programs agree", told)
        for author, words in (("jane@a.example, eve@a.example", "exactly one author"), ("", "there is no such field"),
                              ("jane@a.example\nFrom: eve@a.example", "more than once")):
            self.assertIn(words, self.reason(author))


class Keys(Inputs):
    def test_a_key_without_certificate_is_told_for_whom_it_is_sealed(self):
        self.make("bob", *MAIL, algorithm=RSA)
        self.openssl("cms", "-encrypt", "-aes256", "-in", "in", "-outform", "DER", "-out", "sealed", "bob.pem")
        self.assertIn("it is sealed for the certificate with serial number 07 of CN=bob", self.said("decrypt", "--key", "jane.key", "--in", "sealed"))

    def test_shared_keys_and_passwords_are_told_with_their_options(self):
        self.openssl("cms", "-encrypt", "-aes256", "-in", "in", "-outform", "DER", "-out", "sealed", "-secretkey", "00" * 16, "-secretkeyid", "C0FE")
        self.assertIn("a shared key called c0fe (--kek takes it)", self.said("decrypt", "--key", "jane.key", "--in", "sealed"))
        self.openssl("cms", "-encrypt", "-aes256", "-in", "in", "-outform", "DER", "-out", "sealed", "-pwri_password", "x")
        self.assertIn("a password (--password-file takes it)", self.said("decrypt", "--key", "jane.key", "--in", "sealed"))

    def test_a_size_that_is_not_written_with_is_told(self):
        self.make("small", *MAIL, algorithm=("RSA", "-pkeyopt", "rsa_keygen_bits:1024"))
        for words in (("encrypt", "--to", "small.pem"), ("sign", "--key", "small.key", "--cert", "small.pem")):
            told = self.said(*words, "--in", "in", "--out", "out")
            for part in ("CN=small", "1024 bits", "2048 to 8192 bits"):
                self.assertIn(part, told)

    def test_a_curve_that_is_not_known_is_told(self):
        for curve, name in (("secp256k1", "secp256k1"), ("secp224r1", "P-224")):
            self.openssl("genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}", "-out", "odd.key")
            self.assertIn(f"its curve, {name}, is not supported", self.said("sign", "--key", "odd.key", "--cert", "jane.pem", "--in", "in", "--out", "out"))

    def test_of_several_certificates_of_a_key_one_that_is_valid_signs(self):
        self.make("old", *MAIL, key="jane", days="-1", subject="/CN=old")
        self.put("both.pem", self.octets("old.pem") + self.octets("jane.pem"))
        self.openssl("pkcs12", "-export", "-inkey", "jane.key", "-in", "both.pem", "-passout", "pass:", "-out", "both.p12")
        self.smime("sign", "--key", "both.p12", "--in", "in", "--out", "out", status=0)
        self.assertEqual(self.smime("verify", "--trust", "jane.pem", "--in", "out").returncode, 0)
        self.assertIn("CN=old is valid only", self.said("sign", "--key", "both.p12", "--cert", "old.pem", "--in", "in", "--out", "out"))


if __name__ == "__main__":
    unittest.main()
