"""A file system of its own for a data directory: an ext4 image on a loop device that can lose its power."""
import fcntl
import os
import struct
import subprocess
from pathlib import Path

EXT4_IOC_SHUTDOWN = 0x8004587D
WITHOUT_FLUSH = 2  # drops everything that was not synced, as a power cut does


def run(*arguments):
    done = subprocess.run(arguments, capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(f"{' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")
    return done.stdout


class Disk:
    """Mounted at `path`. Meant for a mount namespace of the test's own, with which it ends."""

    def __init__(self, folder, megabytes=512):
        self.image, self.path = Path(folder) / "disk.img", Path(folder) / "disk"
        self.path.mkdir(parents=True)
        with open(self.image, "wb") as f:
            f.truncate(megabytes << 20)
        run("mkfs.ext4", "-q", self.image)
        self.mount()

    def mount(self):
        run("mount", "-o", "loop", self.image, self.path)

    def unmount(self):
        run("umount", self.path)

    def cut_power(self):
        """From now on every write fails, and what was not synced is lost."""
        directory = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(directory, EXT4_IOC_SHUTDOWN, struct.pack("I", WITHOUT_FLUSH))
        finally:
            os.close(directory)

    def power_again(self):
        """Replays the journal, checks the file system, and mounts it."""
        self.unmount()
        self.mount()
        self.unmount()
        run("e2fsck", "-fn", self.image)
        self.mount()
