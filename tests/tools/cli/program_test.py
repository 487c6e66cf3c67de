"""The culvert program run as a process: init, check, JSON forms, exit statuses. Needs no running node."""
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM = sys.argv.pop(1)


def culvert(*words, **environment):
    return subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                          env={**os.environ, **environment})


class Program(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="culvert-cli-")
        self.addCleanup(self.temporary.cleanup)
        self.folder = Path(self.temporary.name)
        self.config = self.folder / "etc/culvert.toml"

    def run_here(self, *words, status=0):
        done = culvert(*words, "--config", self.config)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def json_of(self, *words, status=0):
        return json.loads(self.run_here(*words, "--json", status=status).stdout)

    def init(self, *more):
        return self.json_of("init", "--domain", "a.example", "--data-dir", self.folder / "data", *more)

    def test_init_makes_a_node_that_check_finds_right(self):
        made = self.init()
        self.assertRegex(made["fingerprint"], "^[0-9a-f]{64}$")
        self.assertEqual((made["node"], made["config"]), ("gate.a.example", str(self.config)))
        key = self.config.parent / "node.key"
        self.assertEqual(stat.S_IMODE(key.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE((self.folder / "data").stat().st_mode), 0o700)
        self.assertEqual(self.json_of("check"), {"valid": True, "findings": []})

    def test_no_other_process_of_its_user_looks_into_a_command(self):
        # A process that may be looked into belongs in /proc to its user, else to root.
        nobody = 65534
        program = shutil.copy(PROGRAM, self.folder / "culvert")
        self.folder.chmod(0o755)
        key = self.folder / "key"  # a pipe that nobody writes to: the command waits for its key
        os.mkfifo(key)
        key.chmod(0o644)
        become = {"user": nobody, "group": nobody, "extra_groups": []} if os.geteuid() == 0 else {}
        for words in (["verify"], ["inspect"], ["decrypt", "--key", str(key)]):
            ready, wait = os.pipe()
            with open(ready, "rb") as stdin, open(wait, "wb") as keep_open, subprocess.Popen(
                    [program, "smime", *words], stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **become) as running:
                try:
                    deadline = time.monotonic() + 20
                    while time.monotonic() < deadline:  # before it is the program it is still this one, which belongs to root
                        closed = os.stat(f"/proc/{running.pid}/mem").st_uid == 0
                        coreless = re.search(r"Max core file size +0 +0 ", Path(f"/proc/{running.pid}/limits").read_text())
                        if closed and coreless:
                            break
                        os.sched_yield()
                    self.assertTrue(closed and coreless, words)
                    self.assertIsNone(running.poll(), words)
                finally:
                    running.kill()
                keep_open.close()

    def test_fingerprints_are_sixty_digits_for_people_and_hex_for_scripts(self):
        shown = re.compile(r"fingerprint +((?:\d{5} ){11}\d{5})\n")
        told = self.run_here("init", "--domain", "a.example", "--data-dir", self.folder / "data").stdout
        digits = shown.search(told).group(1)
        self.assertEqual(shown.search(self.run_here("status", status=1).stdout).group(1), digits)
        status = self.json_of("status", status=1)
        identity = next(c for c in self.json_of("cert", "list") if c["name"] == "identity")
        self.assertEqual((status["fingerprint"], status["used_invitations"]), (identity["key_id"], []))

    def test_init_never_overwrites(self):
        self.init()
        before = {p: p.read_bytes() for p in (self.config, self.config.parent / "node.key")}
        for removed in ((), (self.config,), (self.config, self.config.parent / "node.key")):
            for path in removed:
                path.unlink(missing_ok=True)
            error = self.json_of("init", "--domain", "a.example", "--data-dir", self.folder / "data", status=1)["error"]
            self.assertEqual(error["code"], "exists")
            for path in before:
                self.assertEqual(path.exists() and path.read_bytes() or None, None if path in removed else before[path])

    def test_init_leaves_nothing_behind_when_it_fails(self):
        (self.folder / "data").write_text("a file where the directory should be")
        self.run_here("init", "--domain", "a.example", "--data-dir", self.folder / "data", status=1)
        self.assertFalse(self.config.exists())
        self.assertFalse((self.config.parent / "node.key").exists())

    def test_init_refuses_what_is_no_domain(self):
        for domain in ("com", "a b", "-a.example", "127.0.0.1"):
            self.run_here("init", "--domain", domain, "--data-dir", self.folder / "data", status=2)
        self.run_here("init", status=2)
        self.assertFalse(self.config.exists())

    def test_no_private_key_is_on_disk_in_clear(self):
        self.init()
        for role in ("identity", "tunnel-sign", "tunnel-encrypt", "tls", "starttls"):
            pem = self.run_here("cert", "export", role, "--with-key").stdout
            key = subprocess.run(["openssl", "pkcs8", "-topk8", "-nocrypt", "-outform", "DER"], input=pem.encode(), capture_output=True).stdout
            secret = key[key.index(b"\x04\x20") + 2:][:32]
            self.assertEqual(len(secret), 32)
            for path in self.folder.rglob("*"):
                if path.is_file():
                    self.assertNotIn(secret, path.read_bytes(), path)

    def test_check_tells_every_mistake_with_its_line(self):
        self.init()
        self.config.write_text("[node]\nname = \"gate.a.example\"\ndomains = [\"a.example\"]\nfrob = 1\n[log]\nlevel = \"loud\"\n")
        told = self.run_here("check", status=2).stdout
        self.assertIn(f"{self.config}:4: node.frob: unknown key", told)
        self.assertIn(f"{self.config}:6: log.level: 'loud'", told)
        told = self.json_of("check", status=2)
        self.assertEqual([(f["line"], f["key"]) for f in told["findings"]], [(4, "node.frob"), (6, "log.level")])
        self.assertEqual(told["error"]["code"], "bad-configuration")

    def test_check_looks_at_the_files_too(self):
        self.init()
        (self.config.parent / "node.key").chmod(0o644)
        self.assertIn("node.key_file", self.run_here("check", status=2).stdout)

    def test_a_wrong_configuration_ends_every_command_with_2(self):
        for words in (["status"], ["serve"], ["peer", "list"], ["queue", "list"]):
            error = self.json_of(*words, status=2)["error"]
            self.assertIn("there is no such file", error["text"])

    def test_an_empty_node_has_the_json_forms(self):
        self.init()
        self.assertEqual(self.json_of("peer", "list"), [])
        self.assertEqual(self.json_of("route", "list"), [])
        self.assertEqual(self.json_of("queue", "list"), {"items": [], "next": None, "length": 0})
        self.assertEqual(self.json_of("quarantine", "list"), {"items": [], "next": None})
        self.assertEqual(self.json_of("policy", "show"), {"rules": []})
        self.assertEqual({c["name"] for c in self.json_of("cert", "list")}, {"identity", "tunnel-sign", "tunnel-encrypt", "tls", "starttls"})
        status = self.json_of("status", status=1)  # the node does not run
        self.assertEqual((status["node"], status["running"], status["queue"]["length"]), ("gate.a.example", False, 0))

    def test_certificates_are_what_the_formats_say(self):
        self.init()
        (self.folder / "identity.pem").write_text(self.run_here("cert", "export", "identity").stdout)
        for role, usage in (("tunnel-sign", "Digital Signature"), ("tunnel-encrypt", "Key Agreement")):
            pem = self.run_here("cert", "export", role).stdout
            self.assertNotIn("PRIVATE", pem)
            (self.folder / "leaf.pem").write_text(pem)
            verified = subprocess.run(["openssl", "verify", "-CAfile", self.folder / "identity.pem", self.folder / "leaf.pem"], capture_output=True, text=True)
            self.assertEqual(verified.returncode, 0, verified.stderr)
            text = subprocess.run(["openssl", "x509", "-noout", "-text"], input=pem, capture_output=True, text=True).stdout
            self.assertIn(usage, text)
            self.assertIn("E-mail Protection", text)

    def test_policy_is_set_and_shown_in_canonical_form(self):
        self.init()
        self.run_here("policy", "set", "domain:B.Example", "encrypt=mandatory")
        self.assertEqual(self.json_of("policy", "show"), {"rules": [{"scope": "domain:b.example", "key": "encrypt", "value": "mandatory"}]})
        self.assertEqual(self.json_of("policy", "show", "global"), {"rules": []})
        for words in (["global", "encrypt=sometimes"], ["global", "frob=on"], ["global", "encrypt"], ["nowhere", "encrypt=never"], ["global"], ["global", "encrypt=never", "encrypt=mandatory"]):
            self.run_here("policy", "set", *words, status=2)

    def test_invite_needs_to_know_its_url(self):
        self.init()
        self.config.write_text(self.config.read_text().replace('listen = ["0.0.0.0:8443", "[::]:8443"]', 'listen = ["127.0.0.1:0"]'))
        self.assertEqual(self.json_of("peer", "invite", "b.example", status=1)["error"]["code"], "no-peering-url")
        self.config.write_text(self.config.read_text().replace("# url    = \"\"", "url = \"https://gate.a.example:8443\""))
        invited = self.json_of("peer", "invite", "b.example", "--valid", "1h")
        self.assertTrue(invited["code"].startswith("culvert1-"))
        self.assertRegex(invited["expires"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        for domain in ("a.example", "com"):
            self.run_here("peer", "invite", domain, status=1)
        for words in (["peer", "invite"], ["peer", "invite", "b.example", "--valid", "soon"], ["peer", "invite", "b.example", "--valid", "0s"]):
            self.run_here(*words, status=2)

    def test_what_is_not_there_ends_with_1(self):
        self.init()
        missing = "0" * 32
        for words in (["peer", "show", "b.example"], ["peer", "remove", "b.example"], ["route", "show", "b.example"], ["route", "prove", "b.example"],
                      ["queue", "show", missing], ["queue", "drop", missing + ".1"], ["queue", "show", "0000"], ["quarantine", "show", missing],
                      ["quarantine", "drop", missing], ["trace", missing], ["trace", "jane@b.example"], ["trace", "<x1@a.example>"], ["trace", "a..b@[c]"], ["trace", "<no-at-sign>"], ["trace", "Message-ID: <x>"], ["trace", "message-id=<x@a.example>"], ["cert", "export", "frob"]):
            self.assertEqual(self.json_of(*words, status=1)["error"]["code"], "not-found", words)
        self.assertEqual(self.json_of("route", "wait", "b.example", "--timeout", "0s", status=1)["error"]["code"], "timeout")
        self.assertEqual(self.json_of("queue", "retry", "--all"), {"retried": 0})
        self.run_here("queue", "drop", status=2)
        for change, word in (("drop", "dropped"), ("release", "released")):
            self.assertEqual(self.json_of("quarantine", change, "--all"), {word: 0})
            self.assertEqual(self.json_of("quarantine", change, "--all", "--reason", "stale"), {word: 0})
            for wrong in ([], ["--all", missing], [missing, "--reason", "stale"]):
                self.run_here("quarantine", change, *wrong, status=2)
            self.assertEqual(self.json_of("quarantine", change, missing, status=1)["error"]["code"], "not-found")

    def test_another_node_key_opens_nothing(self):
        self.init()
        other = self.folder / "other"
        culvert("init", "--domain", "a.example", "--config", other / "c.toml", "--data-dir", other / "data")
        (self.config.parent / "node.key").write_bytes((other / "node.key").read_bytes())
        self.assertEqual(self.json_of("status", status=1)["error"]["code"], "wrong-node-key")

    def test_a_next_hop_that_is_the_node_itself_is_an_error_of_check_and_serve(self):
        self.init()
        plain = self.config.read_text()
        own = re.search(r"(?m)^inside +=.*$", plain).group()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as routed:  # an address of this machine beside loopback, if it has one
            try:
                routed.connect(("192.0.2.1", 9))
                address = routed.getsockname()[0]
            except OSError:
                address = "127.0.0.1"
        for host in (address, "127.0.1.1", "0.0.0.0", socket.gethostname().lower()):
            self.config.write_text(plain.replace(own, f'inside = "smtp://{host}:25"'))
            finding, = self.json_of("check", status=2)["findings"]
            self.assertEqual((finding["weight"], finding["key"]), ("error", "delivery.inside"))
            self.assertIn(f"smtp://{host}:25 is this node's own listener 0.0.0.0:25 (smtp.outside.listen)", finding["text"])
            self.assertIn("is this node's own listener", self.run_here("serve", status=2).stderr)
        self.config.write_text(plain.replace(own, f'inside = "smtp://{address}:8443"'))
        self.assertIn("(peering.listen), which takes no mail", self.json_of("check", status=2)["findings"][0]["text"])

    def test_serve_starts_where_it_can_not_tell_its_addresses(self):
        """A full disk: strangers fill it, and the node that was killed did not come back."""
        self.init()
        self.config.write_text(re.sub(r'"(127\.0\.0\.1|0\.0\.0\.0):\d+"', '"127.0.0.1:0"', self.config.read_text()))
        run = self.folder / "data/run"
        run.mkdir(exist_ok=True)
        for name in ("addresses.json", "rates.json"):
            (run / name).mkdir()  # what can not be replaced, as on a full disk
        log = self.folder / "log"
        with log.open("wb") as out:
            node = subprocess.Popen([PROGRAM, "--config", str(self.config), "serve"], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        try:
            self.wait_for(node, lambda: "ready: " in log.read_text())
            self.assertIn("the addresses are not told to scripts for now", log.read_text())
            (run / "addresses.json").rmdir()
            self.wait_for(node, lambda: (run / "addresses.json").is_file())
            self.assertRegex(json.loads((run / "addresses.json").read_text())["smtp.inside"][0], "^127.0.0.1:[0-9]+$")
        finally:
            node.terminate()
            self.assertEqual(node.wait(30), 0, log.read_text())

    def wait_for(self, node, ready):
        end = time.monotonic() + 30
        while not ready():
            self.assertIsNone(node.poll(), "the node ended")
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)

    def test_errors_for_people_go_to_standard_error(self):
        done = culvert("frobnicate")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertTrue(done.stderr.startswith("culvert: there is no command 'frobnicate'"), done.stderr)
        self.assertIn("culvert peer invite", culvert("help", "peer", "invite").stdout)
        self.assertEqual(culvert("--version").returncode, 0)

    def test_the_configuration_comes_from_the_environment(self):
        self.init()
        done = culvert("--json", "peer", "list", CULVERT_CONFIG=str(self.config))
        self.assertEqual((done.returncode, json.loads(done.stdout)), (0, []))


if __name__ == "__main__":
    unittest.main()
