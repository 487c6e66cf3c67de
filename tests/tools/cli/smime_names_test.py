"""Certificates whose names hold strings that their kind does not allow, as old authorities write them, and certificates that cannot be
read at all. Made by openssl, patched here, and signed again by openssl."""
import json
import subprocess
import tempfile
import unittest
from base64 import encodebytes
from pathlib import Path

from smime_program import P256, PROGRAM, openssl

PRINTABLE, UTF8, IA5, TELETEX, BITS = 0x13, 0x0c, 0x16, 0x14, 0x03
CA = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
MAIL = "basicConstraints=CA:FALSE\nkeyUsage=digitalSignature,keyEncipherment,keyAgreement\nsubjectAltName=email:jane@a.example\n"
NO_ADDRESS = MAIL.replace("subjectAltName=email:jane@a.example\n", "")
ATTRIBUTES = {"CN": "550403", "O": "55040a", "mail": "2a864886f70d010901", "id": "55042d"}


def element(tag, content):
    size = len(content)
    length = bytes([size]) if size < 0x80 else bytes([0x81, size]) if size < 0x100 else bytes([0x82]) + size.to_bytes(2, "big")
    return bytes([tag]) + length + content


def split(content):
    """The elements that follow each other in `content`, whole."""
    found = []
    while content:
        size, front = content[1], 2
        if size & 0x80:
            front = 2 + (size & 0x7f)
            size = int.from_bytes(content[2:front], "big")
        found.append(content[:front + size])
        content = content[front + size:]
    return found


def inside(whole):
    return whole[2 + (whole[1] & 0x7f if whole[1] & 0x80 else 0):]


def name(*attributes):
    """A Name of (attribute, tag, octets)."""
    return element(0x30, b"".join(element(0x31, element(0x30, element(6, bytes.fromhex(ATTRIBUTES[one])) + element(tag, value)))
                                  for one, tag, value in attributes))


class Names(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="culvert-names-")
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        (self.folder / "in").write_bytes(b"Content-Type: text/plain\r\n\r\nHello Bob\r\n")

    def make(self, file, extensions, *, subject=None, issuer=None, issuer_name=None, is_v1=False, not_after=None):
        """FILE.key and FILE.pem with `subject` in DER, signed by the key of `issuer`."""
        openssl(self.folder, "genpkey", "-algorithm", P256[0], *P256[1:], "-out", f"{file}.key")
        (self.folder / "extensions").write_text("[x]\n" + extensions)
        openssl(self.folder, "req", "-new", "-config", "/dev/null", "-key", f"{file}.key", "-subj", f"/CN={file}", "-out", "request")
        by = ("-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key") if issuer else ("-signkey", f"{file}.key")
        openssl(self.folder, "x509", "-req", "-in", "request", "-days", "30", *by, "-extfile", "extensions", "-extensions", "x", "-out", "made",
                "-outform", "DER")
        body, algorithm, _ = split(inside((self.folder / "made").read_bytes()))
        fields = split(inside(body))
        if subject:
            fields[5] = subject
            fields[3] = fields[3] if issuer else subject
        fields[3] = issuer_name or fields[3]
        if not_after:
            fields[4] = element(0x30, split(inside(fields[4]))[0] + not_after)
        if is_v1:
            fields = fields[1:-1]
        self.finish(file, element(0x30, b"".join(fields)), algorithm, issuer or file)

    def finish(self, file, body, algorithm, signer):
        (self.folder / "body").write_bytes(body)
        signature = openssl(self.folder, "dgst", "-sha256", "-sign", f"{signer}.key", "body")
        self.write(file, element(0x30, body + algorithm + element(3, b"\0" + signature)))

    def write(self, file, der):
        pem = b"-----BEGIN CERTIFICATE-----\n" + encodebytes(der) + b"-----END CERTIFICATE-----\n"
        (self.folder / f"{file}.pem").write_bytes(pem)

    def der(self, file):
        return openssl(self.folder, "x509", "-in", f"{file}.pem", "-outform", "DER")

    def smime(self, *words):
        return subprocess.run([PROGRAM, "smime", *words], capture_output=True, cwd=self.folder, timeout=60)

    def verdict(self, signer="jane", trust="root", included=()):
        (self.folder / "included").write_bytes(b"".join((self.folder / f"{one}.pem").read_bytes() for one in included))
        more = ("-certfile", "included") if included else ()
        openssl(self.folder, "cms", "-sign", "-binary", "-nodetach", "-in", "in", "-signer", f"{signer}.pem", "-inkey", f"{signer}.key",
                "-outform", "DER", "-out", "signed", *more)
        done = self.smime("verify", "--trust", f"{trust}.pem", "--in", "signed", "--json")
        return json.loads(done.stdout)["signers"][0]

    def assert_valid(self, verdict):
        self.assertTrue(verdict["valid"], verdict)

    def assert_refused(self, verdict, *words):
        self.assertFalse(verdict["valid"], verdict)
        for word in words:
            self.assertIn(word, verdict["text"])


class OddStrings(Names):
    def test_a_string_with_other_characters_than_its_kind_has_is_read(self):
        self.make("root", CA)
        texts = ((PRINTABLE, b"A & B", "A & B"), (PRINTABLE, b"a_b*x!@", "a_b*x!@"), (PRINTABLE, b"M\xfcller", "Müller"), (IA5, b"M\xfcller", "Müller"))
        for tag, octets, shown in texts:
            with self.subTest(tag=tag, octets=octets):
                self.make("jane", MAIL, subject=name(("CN", tag, octets)), issuer="root")
                verdict = self.verdict()
                self.assert_valid(verdict)
                self.assertEqual(verdict["subject"], f"CN={shown}")
                openssl(self.folder, "cms", "-verify", "-binary", "-in", "signed", "-inform", "DER", "-CAfile", "root.pem", "-out", "out")
                self.assert_valid(self.verdict(trust="jane"))
                sealed = self.smime("encrypt", "--der", "--to", "jane.pem", "--in", "in", "--out", "sealed")
                self.assertEqual(sealed.returncode, 0, sealed.stderr)
                openssl(self.folder, "cms", "-decrypt", "-in", "sealed", "-inform", "DER", "-recip", "jane.pem", "-inkey", "jane.key", "-out", "out")
                signed = self.smime("sign", "--key", "jane.key", "--cert", "jane.pem", "--in", "in", "--out", "own")
                self.assertEqual(signed.returncode, 0, signed.stderr)

    def test_a_value_that_is_no_string_is_read(self):
        self.make("root", CA)
        self.make("jane", MAIL, subject=name(("CN", UTF8, b"Jane"), ("id", BITS, b"\0\1\2")), issuer="root")
        self.assert_valid(self.verdict())

    def test_no_value_is_invented_for_a_common_name_that_is_no_string(self):
        self.make("root", CA)
        self.make("jane", MAIL, subject=name(("CN", BITS, b"\0\1\2")), issuer="root")
        done = self.smime("encrypt", "--der", "--to", "jane.pem", "--in", "in", "--out", "sealed")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"its form is wrong", done.stderr)

    def test_a_control_character_is_still_refused(self):
        self.make("root", CA)
        self.make("jane", MAIL, subject=name(("CN", PRINTABLE, b"A\0B")), issuer="root")
        self.assertEqual(self.smime("encrypt", "--der", "--to", "jane.pem", "--in", "in", "--out", "sealed").returncode, 1)

    def test_an_address_in_such_a_string_is_the_holders(self):
        self.make("root", CA)
        self.make("jane", NO_ADDRESS, subject=name(("mail", PRINTABLE, b"jane@a.example")), issuer="root")
        verdict = self.verdict()
        self.assert_valid(verdict)
        self.assertEqual(verdict["address"], "jane@a.example")

    def test_the_signature_is_over_the_octets_that_were_signed(self):
        self.make("root", CA)
        self.make("jane", MAIL, subject=name(("CN", PRINTABLE, b"A & B")), issuer="root")
        der = self.der("jane")
        self.assertEqual(der.count(bytes([PRINTABLE, 5]) + b"A & B"), 1)
        self.write("jane", der.replace(bytes([PRINTABLE, 5]) + b"A & B", bytes([UTF8, 5]) + b"A & B"))
        self.assert_refused(self.verdict(), "CN=A & B")

    def test_an_old_authority_of_such_a_name_is_one(self):
        self.make("root", CA, subject=name(("O", PRINTABLE, b"A & B")), is_v1=True)
        self.make("jane", MAIL, issuer="root", issuer_name=name(("O", PRINTABLE, b"A & B")))
        self.assert_valid(self.verdict())


class Comparisons(Names):
    def test_names_are_compared_by_their_text(self):
        self.make("root", CA, subject=name(("O", PRINTABLE, b"A & B")))
        for tag, text, is_same in ((PRINTABLE, b"A & B", True), (UTF8, b"a  &  B", True), (UTF8, b"A&B", False), (UTF8, b"A & C", False)):
            with self.subTest(tag=tag, text=text):
                self.make("jane", MAIL, issuer="root", issuer_name=name(("O", tag, text)))
                self.assertEqual(self.verdict()["valid"], is_same)

    def test_octets_whose_letters_nobody_knows_are_compared_by_octets(self):
        self.make("root", CA, subject=name(("O", PRINTABLE, b"M\xfcller")))
        for tag, text, is_same in ((PRINTABLE, b"M\xfcller", True), (UTF8, "Müller".encode(), False), (TELETEX, b"M\xfcller", False),
                                   (IA5, b"M\xfcller", False), (PRINTABLE, b"m\xfcller", False)):
            with self.subTest(tag=tag, text=text):
                self.make("jane", MAIL, issuer="root", issuer_name=name(("O", tag, text)))
                self.assertEqual(self.verdict()["valid"], is_same)


class Constraints(Names):
    def leaf(self, constraint, subject, extensions=MAIL):
        """The verdict on a leaf with this subject, below an authority with this constraint."""
        self.make("root", CA + f"nameConstraints=critical,{constraint}\n" + "[d]\nO=A & B\n[o]\nO=Other\n[m]\nO=FORMAT:UTF8,M\xfcller\n")
        self.make("jane", extensions, subject=subject, issuer="root")
        return self.verdict()

    def test_an_odd_string_is_held_to_what_is_permitted_and_excluded(self):
        odd = name(("O", PRINTABLE, b"A & B"), ("CN", UTF8, b"Jane"))
        self.assert_valid(self.leaf("permitted;dirName:d", odd))
        self.assert_valid(self.leaf("excluded;dirName:o", odd))
        self.assert_refused(self.leaf("excluded;dirName:d", odd), "name constraints exclude dirName:O=A & B")
        self.assert_refused(self.leaf("permitted;dirName:o", odd), "name constraints permit only dirName:O=Other")

    def test_a_name_whose_letters_nobody_knows_does_not_pass_a_constraint(self):
        for tag in (PRINTABLE, IA5):
            for octets in (b"M\xfcller", "Müller".encode()):
                odd = name(("O", tag, octets), ("CN", UTF8, b"Jane"))
                for constraint in ("excluded;dirName:o", "permitted;dirName:o"):
                    with self.subTest(tag=tag, octets=octets, constraint=constraint):
                        self.assert_refused(self.leaf(constraint, odd), "cannot be compared")

    def test_an_address_in_an_odd_string_is_held_to_a_constraint(self):
        subject = name(("mail", PRINTABLE, b"jane@b.example"))
        self.assert_refused(self.leaf("permitted;email:a.example", subject, NO_ADDRESS), "email:jane@b.example")
        self.assert_refused(self.leaf("excluded;email:b.example", subject, NO_ADDRESS), "email:jane@b.example")
        self.assert_valid(self.leaf("permitted;email:b.example", subject, NO_ADDRESS))


class Unreadable(Names):
    LATE = (element(0x18, b"20301331235959Z"), element(0x18, b"20300230235959Z"), element(0x18, b"20301231235960Z"),
            element(0x18, b"20301231235959.5Z"), element(0x18, b"20301231235959+0100"), element(0x17, b"3012312359Z"))

    def test_a_certificate_in_the_message_that_cannot_be_read_is_told(self):
        self.make("root", CA)
        for late in self.LATE:
            with self.subTest(late=late):
                self.make("jane", MAIL, issuer="root", not_after=late)
                verdict = self.verdict()
                self.assert_refused(verdict, "which is in the message; certificate 1 (CN=jane) in the message cannot be read",
                                    "its times cannot be read: '" + inside(late).decode() + "'")
                self.assertNotIn("neither", verdict["text"])
                self.assertNotIn("src/", verdict["text"])

    def test_an_issuer_in_the_message_that_cannot_be_read_is_told(self):
        self.make("root", CA)
        self.make("sub", CA, issuer="root", not_after=self.LATE[0])
        self.make("jane", MAIL, issuer="sub")
        self.assert_refused(self.verdict(included=("sub",)), "(CN=sub) in the message cannot be read: ", "20301331235959Z")

    def test_all_that_cannot_be_read_in_a_file_are_named(self):
        self.make("root", CA)
        self.make("jane", MAIL, issuer="root", not_after=self.LATE[0])
        self.make("joe", MAIL, issuer="root", not_after=self.LATE[3])
        bad = b"".join((self.folder / f"{one}.pem").read_bytes() for one in ("jane", "joe"))
        (self.folder / "bundle.pem").write_bytes(bad)
        told = self.smime("encrypt", "--der", "--to", "bundle.pem", "--in", "in", "--out", "sealed").stderr.decode()
        for word in ("certificate 1 (CN=jane)", "20301331235959Z", "certificate 2 (CN=joe)", "20301231235959.5Z"):
            self.assertIn(word, told)
        (self.folder / "bundle.pem").write_bytes(bad + (self.folder / "root.pem").read_bytes())
        told = self.smime("verify", "--trust", "bundle.pem", "--in", "in").stderr.decode()
        self.assertIn("note: 'bundle.pem': certificate 1 (CN=jane) is left out: not a usable certificate: its times cannot be read: '20301331235959Z'", told)

    def test_no_text_names_a_place_in_a_librarys_source(self):
        self.make("root", CA)
        self.make("jane", MAIL, issuer="root", subject=name(("CN", 0x1e, b"\0A\0")))
        told = self.smime("encrypt", "--der", "--to", "jane.pem", "--in", "in", "--out", "sealed").stderr.decode()
        self.assertIn("its form is wrong", told)
        self.assertNotIn(".cpp", told)


if __name__ == "__main__":
    unittest.main()
