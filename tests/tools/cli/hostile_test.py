"""The culvert program where somebody is hostile or careless: planted files, closed streams, full disks, text that hides."""
import json
import os
import pty
import resource
import signal
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

from smime_program import PROGRAM, openssl

UNSEEN = {  # one of each kind that a terminal does not show, or that moves what stands beside it
    "right-to-left override": "\u202e", "isolate": "\u2067", "left-to-right mark": "\u200e", "zero width space": "\u200b",
    "byte order mark": "\ufeff", "joiner": "\u200d", "soft hyphen": "\u00ad", "hangul filler": "\u3164", "variation selector": "\ufe0f",
    "tag": "\U000e0061", "C1 control": "\u009b", "next line": "\u0085", "line separator": "\u2028", "word joiner": "\u2060"}


def mode(path):
    return stat.S_IMODE(os.lstat(path).st_mode)


class Hostile(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="culvert-cli-")
        self.addCleanup(self.temporary.cleanup)
        self.folder = Path(self.temporary.name)
        self.config = self.folder / "etc/culvert.toml"
        self.victim = self.folder / "victim"
        self.victim.write_text("not yours")
        self.victim.chmod(0o640)

    def run_here(self, *words, status=0, **options):
        options = {"stdin": subprocess.DEVNULL, **options} if "input" not in options else options
        done = subprocess.run([PROGRAM, *map(str, words), "--config", self.config], stderr=subprocess.PIPE,
                              **{"stdout": subprocess.PIPE, "text": True, "timeout": 60, **options})
        if status is not None:
            self.assertEqual(done.returncode, status, (words, done.stdout, done.stderr))
        return done

    def init(self):
        self.run_here("init", "--domain", "a.example", "--data-dir", self.folder / "data")
        self.config.write_text(self.config.read_text().replace("# url    = \"\"", "url = \"https://127.0.0.1:9\""))

    def assert_victim_untouched(self, what):
        self.assertEqual((self.victim.read_text(), mode(self.victim)), ("not yours", 0o640), what)

    # Private keys that leave the node

    def export(self, out, **options):
        return self.run_here("cert", "export", "tunnel-encrypt", "--with-key", "--out", out, **options)

    def test_an_exported_key_is_nobody_elses_to_read(self):
        self.init()
        out = self.folder / "key.pem"
        for before in (None, 0o644, 0o666, 0o777, 0o640):
            for umask in (0, 0o022):
                out.unlink(missing_ok=True)
                if before is not None:
                    out.write_text("older")
                    out.chmod(before)
                    reader = out.open()  # somebody who opened the older file in time
                self.export(out, umask=umask)
                self.assertEqual(mode(out), 0o600, (before, umask))
                self.assertIn("BEGIN PRIVATE KEY", out.read_text())
                if before is not None:
                    self.assertEqual(reader.read(), "older")
                    reader.close()
        told = self.run_here("--json", "cert", "export", "tunnel-encrypt", "--with-key", "--out", out).stdout
        self.assertNotIn("PRIVATE", told)
        self.assertEqual(json.loads(told)["file"], str(out))

    def test_an_exported_key_goes_through_nothing_that_was_planted(self):
        self.init()
        out = self.folder / "key.pem"
        (self.folder / "sub").mkdir()
        plants = {"link": lambda: out.symlink_to(self.victim), "link to nothing": lambda: out.symlink_to(self.folder / "made"),
                  "link to a device": lambda: out.symlink_to("/dev/null"), "named pipe": lambda: os.mkfifo(out),
                  "directory": lambda: out.symlink_to(self.folder / "sub")}
        for what, plant in plants.items():
            plant()
            done = self.export(out, status=1)
            self.assertIn("name another file", done.stderr, what)
            self.assertNotIn("PRIVATE", done.stdout + done.stderr)
            self.assert_victim_untouched(what)
            out.unlink()
        os.link(self.victim, out)
        self.export(out)
        self.assert_victim_untouched("hard link")
        for nowhere in (self.folder / "none/key.pem", self.folder, f"{self.folder}/sub/", self.folder / "victim/key.pem"):
            self.assertRegex(self.export(nowhere, status=1).stderr, "^culvert: .*(cannot be used|is a directory|name another file)")
        self.assertFalse((self.folder / "made").exists() or list((self.folder / "sub").iterdir()))
        self.assertEqual([p for p in self.folder.iterdir() if p.name.startswith(".")], [], "nothing of the tries is left")

    def test_a_key_on_standard_output_is_guarded(self):
        self.init()
        words = ("cert", "export", "tunnel-encrypt", "--with-key")
        for before, after in ((0o644, 0o600), (0o666, 0o600), (0o660, 0o600), (0o600, 0o600)):
            with open(self.folder / "out.pem", "w") as out:
                os.fchmod(out.fileno(), before)
                done = self.run_here(*words, stdout=out)
            self.assertEqual(mode(self.folder / "out.pem"), after)
            self.assertEqual("others can read" in done.stderr, before != after, done.stderr)
            self.assertIn("PRIVATE", (self.folder / "out.pem").read_text())
        with open(self.folder / "certificate.pem", "w") as out:
            os.fchmod(out.fileno(), 0o644)
            self.run_here("cert", "export", "tunnel-encrypt", stdout=out)
        self.assertEqual(mode(self.folder / "certificate.pem"), 0o644, "a certificate is public")
        self.assertEqual(self.run_here(*words).stderr, "", "a pipe belongs to whoever made it")
        leader, follower = pty.openpty()
        done = self.run_here(*words, stdout=follower)
        os.close(follower)
        os.close(leader)
        self.assertIn("--out FILE", done.stderr)

    # Files that init and demo make

    def test_init_writes_through_nothing_that_was_planted(self):
        self.config.parent.mkdir()
        for name in (self.config, self.config.parent / "node.key", self.folder / "data"):
            for target in (self.victim, self.folder / "made"):
                name.symlink_to(target)
                done = self.run_here("init", "--domain", "a.example", "--data-dir", self.folder / "data", status=1)
                self.assertTrue(done.stderr.startswith("culvert: "), done.stderr)
                self.assert_victim_untouched(name)
                self.assertFalse((self.folder / "made").is_file())
                name.unlink()
                for other in (self.config, self.config.parent / "node.key"):
                    self.assertFalse(os.path.lexists(other), other)

    def test_init_leaves_nothing_behind_wherever_the_disk_ends(self):
        def limit(octets):  # a file that grows beyond it fails, as on a full disk; the signal is not wanted
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (octets, octets))
        failed = 0
        for octets in (0, 83, 100, 1000, 4096, 8191, 12000, 20000, 30000, 40000, 2 ** 40):
            data = self.folder / f"data{octets}"
            done = self.run_here("--json", "init", "--domain", "a.example", "--data-dir", data, status=None, preexec_fn=lambda: limit(octets))
            if done.returncode == 0:
                self.config.unlink()
                (self.config.parent / "node.key").unlink()
                continue
            failed += 1
            self.assertTrue(json.loads(done.stdout)["error"]["text"], octets)
            for path in (self.config, self.config.parent / "node.key", data / "store"):
                self.assertFalse(os.path.lexists(path), (octets, path))
        self.assertIn(failed, range(5, 11))

    def test_two_inits_at_once_make_one_node(self):
        for number in range(5):
            data = self.folder / f"data{number}"
            running = [(config, subprocess.Popen([PROGRAM, "--json", "init", "--domain", "a.example", "--data-dir", data, "--config", config],
                                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True))
                       for config in (self.folder / f"x{number}/c.toml", self.folder / f"y{number}/c.toml") for _ in range(2)]
            made = [config for config, process in running if (process.communicate(timeout=60), process.returncode)[1] == 0]
            self.assertEqual(len(made), 1)
            self.config = made[0]
            self.assertEqual(self.run_here("--json", "peer", "list").stdout, "[]\n")

    # Streams

    def store_files(self):
        return [p for p in (self.folder / "data").rglob("*") if p.is_file()]

    def run_closed(self, closed, *words):
        """With the streams of these numbers closed."""
        closing = " ".join(f"{fd}<&-" for fd in closed)
        return subprocess.run(["sh", "-c", f'exec "$@" {closing}', "sh", PROGRAM, *words, "--config", self.config], capture_output=True, text=True,
                              timeout=60, stdin=subprocess.DEVNULL)

    def test_a_closed_stream_does_not_become_the_store(self):
        self.init()
        code = json.loads(self.run_here("--json", "peer", "invite", "b.example").stdout)["code"]
        for closed in ("0", "1", "2", "01", "02", "12", "012"):
            for words in (["peer", "accept", code], ["status"], ["peer", "list"], ["--json", "cert", "list"], ["queue", "show", "0" * 32],
                          ["policy", "set", "global", "encrypt=mandatory"], ["help"], ["cert", "export", "identity", "--with-key"]):
                done = self.run_closed(closed, *words)
                self.assertIn(done.returncode, (0, 1), (closed, words))
                if "1" in closed:
                    self.assertNotEqual(done.returncode, 0, ("nothing was told", closed, words))
            for path in self.store_files():
                if path.stat().st_blocks * 512 < 2 ** 24:  # data.mdb is sparse
                    with path.open("rb") as f:
                        octets = f.read(2 ** 24)
                    for told in (b"given by", b"culvert: ", b"NAME ", b"BEGIN ", b"fingerprint"):
                        self.assertNotIn(told, octets, (closed, path))
            self.assertEqual(self.run_here("--json", "peer", "list").stdout, "[]\n", closed)

    def test_a_result_that_cannot_be_written_is_an_error_with_its_cause(self):
        self.init()
        for words in (["status"], ["--json", "peer", "list"], ["help"], ["--version"], ["help", "init"], ["cert", "export", "identity"], ["check"]):
            with open("/dev/full", "w") as full:
                done = self.run_here(*words, stdout=full, status=1)
            self.assertIn("standard output: No space left", done.stderr, words)

    def test_a_closed_standard_input_holds_no_code(self):
        self.init()
        done = subprocess.run(["sh", "-c", 'exec "$@" <&-', "sh", PROGRAM, "peer", "accept", "-", "--config", self.config], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("standard input cannot be read", done.stderr)

    # The code of an invitation

    def test_a_code_comes_by_standard_input_as_mails_bring_it(self):
        self.init()
        code = json.loads(self.run_here("--json", "peer", "invite", "b.example").stdout)["code"]
        pieces = [code[i:i + 60] for i in range(0, len(code), 60)]
        by_operand = self.run_here("peer", "accept", code, status=1).stderr
        self.assertIn("127.0.0.1:9", by_operand)
        for text in (code, code + "\n", "\r\n".join(pieces), "\n   ".join(pieces), "".join(f"> {p}\n" for p in pieces), "=\n".join(pieces),
                     f"Dear Bob,\n\n{code}\n\nRegards\n", "\u200b".join(pieces), self.run_here("peer", "invite", "c.example").stdout):
            for words in (["-"], []):
                done = self.run_here("peer", "accept", *words, input=text, status=1)
                self.assertIn("127.0.0.1:9", done.stderr, text)
                self.assertNotIn(pieces[1], done.stdout + done.stderr, "the secret is not shown")
        for text in ("", "\n", "no code here", "\0" * 100):
            self.assertIn("no code", self.run_here("peer", "accept", "-", input=text, status=2).stderr)
        self.assertIn("too-large", self.run_here("--json", "peer", "accept", "-", input="x" * 10 ** 6, status=1).stdout)
        self.assertIn("wrong or missing", self.run_here("peer", "accept", "-", input=code[:-1], status=1).stderr)

    # Text that a certificate or a file name brings

    def test_what_a_certificate_says_hides_nothing_on_a_terminal(self):
        for what, character in UNSEEN.items():
            name = f"pay{character}ee"
            openssl(self.folder, "req", "-x509", "-config", "/dev/null", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-utf8",
                    "-subj", f"/CN={name}", "-addext", "keyUsage=digitalSignature", "-keyout", "k.pem", "-out", "c.pem", "-days", "3")
            (self.folder / "mail").write_text("Content-Type: text/plain\r\n\r\nhello\r\n")
            signed = self.folder / "signed"
            self.run_here("smime", "sign", "--key", self.folder / "k.pem", "--cert", self.folder / "c.pem", "--in", self.folder / "mail", "--out", signed)
            for words in (["inspect"], ["verify", "--trust", str(self.folder / "c.pem")]):
                done = self.run_here("smime", *words, "--in", signed, status=None)
                told = self.run_here("--json", "smime", *words, "--in", signed, status=None)
                self.assertIn("pay", told.stdout, what)
                for text in (done.stdout, done.stderr, told.stdout, told.stderr):
                    self.assertNotIn(character, text, (what, words))
                json.loads(told.stdout)

    def test_what_an_error_names_hides_nothing_on_a_terminal(self):
        for what, character in UNSEEN.items():
            for words in (["smime", "inspect", "--in", f"x{character}y"], [f"x{character}y"], ["help", f"x{character}y"], ["init", "--domain", f"x{character}y"]):
                done = self.run_here("--json", *words, status=None)
                self.assertNotEqual(done.returncode, 0)
                self.assertNotIn(character, done.stdout + done.stderr, (what, words))
                self.assertEqual(set(json.loads(done.stdout)), {"error"})

    def test_what_a_path_holds_is_the_same_value_in_json(self):
        for what, character in UNSEEN.items():
            folder = self.folder / f"a{character}b"
            folder.mkdir()
            config = folder / "culvert.toml"
            config.write_text("[node]\nfrob = 1\n")
            told = subprocess.run([PROGRAM, "--json", "check", "--config", config], capture_output=True, text=True, timeout=60)
            shown = subprocess.run([PROGRAM, "check", "--config", config], capture_output=True, text=True, timeout=60)
            self.assertNotIn(character, told.stdout + told.stderr + shown.stdout + shown.stderr, what)
            self.assertEqual(json.loads(told.stdout)["findings"][0]["file"], str(config), what)


if __name__ == "__main__":
    unittest.main()
