"""`culvert demo`: shows the tunnel at work, checks what it claims, and fails loudly when a claim is broken."""
import os
import subprocess
import time
from pathlib import Path

from harness.lab import Skip
from harness.node import is_sanitized, program

HERE = Path(__file__).resolve().parent


def demo(lab, *options, **environment):
    folder = lab.path("demo")
    start = time.monotonic()
    done = subprocess.run([program(), "demo", "--dir", str(folder), *options], capture_output=True, text=True, timeout=180,
                          stdin=subprocess.DEVNULL, cwd=lab.folder, env={**os.environ, **environment})
    return done, time.monotonic() - start, folder


def saboteur(lab):
    if is_sanitized():
        raise Skip("a sanitizer's program does not take another preloaded library")
    library = lab.path("saboteur.so")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(HERE / "saboteur.c"), "-ldl"], check=True)
    return str(library)


def case_it_shows_and_checks(lab):
    """It ends with 0 in less than 30 seconds and leaves the captured mails."""
    done, seconds, folder = demo(lab)
    assert done.returncode == 0, done.stdout + done.stderr
    assert seconds < 30 or is_sanitized(), f"{seconds:.1f} s"
    assert any(p.is_file() for p in folder.rglob("*")), "nothing was left in --dir"
    text = done.stdout + done.stderr
    assert "a.example" in text and "b.example" in text
    lab.note(f"{seconds:.1f} s, {len(text.splitlines())} lines")


def case_again_in_the_same_folder(lab):
    """A second run in the same folder works as the first."""
    assert demo(lab)[0].returncode == 0
    lab._count -= 1
    done, _, _ = demo(lab)
    assert done.returncode == 0, done.stdout + done.stderr


def case_a_changed_byte_is_noticed(lab):
    """One letter changed on the last hop: the byte comparison fails, and so does the demo."""
    done, _, _ = demo(lab, LD_PRELOAD=saboteur(lab), SABOTAGE="bytes")
    assert done.returncode == 1 and "BROKEN" in done.stdout, f"status {done.returncode}\n{done.stdout}{done.stderr}"
    done, _, _ = demo(lab, LD_PRELOAD=saboteur(lab), SABOTAGE="none")
    assert done.returncode == 0, "the preloaded library alone breaks it: " + done.stdout + done.stderr


def case_clear_text_between_the_nodes_is_noticed(lab):
    """Clear text put on the wire between the nodes: the search finds it, and the demo fails."""
    done, _, _ = demo(lab, LD_PRELOAD=saboteur(lab), SABOTAGE="clear")
    assert done.returncode == 1 and "BROKEN" in done.stdout, f"status {done.returncode}\n{done.stdout}{done.stderr}"
