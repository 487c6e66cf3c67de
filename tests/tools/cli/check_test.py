"""`culvert check` and the TLS files that the configuration names: made by openssl, right and wrong in each way."""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
from harness.certificates import Certificates, PAST, Server  # noqa: E402

PROGRAM = sys.argv.pop(1)


class Check(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="culvert-check-")
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.folder = Path(cls.temporary.name)
        cls.config = cls.folder / "culvert.toml"
        cls.run_here("init", "--domain", "a.example", "--data-dir", str(cls.folder / "data"))
        cls.plain = cls.config.read_text()
        cls.made = Certificates(cls.folder / "certificates")
        for name in ("good", "direct", "expired", "not-yet", "expired-middle", "for-clients"):
            cls.made.make(name)
        cls.made.make("root-sent-late", Server(issuer="old-middle", sends=("old-middle",), valid=PAST))

    @classmethod
    def run_here(cls, *words):
        return subprocess.run([PROGRAM, *words, "--config", str(cls.config)], capture_output=True, text=True, timeout=60)

    def check(self, certificate, key):
        files = f'tls_certificate = "{certificate}"\ntls_key = "{key}"\n'
        self.config.write_text(self.plain.replace("[smtp]\n", "[smtp]\n" + files))
        done = self.run_here("--json", "check")
        report = json.loads(done.stdout)
        self.assertEqual(done.returncode, 0 if report["valid"] else 2)
        return report["valid"], [(f["weight"], f["key"], f["text"]) for f in report["findings"]]

    def of(self, name):
        return self.check(self.made.path(name), self.made.key(name))

    def test_files_that_fit_are_right(self):
        for name in ("good", "direct"):
            self.assertEqual(self.of(name), (True, []))

    def test_a_key_of_another_certificate_is_an_error(self):
        valid, findings = self.check(self.made.path("good"), self.made.key("direct"))
        self.assertFalse(valid)
        self.assertEqual([f[:2] for f in findings], [("error", "smtp.tls_key")])
        for word in ("does not belong", str(self.made.path("good")), str(self.made.key("direct"))):
            self.assertIn(word, findings[0][2])

    def test_files_that_hold_something_else_are_errors(self):
        text = self.folder / "text.pem"
        text.write_text("nothing\n")
        empty = self.folder / "empty.pem"
        empty.write_text("")
        self.assertEqual([f[:2] for f in self.check(text, self.made.key("good"))[1]], [("error", "smtp.tls_certificate")])
        self.assertEqual([f[:2] for f in self.check(self.made.path("good"), text)[1]], [("error", "smtp.tls_key")])
        self.assertEqual([f[:2] for f in self.check(empty, self.made.key("good"))[1]], [("error", "smtp.tls_certificate")])

    def test_a_certificate_without_end_is_told_as_what_it_is(self):
        endless = [self.folder / name for name in ("endless.pem", "endless.key")]
        subprocess.run(["openssl", "req", "-x509", "-config", "/dev/null", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc",
                        "-subj", "/CN=a.example", "-days", "2900000", "-out", endless[0], "-keyout", endless[1]],
                       check=True, capture_output=True)
        valid, findings = self.check(*endless)
        self.assertFalse(valid)
        self.assertEqual([f[:2] for f in findings], [("error", "smtp.tls_certificate")])
        self.assertIn("none after the year 3100; it has to be issued again with an earlier end", findings[0][2])

    def test_every_certificate_past_its_end_is_told_with_its_date(self):
        for name, numbers, word in (("expired", [1], "expired at 2021-01-01T00:00:00Z"), ("expired-middle", [2], "expired at 2021-01-01T00:00:00Z"),
                                    ("root-sent-late", [1, 2], "expired at 2021"), ("not-yet", [1], "not valid before 2040-01-01T00:00:00Z")):
            valid, findings = self.of(name)
            self.assertTrue(valid, findings)
            self.assertEqual([f[:2] for f in findings], [("warning", "smtp.tls_certificate")] * len(numbers), findings)
            for number, (_, _, text) in zip(numbers, findings):
                self.assertIn(f"certificate {number} (CN=", text)
                self.assertIn(word, text)

    def test_a_certificate_that_is_not_for_servers_is_told(self):
        valid, findings = self.of("for-clients")
        self.assertTrue(valid, findings)
        self.assertEqual([f[:2] for f in findings], [("warning", "smtp.tls_certificate")])
        self.assertIn("certificate 1 (CN=server) is not made for servers (serverAuth is missing", findings[0][2])


if __name__ == "__main__":
    unittest.main()
