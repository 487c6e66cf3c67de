"""A clock, wall and steady, that a case moves on for running programs."""
import mmap
import struct
import subprocess
from pathlib import Path

from .lab import Skip
from .node import is_sanitized

SOURCE = Path(__file__).resolve().parents[1] / "shifted_clock.c"
DAY = 86400


class Calendar:
    """`prefix` before a command lets it and what it starts read this clock."""

    def __init__(self, lab):
        if is_sanitized():
            raise Skip("no library can be loaded before a sanitizer")
        library, file = lab.path("shifted_clock.so"), lab.path("shift")
        subprocess.run([lab.need("cc"), "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"], check=True)
        file.write_bytes(bytes(8))
        with open(file, "r+b") as opened:
            self._shift = mmap.mmap(opened.fileno(), 8)
        self.day = 0
        self.prefix = ["env", f"LD_PRELOAD={library}", f"CULVERT_SHIFT={file}"]

    def advance(self, days=1):
        self.day += days
        self._shift[:] = struct.pack("q", round(self.day * DAY))
