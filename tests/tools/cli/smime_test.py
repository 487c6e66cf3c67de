"""The smime commands run as a process: files, pipes, messages and exit statuses. Keys and certificates are made by openssl."""
import ctypes
import json
import os
import platform
import re
import resource
import signal
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from smime_program import P256, PROGRAM, make_certificate, openssl

ENTITY = b"Content-Type: text/plain\r\n\r\nHello Bob\r\n"
SECRET = b"the quick brown fox "


def make_for_mail(folder, name, algorithm=("rsa:2048",), usage="digitalSignature,keyEncipherment", ca="CA:false", purpose="emailProtection"):
    """NAME.key and NAME.pem, self-signed, of NAME@a.example."""
    make_certificate(folder, name, algorithm, usage, f"subjectAltName=email:{name}@a.example", f"extendedKeyUsage={purpose}",
                     f"basicConstraints=critical,{ca}")


def make_x25519_certificate(folder, name):
    """For a key that cannot sign for itself: jane signs for it."""
    openssl(folder, "genpkey", "-algorithm", "X25519", "-out", f"{name}.key")
    openssl(folder, "pkey", "-in", f"{name}.key", "-pubout", "-out", f"{name}.pub")
    openssl(folder, "req", "-new", "-key", "jane.key", "-subj", f"/CN={name}", "-out", f"{name}.csr")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-force_pubkey", f"{name}.pub", "-CA", "jane.pem", "-CAkey", "jane.key",
            "-set_serial", "7", "-days", "30", "-out", f"{name}.pem")


def without_nameless_files():
    """In the child: file systems know no O_TMPFILE, as if all were old ones."""
    number, architecture = {"x86_64": (257, 0), "aarch64": (56, 0)}[platform.machine()]

    class Step(ctypes.Structure):
        _fields_ = [("code", ctypes.c_ushort), ("jt", ctypes.c_ubyte), ("jf", ctypes.c_ubyte), ("k", ctypes.c_uint)]

    class Filter(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.POINTER(Step))]

    # load the call's number; openat? load its flags; O_TMPFILE? EOPNOTSUPP; all else is allowed
    steps = (Step * 6)(Step(0x20, 0, 0, 0), Step(0x15, 0, 3, number), Step(0x20, 0, 0, 32), Step(0x45, 0, 1, 0o20000000),
                       Step(0x06, 0, 0, 0x00050000 | 95), Step(0x06, 0, 0, 0x7fff0000))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.byref(Filter(6, steps))):
        raise OSError(ctypes.get_errno(), "prctl")


def short_files():
    """In the child: whoever writes more than 1 MiB to a file is killed by the kernel."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))


class Smime(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keys_folder = tempfile.TemporaryDirectory(prefix="culvert-smime-keys-")
        cls.addClassCleanup(cls.keys_folder.cleanup)
        cls.keys = Path(cls.keys_folder.name)
        for name in ("bob", "jane", "eve"):
            make_for_mail(cls.keys, name)
        make_for_mail(cls.keys, "ec", P256, "digitalSignature,keyAgreement")
        make_x25519_certificate(cls.keys, "ed")

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="culvert-smime-")
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def smime(self, *words, stdin=b"", status=0, **more):
        done = subprocess.run([PROGRAM, "smime", *map(str, words)], input=stdin, capture_output=True, timeout=60, cwd=self.folder, **more)
        self.assertEqual(done.returncode, status, done.stderr.decode(errors="replace"))
        return done

    def file(self, name, octets=ENTITY):
        path = self.folder / name
        path.write_bytes(octets)
        return path

    def pem(self, name):
        return self.keys / f"{name}.pem"

    def key(self, name):
        return ("--key", self.keys / f"{name}.key", "--cert", self.pem(name))

    def names(self):
        return {path.name for path in self.folder.iterdir()}


class Files(Smime):
    def test_a_killed_decrypt_leaves_no_plaintext(self):
        self.file("plain", SECRET * 200_000)
        self.smime("encrypt", "--der", "--to", self.pem("bob"), "--in", "plain", "--out", "sealed")
        (self.folder / "plain").unlink()
        self.smime("decrypt", *self.key("bob"), "--in", "sealed", "--out", "out", status=-signal.SIGXFSZ, preexec_fn=short_files)
        self.assertEqual(self.names(), {"sealed"})

    def test_where_files_need_a_name_a_signal_removes_it(self):
        def old_and_short():
            without_nameless_files()
            short_files()

        self.file("plain", SECRET * 200_000)
        self.smime("encrypt", "--der", "--to", self.pem("bob"), "--in", "plain", "--out", "sealed", preexec_fn=without_nameless_files)
        (self.folder / "plain").unlink()
        self.smime("decrypt", *self.key("bob"), "--in", "sealed", "--out", "out", status=-signal.SIGXFSZ, preexec_fn=old_and_short)
        self.assertEqual(self.names(), {"sealed"})
        for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            child = subprocess.Popen([PROGRAM, "smime", "encrypt", "--to", self.pem("bob"), "--out", "out"], stdin=subprocess.PIPE,
                                     cwd=self.folder, preexec_fn=without_nameless_files)
            deadline = time.monotonic() + 30
            while self.names() == {"sealed"} and time.monotonic() < deadline:
                time.sleep(0.01)
            self.assertEqual(len(self.names()), 2)
            time.sleep(0.1)
            child.send_signal(ending)
            self.assertEqual(child.wait(30), -ending)
            child.stdin.close()
            self.assertEqual(self.names(), {"sealed"})

    def test_a_result_replaces_the_older_one_whole(self):
        for ends in (None, without_nameless_files):
            self.file("plain")
            self.file("sealed", b"older " * 10_000)
            self.smime("encrypt", "--to", self.pem("bob"), "--in", "plain", "--out", "sealed", preexec_fn=ends)
            self.smime("decrypt", *self.key("bob"), "--in", "sealed", "--out", "out", preexec_fn=ends)
            self.assertEqual((self.folder / "out").read_bytes(), ENTITY)
            self.assertEqual(self.names(), {"plain", "sealed", "out"})
            (self.folder / "out").unlink()

    def test_after_a_failure_no_output_file_is_left(self):
        self.file("plain")
        self.smime("sign", *self.key("jane"), "--in", "plain", "--out", "signed")
        self.smime("encrypt", "--to", self.pem("bob"), "--in", "plain", "--out", "sealed")
        self.file("garbage", b"x")
        for words in (("decrypt", *self.key("jane"), "--in", "sealed"), ("verify", "--trust", self.pem("bob"), "--in", "signed"),
                      ("decrypt", *self.key("bob"), "--in", "garbage"), ("verify", "--trust", self.pem("bob"), "--in", "garbage"),
                      ("encrypt", "--to", self.pem("bob"), "--in", "none"), ("sign", *self.key("jane"), "--in", "none"),
                      ("decrypt", "--key", "none", "--in", "sealed")):
            self.file("out", b"an older one")
            self.smime(*words, "--out", "out", status=1)
            self.assertNotIn("out", self.names(), words)
        self.file("out", b"an older one")
        self.smime("encrypt", "--out", "out", status=2)  # nothing was begun
        self.assertIn("out", self.names())

    def test_an_input_is_not_replaced(self):
        self.file("plain")
        self.file("kek.hex", b"00" * 32)
        os.link(self.folder / "plain", self.folder / "same")
        for words in (("--in", "plain", "--out", "plain"), ("--in", "plain", "--out", "same"), ("--in", "plain", "--out", "kek.hex")):
            self.assertIn(b"is read", self.smime("encrypt", "--kek", "00:kek.hex", *words, status=2).stderr)
        with (self.folder / "plain").open("rb") as opened:
            done = subprocess.run([PROGRAM, "smime", "encrypt", "--kek", "00:kek.hex", "--out", "same"], stdin=opened, cwd=self.folder, capture_output=True)
        self.assertEqual(done.returncode, 2)
        self.assertEqual((self.folder / "plain").read_bytes(), ENTITY)

    def test_no_option_of_any_command_lets_its_file_be_replaced(self):
        seen = set()
        for command in ("sign", "encrypt", "decrypt", "verify"):
            told = self.smime(command, "--help").stdout.decode()
            for option, value in re.findall(r"^  (--[a-z-]+) (\S*FILE)", told, re.M):
                if option == "--out":
                    continue
                seen.add(option)
                kept = self.file("kept", b"a key")
                done = self.smime(command, option, "00:kept" if ":" in value else "kept", "--out", "kept", status=2)
                self.assertIn(b"is read", done.stderr, (command, option))
                self.assertEqual(kept.read_bytes(), b"a key")
        self.assertLessEqual({"--in", "--key", "--kek", "--sign-key", "--sign-cert", "--password-file", "--content", "--chain"}, seen)


BINARY = bytes(range(256)) * 300 + b"\n\r\n\n"
HEADER = b"MIME-Version: 1.0\nContent-Type: image/png\nContent-Transfer-Encoding: binary\n\n"


class Octets(Smime):
    """What goes in comes out: text with CRLF where it is an entity, all else as it was."""

    def encrypted(self, octets, *more):
        self.file("in", octets)
        self.smime("encrypt", "--to", self.pem("bob"), "--in", "in", "--out", "sealed", *more)
        return self.smime("decrypt", *self.key("bob"), "--in", "sealed").stdout

    def signed(self, octets, *more):
        self.file("in", octets)
        self.smime("sign", *self.key("jane"), "--in", "in", "--out", "signed", *more)
        return self.smime("verify", "--trust", self.pem("jane"), "--in", "signed", "--out", "-").stdout

    def test_what_is_no_entity_stays_as_it_is(self):
        for octets in (BINARY, b"a: 1\nb: 2\n", b"Dear Bob:\n\nHello\n", b"\n", b"x", b"\xff\n" * 50_000):
            self.assertEqual(self.encrypted(octets), octets)
            self.assertEqual(self.signed(octets, "--opaque"), octets)

    def test_an_entity_that_says_binary_keeps_its_body(self):
        wanted = HEADER.replace(b"\n", b"\r\n") + BINARY
        for header in (HEADER, HEADER.replace(b"\n", b"\r\n"), HEADER.replace(b"binary", b" Binary ")):
            made = header.replace(b"\r", b"").replace(b"\n", b"\r\n") + BINARY
            self.assertEqual(self.encrypted(header + BINARY), made)
            self.assertEqual(self.signed(header + BINARY, "--opaque"), made)
            self.smime("sign", *self.key("jane"), "--in", "in", status=1)  # readers of a multipart/signed would take LF for CRLF
        opened = self.encrypted(b"From: jane@a.example\n" + HEADER + BINARY, "--message")
        self.assertEqual(opened[opened.index(b"\r\n\r\n"):], wanted[wanted.index(b"\r\n\r\n"):])

    def test_text_gets_crlf(self):
        text = b"Content-Type: text/plain\n\nHello\nBob\n"
        for octets in (text, text.replace(b"text/plain", b"text/plain;\n charset=utf-8"), b"From: a@a.example\nSubject: x\n\nHello\n"):
            wanted = octets.replace(b"\n", b"\r\n")
            self.assertEqual(self.encrypted(octets), wanted)
            self.assertEqual(self.encrypted(wanted), wanted)
            self.assertEqual(self.signed(octets, "--opaque"), wanted)
        self.assertEqual(self.signed(text), text.replace(b"\n", b"\r\n"))

    def test_what_a_text_cannot_hold_is_refused_before_anything_is_written(self):
        self.file("in", BINARY)
        self.file("claims", b"Content-Type: text/plain\n\n" + BINARY)
        for words in (("sign", *self.key("jane"), "--in", "in"), ("sign", *self.key("jane"), "--opaque", "--in", "claims"),
                      ("encrypt", "--to", self.pem("bob"), "--in", "claims"), ("encrypt", "--message", "--to", self.pem("bob"), "--in", "in")):
            done = self.smime(*words, status=1)
            self.assertIn(b"--der", done.stderr)
            self.assertEqual(done.stdout, b"")

    def test_a_pipe_is_sealed_while_it_is_written(self):
        for words in (("encrypt", "--to", self.pem("bob")), ("sign", "--opaque", *self.key("jane"))):
            child = subprocess.Popen([PROGRAM, "smime", *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     env={**os.environ, "TMPDIR": "/nonexistent"})
            writer = threading.Thread(target=child.stdin.write, args=(b"Content-Type: text/plain\n\n" + b"Hello Bob\n" * 100_000,), daemon=True)
            writer.start()
            self.assertTrue(os.read(child.stdout.fileno(), 65536))  # though the input has not ended
            reader = threading.Thread(target=child.stdout.read, daemon=True)
            reader.start()
            writer.join(30)
            child.stdin.close()
            reader.join(30)
            self.assertEqual(child.wait(30), 0)
            child.stdout.close()


class Verify(Smime):
    def test_other_content_is_refused_where_the_message_has_its_own(self):
        self.file("in")
        self.file("other", b"another one")
        for form in ((), ("--opaque",), ("--der", "--opaque")):
            self.smime("sign", *self.key("jane"), *form, "--in", "in", "--out", "signed")
            done = self.smime("verify", "--trust", self.pem("jane"), "--in", "signed", "--content", "other", "--json", status=1)
            self.assertRegex(json.loads(done.stdout)["error"]["code"], "content-(unexpected|present)")


class Decrypt(Smime):
    def test_what_protects_badly_is_told_beside_the_content(self):
        self.file("in")
        openssl(self.folder, "cms", "-encrypt", "-des3", "-in", self.folder / "in", "-out", self.folder / "sealed", self.pem("bob"))
        done = self.smime("decrypt", *self.key("bob"), "--in", "sealed")
        self.assertEqual(done.stdout, ENTITY)
        self.assertEqual(done.stderr, b"note: nothing authenticates this content\nnote: it is weakly protected\n")
        self.smime("encrypt", "--to", self.pem("bob"), "--in", "in", "--out", "sealed")
        self.assertEqual(self.smime("decrypt", *self.key("bob"), "--in", "sealed").stderr, b"")

    def test_a_key_without_certificate_is_tried_on_every_recipient(self):
        self.file("in")
        for form in ("--oaep", "--pkcs1"):
            for cipher in ("aes256-gcm", "aes128-cbc"):
                self.smime("encrypt", form, "--cipher", cipher, "--to", self.pem("jane"), self.pem("eve"), self.pem("bob"), self.pem("ec"),
                           self.pem("ed"), "--in", "in", "--out", "sealed")
                for name in ("bob", "jane", "ec", "ed"):
                    self.assertEqual(self.smime("decrypt", "--key", self.keys / f"{name}.key", "--in", "sealed").stdout, ENTITY)
                layers = json.loads(self.smime("inspect", "--json", "--key", self.keys / "bob.key", "--in", "sealed").stdout)["layers"]
                self.assertEqual(layers[-1]["type"], "content")

    def test_a_strange_key_without_certificate_fails_like_a_wrong_tag(self):
        self.file("in")
        for form, code in (("--oaep", "no-key"), ("--pkcs1", "bad-tag")):
            self.smime("encrypt", form, "--to", self.pem("jane"), self.pem("eve"), "--in", "in", "--out", "sealed")
            done = self.smime("decrypt", "--json", "--key", self.keys / "bob.key", "--in", "sealed", status=1)
            self.assertEqual(json.loads(done.stdout)["error"]["code"], code)
        done = self.smime("decrypt", "--key", self.keys / "bob.key", "--cert", self.pem("jane"), "--in", "sealed", status=2)
        self.assertIn(b"--cert is for the key", done.stderr)


class Sign(Smime):
    def test_a_certificate_that_nobody_would_believe_does_not_sign(self):
        self.file("in")
        for code, more in (("usage-not-allowed", {"usage": "keyEncipherment"}), ("usage-not-allowed", {"ca": "CA:true", "usage": "digitalSignature,keyCertSign"}),
                           ("usage-not-allowed", {"purpose": "serverAuth"}), ("certificate-expired", None)):
            make_for_mail(self.folder, "odd", **(more or {}))
            if more is None:
                openssl(self.folder, "x509", "-in", self.folder / "odd.pem", "-signkey", self.folder / "odd.key", "-days", "-1", "-out", self.folder / "odd.pem")
            done = self.smime("sign", "--json", "--key", "odd.key", "--cert", "odd.pem", "--in", "in", status=1)
            self.assertEqual(json.loads(done.stdout)["error"]["code"], code)


class Messages(Smime):
    def test_each_names_what_is_wrong_and_what_to_do(self):
        self.file("in")
        self.smime("sign", *self.key("jane"), "--in", "in", "--out", "signed")
        self.smime("encrypt", "--to", self.pem("bob"), "--in", "in", "--out", "sealed")
        self.file("large.pem", b"x" * (1 << 21))
        for words, status, text in ((("sign", "--key", self.keys / "bob.key", "--cert", self.pem("jane"), "--in", "in"), 2, b"--cert is for the key"),
                                    (("decrypt", "--cert", self.pem("bob"), "--in", "sealed"), 2, b"--key FILE"),
                                    (("verify", "--trust", self.pem("bob"), "--in", "sealed"), 1, b"this is encrypted: use culvert smime decrypt"),
                                    (("decrypt", *self.key("bob"), "--in", "signed"), 1, b"this is signed and not encrypted: use culvert smime verify"),
                                    (("verify", "--trust", "large.pem", "--in", "signed"), 1, b"'large.pem'")):
            self.assertIn(text, self.smime(*words, status=status).stderr)

    def test_nothing_turns_the_text_on_a_terminal_around(self):
        self.file("mail", "Content-Type: application/pkcs7-mime; smime-type=\"a\u202eb\u2066c\u200f\"\n\n".encode() + b"MAsGCSqGSIb3DQEHAQ==\n")
        shown = self.smime("inspect", "--in", "mail", status=1).stdout.decode()
        self.assertIn("smime-type=a?b?c?", shown)

    def test_four_ciphers_are_written(self):
        self.file("in")
        for cipher, status in (("aes256-gcm", 0), ("aes128-cbc", 0), ("aes192-gcm", 2), ("aes192-cbc", 2), ("chacha20-poly1305", 2), ("des-ede3-cbc", 2)):
            self.smime("encrypt", "--cipher", cipher, "--to", self.pem("bob"), "--in", "in", status=status)

    def test_a_wrong_temporary_directory_is_named(self):
        done = self.smime("inspect", "--json", stdin=ENTITY, env={**os.environ, "TMPDIR": "/nonexistent/tmp"}, status=1)
        self.assertIn(b"'/nonexistent/tmp'", done.stderr)
        self.assertEqual(json.loads(done.stdout)["error"]["code"], "not-writable")


class Inspect(Smime):
    def layers(self, *words):
        return json.loads(self.smime("inspect", "--json", *words).stdout)["layers"]

    def test_the_cipher_and_its_weakness_are_seen_without_a_key(self):
        self.file("in")
        for option, name, weak in (("-des3", "des-ede3-cbc", "the cipher"), ("-aes128", "aes128-cbc", None), ("-aes256", "aes256-cbc", None)):
            openssl(self.folder, "cms", "-encrypt", option, "-in", self.folder / "in", "-out", self.folder / "sealed", self.pem("bob"))
            for key in ((), self.key("jane"), self.key("bob")):
                layer = self.layers(*key, "--in", "sealed")[1]
                self.assertEqual((layer["cipher"], layer.get("weak")), (name, weak))
                self.assertNotIn("refused", layer)
                self.assertEqual(layer.get("not-opened"), None if key == self.key("bob") else "no-key")

    def test_a_signer_is_named_though_the_signature_does_not_count(self):
        self.file("in")
        openssl(self.folder, "cms", "-sign", "-md", "sha1", "-nodetach", "-binary", "-in", self.folder / "in", "-signer", self.pem("jane"), "-inkey",
                self.keys / "jane.key", "-outform", "DER", "-out", self.folder / "signed")
        signer = self.layers("--in", "signed")[0]["signers"][0]
        self.assertIn("jane", signer["subject"])
        self.assertEqual(signer["signature"], "rsaEncryption")
        self.assertIn(b"jane", self.smime("verify", "--trust", self.pem("jane"), "--in", "signed", status=1).stdout)


class Messages9788(Smime):
    def test_a_message_is_signed_and_encrypted_at_once(self):
        self.file("mail", b"From: jane@a.example\nTo: bob@a.example\nSubject: secret\n\nHello\n")
        self.smime("encrypt", "--message", "--to", self.pem("bob"), "--sign-key", self.keys / "jane.key", "--sign-cert", self.pem("jane"),
                   "--in", "mail", "--out", "sealed")
        self.assertNotIn(b"secret", (self.folder / "sealed").read_bytes())
        self.smime("decrypt", *self.key("bob"), "--in", "sealed", "--out", "signed")
        inside = self.smime("verify", "--trust", self.pem("jane"), "--in", "signed", "--out", "-").stdout
        self.assertIn(b'hp="cipher"', inside)
        self.assertIn(b"Subject: secret", inside)

    def test_a_signed_message_is_not_encrypted_as_a_message_again(self):
        self.file("mail", b"From: jane@a.example\nSubject: x\n\nHello\n")
        self.smime("sign", "--message", *self.key("jane"), "--in", "mail", "--out", "signed")
        self.smime("encrypt", "--message", "--to", self.pem("bob"), "--in", "signed", status=1)
        self.smime("encrypt", "--sign-key", self.keys / "jane.key", "--to", self.pem("bob"), "--in", "mail", status=2)


class Links(Smime):
    def test_a_link_stays_and_its_file_keeps_its_mode_unless_plaintext_comes_into_it(self):
        self.file("in")
        (self.folder / "there").mkdir()
        target = self.file("there/target", b"older")
        target.chmod(0o644)
        os.symlink("there/target", self.folder / "out")
        self.smime("encrypt", "--to", self.pem("bob"), "--in", "in", "--out", "out")
        self.assertTrue((self.folder / "out").is_symlink())
        self.assertEqual(target.stat().st_mode & 0o777, 0o644)
        self.file("sealed", target.read_bytes())
        self.smime("decrypt", *self.key("bob"), "--in", "sealed", "--out", "out")
        self.assertTrue((self.folder / "out").is_symlink())
        self.assertEqual((target.read_bytes(), target.stat().st_mode & 0o777), (ENTITY, 0o600))


if __name__ == "__main__":
    unittest.main(verbosity=2)
