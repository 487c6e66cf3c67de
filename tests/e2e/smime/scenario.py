"""S/MIME of messages larger than memory, through pipes: made on the fly, sealed, opened, compared, never stored whole by the test."""
import hashlib
import os
import re
import subprocess
import threading
import time
from pathlib import Path

from harness.node import is_sanitized, program

LIMIT_MB = 32  # of memory for each program, whatever the size
LINE = bytes(range(33, 109)) + b"\r\n"
BLOCK = LINE * 1024


def identity(lab, name):
    """A key and its certificate, issued by itself: (certificate, key)."""
    certificate, key = lab.folder / f"{name}.pem", lab.folder / f"{name}.key"
    if not certificate.exists():
        subprocess.run([lab.need("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                        "-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:false", "-addext", f"subjectAltName=email:{name}@a.example",
                        "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    return str(certificate), str(key)


class Pipeline:
    """Programs of which each reads what the one before it writes; the memory of each at its largest."""

    def __init__(self, lab, steps):
        self.lab, self.names, self.processes = lab, [step[1] for step in steps], []
        before = subprocess.PIPE
        for step in steps:
            process = subprocess.Popen([program(), *step], stdin=before, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       env={**os.environ, "TMPDIR": str(lab.folder)})
            if self.processes:
                before.close()
            before = process.stdout
            self.processes.append(process)

    def run(self, megabytes):
        """Sends an entity of that size through; (digest in, digest out, {program: peak memory in MB})."""
        sent, got = hashlib.sha256(), hashlib.sha256()
        peaks = {name: 0 for name in self.names}
        helpers = [threading.Thread(target=self.feed, args=(megabytes * 1_000_000, sent)), threading.Thread(target=self.watch, args=(peaks,))]
        for helper in helpers:
            helper.start()
        while piece := self.processes[-1].stdout.read(1 << 20):
            got.update(piece)
        for name, process in zip(self.names, self.processes):
            errors = process.stderr.read().decode()
            assert process.wait() == 0, f"{name} ended with {process.returncode}: {errors}"
        for helper in helpers:
            helper.join()
        return sent.hexdigest(), got.hexdigest(), peaks

    def watch(self, peaks):
        """The kernel's high-water mark of each program's resident memory, until all have ended. (wait4 would tell that of this test if
        it is larger, because the mark of a process survives exec.)"""
        while any(process.poll() is None for process in self.processes):
            for name, process in zip(self.names, self.processes):
                peaks[name] = max(peaks[name], resident_peak_mb(process.pid))
            time.sleep(0.01)

    def feed(self, octets, digest):
        with self.processes[0].stdin as into:
            head = b"Content-Type: text/plain\r\n\r\n"
            digest.update(head)
            into.write(head)
            while octets > 0:
                block = BLOCK[:octets]
                digest.update(block)
                into.write(block)
                octets -= len(block)


def resident_peak_mb(pid):
    try:
        mark = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0
    return -(-int(mark[1]) // 1024) if mark else 0  # an ended program has none


def round_trip(lab, megabytes, *cipher):
    """sign | encrypt | decrypt | verify, each a program of its own; returns the peak memory of each."""
    certificate, key = identity(lab, "jane")
    steps = [("smime", "sign", "--opaque", "--cert", certificate, "--key", key),
             ("smime", "encrypt", "--to", certificate, *cipher),
             ("smime", "decrypt", "--key", key, "--cert", certificate),
             ("smime", "verify", "--trust", certificate, "--out", "-")]
    sent, got, peaks = Pipeline(lab, steps).run(megabytes)
    assert sent == got, "what came out is not what went in"
    if not is_sanitized():
        assert min(peaks.values()) > 0, f"not measured: {peaks}"
        assert max(peaks.values()) <= LIMIT_MB, f"{megabytes} MB took {peaks} MB of memory"
    return peaks


def left_behind(lab):
    return [p.name for p in Path(lab.folder).iterdir() if p.suffix not in (".pem", ".key")]


def check_sizes(lab, sizes, *cipher):
    for megabytes in sizes:
        peaks = round_trip(lab, megabytes, *cipher)
        lab.note(f"{megabytes} MB: " + ", ".join(f"{name} {peak} MB" for name, peak in peaks.items()))
    assert not left_behind(lab), f"spool files were left: {left_behind(lab)}"


def case_large_messages_through_pipes(lab):
    """sign | encrypt | decrypt | verify of 500 MB and 4 GB (quick: 20 and 100 MB) in no more than 32 MiB each; nothing is left behind."""
    check_sizes(lab, (500, 4000) if lab.full else (20, 100))


def case_large_messages_without_authentication(lab):
    """The same with AES-256-CBC, which must be decrypted to its end before anything is released."""
    check_sizes(lab, (500,) if lab.full else (20,), "--cipher", "aes256-cbc")


def case_a_spool_is_encrypted(lab):
    """While a pipe is opened, no file in the folder for temporary files holds what the message holds, sealed or in clear."""
    certificate, key = identity(lab, "jane")
    sealing = subprocess.run([program(), "smime", "encrypt", "--to", certificate], input=b"Content-Type: text/plain\r\n\r\n" + BLOCK * 40,
                             capture_output=True, check=True)
    opening = subprocess.Popen([program(), "smime", "decrypt", "--key", key, "--cert", certificate], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, env={**os.environ, "TMPDIR": str(lab.folder)})
    lab.at_end(opening.wait)
    opening.stdin.write(sealing.stdout[:2_000_000])
    opening.stdin.flush()
    spools = spool_files(opening.pid)
    assert spools, "nothing was spooled: this test looks in the wrong place"
    for octets in spools:
        assert sealing.stdout[1000:1060] not in octets and LINE not in octets, "the spool is not encrypted"
    opening.stdin.write(sealing.stdout[2_000_000:])
    opening.stdin.close()
    opened = opening.stdout.read()
    assert opened.endswith(BLOCK * 40) and not left_behind(lab)


def spool_files(pid):
    """What the open files of a process in the folder for temporary files hold, removed or not."""
    from harness.until import wait_until

    def find():
        found = []
        for link in Path(f"/proc/{pid}/fd").iterdir():
            if "(deleted)" in os.readlink(link) or "culvert-" in os.readlink(link):
                found.append(link.read_bytes())
        return [octets for octets in found if len(octets) > 100_000]
    return wait_until(find, 10, "a spool file")
