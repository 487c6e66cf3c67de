"""The smime commands with mail as it is: blanks and text in base64, comments in From, a byte order mark, lines that are no fields,
8-bit text beside a signature, signing for somebody else. Keys, certificates and sealed mails are made by openssl."""
import base64
import subprocess
import tempfile
import unittest
from pathlib import Path

from smime_program import PROGRAM, make_certificate, openssl

TEXT = b"Content-Type: text/plain\r\n\r\nThe ferry leaves at nine.\r\n"
HEADER = b"From: %b\r\nTo: Bob <bob@b.example>\r\nSubject: Ferry\r\nMIME-Version: 1.0\r\n"
BOM = b"\xef\xbb\xbf"


class Mail(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keys_folder = tempfile.TemporaryDirectory(prefix="culvert-mail-keys-")
        cls.addClassCleanup(cls.keys_folder.cleanup)
        cls.keys = Path(cls.keys_folder.name)
        for name in ("ada", "bob"):
            make_certificate(cls.keys, name, ("rsa:2048",), "digitalSignature,keyEncipherment", f"subjectAltName=email:{name}@a.example",
                             "extendedKeyUsage=emailProtection", "basicConstraints=critical,CA:false")

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="culvert-mail-")
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def smime(self, *words, stdin=b"", status=0):
        done = subprocess.run([PROGRAM, "smime", *map(str, words)], input=stdin, capture_output=True, timeout=60, cwd=self.folder)
        self.assertEqual(done.returncode, status, (done.stderr + done.stdout).decode(errors="replace"))
        return done

    def sealed(self, size=0):
        """An enveloped object for Bob; `size` more octets of content."""
        (self.folder / "in").write_bytes(TEXT + b"x" * size)
        return openssl(self.folder, "cms", "-encrypt", "-aes256", "-binary", "-in", "in", "-outform", "DER", self.keys / "bob.pem")

    def signed(self, author, text=TEXT, *options):
        """A multipart/signed by Ada, as From has it; `text` is the first part."""
        (self.folder / "in").write_bytes(text)
        der = openssl(self.folder, "cms", "-sign", "-binary", "-in", "in", "-outform", "DER", "-signer", self.keys / "ada.pem",
                      "-inkey", self.keys / "ada.key", *options)
        return (HEADER % author + b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary=b\r\n'
                b"\r\n--b\r\n" + text + b"\r\n--b\r\nContent-Type: application/pkcs7-signature\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                + base64.encodebytes(der).replace(b"\n", b"\r\n") + b"--b--\r\n")

    def decrypt(self, body, status=0):
        mail = HEADER % b"ada@a.example" + b"Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body
        done = self.smime("decrypt", "--key", self.keys / "bob.key", "--cert", self.keys / "bob.pem", "--out", "out", stdin=mail, status=status)
        opened = self.folder / "out"
        self.assertEqual(opened.exists(), status == 0)
        return done, opened.read_bytes() if status == 0 else b""

    def verify(self, mail, *options, status=0):
        return self.smime("verify", "--trust", self.keys / "ada.pem", *options, stdin=mail, status=status).stdout.decode()

    def sign_message(self, mail, *options, status=0):
        return self.smime("sign", "--message", "--key", self.keys / "ada.key", "--cert", self.keys / "ada.pem", *options, "--out", "signed",
                          stdin=mail, status=status)

    # base64

    def test_sealed_mail_is_read_as_a_relay_leaves_it(self):
        for size in (0, 1, 2, 3, 500):
            der = self.sealed(size)
            for width in (48, 57):
                lines = [base64.b64encode(der[i:i + width]) for i in range(0, len(der), width)]
                plain = b"\r\n".join(lines) + b"\r\n"
                for body in (plain, b" \r\n".join(lines) + b" \r\n", b"\t\t \r\n".join(lines), b"\r\n ".join(lines), b" " + plain,
                             b"\r\n\r\n".join(lines), b"> " + b"\r\n> ".join(lines) + b"\r\n", plain + b"\r\n-- \r\nscanned\r\n",
                             plain + b"-- \r\nscanned\r\n", plain + b"\r\nscanned\r\n", plain + b"\r\nScanned by Example at nine\r\n",
                             plain + b"\r\n" + b"_" * 60 + b"\r\nferry mailing list\r\nhttps://lists.a.example/listinfo/ferry\r\n",
                             plain + b"\r\n \r\n\r\n", plain.replace(b"M", b" M", 20)):
                    self.assertEqual(self.decrypt(body)[1], TEXT + b"x" * size, body[-80:])

    def test_what_was_passed_over_in_base64_is_told(self):
        lines = base64.encodebytes(self.sealed()).replace(b"\n", b"\r\n")
        self.assertNotIn(b"passed over", self.decrypt(lines)[0].stdout)
        for size in (0, 1, 2, 100000):
            lines = base64.encodebytes(self.sealed(size)).replace(b"\n", b"\r\n")
            told = self.decrypt(lines + b"-- \r\nscanned\r\n")[0].stdout
            self.assertIn(b"10 octets that are no base64 were passed over", told)

    def test_more_than_that_is_refused_with_its_reason(self):
        lines = base64.encodebytes(self.sealed()).replace(b"\n", b"\r\n")
        for body, reason in ((lines + base64.encodebytes(self.sealed(60)), b"follow the end|behind the padding"),
                             (lines + b"-" * 70000, b"more than 64 KiB of text"), (b"-" * 5000 + lines, b"more than 4,096 characters"),
                             (b" " * 20000 + lines, b"more blanks than characters"), (lines[:200], b"ends in the middle|ends too early")):
            self.assertRegex(self.decrypt(body, status=1)[0].stderr, reason)

    # binary

    def test_the_octets_of_a_binary_part_are_what_was_signed(self):
        part = b"Content-Type: application/edi-x12\r\nContent-Transfer-Encoding: binary\r\n\r\nISA*00*LINE1\nST*850\nSE*2\n"
        mail = self.signed(b"ada@a.example", part)
        self.assertEqual(self.verify(mail), "ada@a.example: valid\n")
        self.verify(mail, "--out", "content")
        self.assertEqual((self.folder / "content").read_bytes(), part)
        self.assertIn("not what was signed", self.verify(mail.replace(b"SE*2", b"SE*3"), status=1))
        self.assertIn("not what was signed", self.verify(mail.replace(b"SE*2\n", b"SE*2\r\n"), status=1))

    def test_binary_text_whose_file_lost_its_carriage_returns_is_read_as_before(self):
        part = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\n\r\none\r\ntwo\r\n"
        mail = self.signed(b"ada@a.example", part)
        self.assertEqual(self.verify(mail.replace(b"\r\n", b"\n")), "ada@a.example: valid\n")
        unix = part.replace(b"\r\n", b"\n")
        self.assertEqual(self.verify(self.signed(b"ada@a.example", unix).replace(b"\r\n", b"\n")), "ada@a.example: valid\n")

    # From

    def test_comments_in_from_name_the_one_author(self):
        for author in (b"ada@a.example (Ada Harbour)", b"(Ada) ada@a.example", b"Ada <ada@a.example> (desk)", b"Ada (the (inner) desk) <ada@a.example>",
                       b"ada@a.example\r\n (Ada\r\n Harbour)", b"Team: ada@a.example;", b'"Harbour, Ada" (x) <ada@a.example>'):
            self.assertEqual(self.verify(self.signed(author)), "ada@a.example: valid\n", author)

    def test_what_some_reader_takes_for_another_author_names_nobody(self):
        for author in (b"ada@a.example (bob@b.example)", b"Team: ada@a.example, bob@b.example;", b"ada@a.example (x\\) .b.example)",
                       b"ada@a.example (=?utf-8?q?bob=40b.example?=)", b"(Ada\r\n bob) ada@a.example"):
            self.assertIn("does not name exactly one author", self.verify(self.signed(author), status=1), author)

    def test_local_parts_differ_by_case_unless_one_says_so(self):
        mail = self.signed(b"Ada@A.example")
        told = self.verify(mail, status=1)
        self.assertIn("no signer's certificate names the author, Ada@a.example, in these capital and small letters", told)
        self.assertEqual(self.verify(mail, "--ignore-case"), "ada@a.example: valid\n")
        self.assertIn("names the author, eve@a.example\n", self.verify(self.signed(b"eve@a.example"), "--ignore-case", status=1))
        self.assertEqual(self.verify(self.signed(b"ada@A.EXAMPLE")), "ada@a.example: valid\n")

    # what is signed

    def test_signing_for_another_author_warns(self):
        for author, said in ((b"bob@b.example", b"From is bob@b.example; the certificate that signs names ada@a.example"),
                             (b"ada@a.example, bob@b.example", b"is not exactly one author"), (b"Ada@a.example", b"From is Ada@a.example")):
            mail = HEADER % author + TEXT
            self.assertIn(said, self.sign_message(mail).stderr)
            told = self.smime("encrypt", "--message", "--sign-key", self.keys / "ada.key", "--sign-cert", self.keys / "ada.pem", "--to",
                              self.keys / "bob.pem", stdin=mail).stderr
            self.assertIn(said, told)
            self.assertIn(said, self.smime("sign", "--key", self.keys / "ada.key", "--cert", self.keys / "ada.pem", stdin=mail).stderr)
        self.assertIn(b"the message has no From", self.sign_message(b"Subject: Ferry\r\n" + TEXT).stderr)
        for author, options in ((b"ada@a.example", ()), (b"(Ada) ada@A.example", ()), (b"Ada@a.example", ("--ignore-case",))):
            self.assertEqual(self.sign_message(HEADER % author + TEXT, *options).stderr, b"", author)

    def test_what_verify_would_refuse_for_its_header_is_not_signed(self):
        entity = b"Content-Type: text/plain\r\n" + b"".join(b"X-Field: %d\r\n" % i for i in range(1999)) + b"\r\nhello\r\n"
        keys = ("--key", self.keys / "ada.key", "--cert", self.keys / "ada.pem")
        self.smime("sign", *keys, stdin=entity)
        told = self.smime("sign", *keys, stdin=b"X-Field: one more\r\n" + entity, status=1).stderr
        self.assertIn(b"too many fields: at most 2000", told)
        self.smime("sign", *keys, stdin=b"word: not a header\n" * 3000)

    def test_a_byte_order_mark_before_the_header_is_taken_off(self):
        mail = BOM + HEADER % b"ada@a.example" + TEXT
        for line_end in (b"\r\n", b"\n"):
            self.sign_message(mail.replace(b"\r\n", line_end))
            signed = (self.folder / "signed").read_bytes()
            self.assertTrue(signed.startswith(b"From: ada@a.example\r\n"), signed[:40])
            self.assertNotIn(BOM, signed)
            self.assertEqual(self.verify(signed), "ada@a.example: valid\n")
            self.assertEqual(self.verify(BOM + signed), "ada@a.example: valid\n")
            self.assertEqual(self.verify(BOM + signed.replace(b"\r\n", b"\n")), "ada@a.example: valid\n")
            sealed = self.smime("encrypt", "--message", "--to", self.keys / "bob.pem", stdin=mail.replace(b"\r\n", line_end)).stdout
            opened = self.smime("decrypt", "--key", self.keys / "bob.key", "--cert", self.keys / "bob.pem", stdin=BOM + sealed).stdout
            self.assertIn(b"From: ada@a.example\r\n", opened)
        told = self.smime("encrypt", "--message", "--sign-key", self.keys / "ada.key", "--sign-cert", self.keys / "ada.pem", "--to",
                          self.keys / "bob.pem", stdin=mail, status=1)
        self.assertIn(b"begins with a byte order mark", told.stderr)
        binary = BOM + HEADER % b"ada@a.example" + b"Content-Transfer-Encoding: binary\r\n\r\n\x00\r\n"
        self.assertIn(b"From: ada", self.smime("encrypt", "--message", "--to", self.keys / "bob.pem", stdin=binary).stdout)
        # In a file that is no message it is what was written.
        signed = self.smime("sign", "--opaque", "--key", self.keys / "ada.key", "--cert", self.keys / "ada.pem", stdin=BOM + b"hello\n").stdout
        self.verify(signed, "--out", "content")
        self.assertEqual((self.folder / "content").read_bytes(), BOM + b"hello\n")

    def test_a_line_that_is_no_field_is_refused_by_name(self):
        for line, shown in (("X-Grüß: 1", b"X-Gr"), ("no field at all", b"'no field at all'"), ("X Y: 1", b"'X Y: 1'"), (": 1", b"': 1'"),
                            ("From ada Mon Nov 30 10:00:00 2026", b"From ada"), ("Grüße", b"Gr"), ("X-\x01: 1", b"X-")):
            for place in (0, 1, 3):
                lines = (HEADER % b"ada@a.example").split(b"\r\n")
                lines.insert(place, line.encode())
                mail = b"\r\n".join(lines) + TEXT
                self.assertIn(shown, self.sign_message(mail, status=1).stderr)
                done = self.smime("encrypt", "--message", "--to", self.keys / "bob.pem", stdin=mail, status=1)
                self.assertIn(shown, done.stderr)
                self.assertEqual(done.stdout, b"")

    def test_what_a_relay_would_change_beside_a_signature_is_refused_with_advice(self):
        text = HEADER % b"ada@a.example" + b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%b\r\n"
        for body in ("Fähre", "x" * 999, "one\r\n" + "x" * 70000 + "\r\ntwo", "ok\r\n" * 9000 + "ü"):
            mail = text % body.encode()
            told = self.sign_message(mail, status=1).stderr
            self.assertRegex(told, rb"line \d+ of what is to be signed (is longer than 998|holds letters)")
            self.assertIn(b"quoted-printable", told)
            self.assertFalse((self.folder / "signed").exists())
            self.smime("sign", "--opaque", "--key", self.keys / "ada.key", "--cert", self.keys / "ada.pem", stdin=mail)
            self.smime("encrypt", "--message", "--sign-key", self.keys / "ada.key", "--sign-cert", self.keys / "ada.pem", "--to",
                       self.keys / "bob.pem", stdin=mail)
        self.assertRegex(self.sign_message(b"Subject: F\xc3\xa4hre\r\n" + text % b"x", status=1).stderr, rb"holds letters")
        self.sign_message(text % b"x" * 998)


if __name__ == "__main__":
    unittest.main()
