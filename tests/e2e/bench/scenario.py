"""The measurement itself works: tools/bench/tunnel in its quick size. Not a statement about speed."""
import re
import subprocess
from pathlib import Path

from harness.lab import Skip
from harness.node import is_sanitized, program

ROOT = Path(__file__).resolve().parents[3]


def case_it_measures(lab):
    """Every contestant carries every mail, and a node's memory does not grow with the size of messages."""
    if is_sanitized() or not (Path(program()).parents[1] / "bench/culvert-bench-load").exists():
        raise Skip("a sanitizer's program is not measured, or the load source is not built")
    done = subprocess.run([str(ROOT / "tools/bench/tunnel"), "--quick"], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    grown = re.findall(r"^\| (seal|chain) \| (\d+) MB \| (\d+) MB \|", done.stdout, re.M)
    assert len(grown) == 2, done.stdout
    for name, small, large in grown:
        assert int(large) <= int(small) * 1.5 + 10, f"{name}: {small} MB with small messages, {large} MB with large ones"
    lab.note("; ".join(f"{name}: {small} MB with 20 x 5 MB, {large} MB with 20 x 10 MB" for name, small, large in grown))
