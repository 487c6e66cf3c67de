"""A disk that is full to the last octet: the node says so, takes nothing more, starts all the same, and the mail that fills the disk leaves."""
import os
import subprocess

from harness import mails, smtp
from harness.lab import Skip
from harness.until import wait_until

SIZE_MB = 160


def small_disk(lab):
    """A folder on a file system of its own."""
    if os.geteuid() != 0:
        raise Skip("mounting needs root")
    folder = lab.path("disk")
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=755", "culvert-test", str(folder)], capture_output=True, text=True)
    if mounted.returncode != 0:
        raise Skip(f"no file system can be mounted here: {mounted.stderr}")
    lab.at_end(lambda: subprocess.run(["umount", "-l", str(folder)], check=False))
    return folder


def fill(folder):
    """Takes what is left."""
    with open(folder / "filler", "wb", buffering=0) as filler:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    filler.write(b"x" * size)
            except OSError:
                pass


def case_a_node_on_a_full_disk_delivers_what_fills_it(lab):
    """452 with the cause, 'no space left' in status' and serve's words, no mail lost; it starts with not one octet free."""
    disk = small_disk(lab)
    busy = {"on": True}
    world = lab.sink(reply=lambda stage, argument: "451 4.3.0 later" if busy["on"] and stage == "rcpt" else None)
    inside = lab.sink()
    node = lab.node("a.example", data=disk / "data")
    node.set("delivery", inside=f"smtp://{inside.address}", outside=f"smtp://{world.address}")
    node.start()
    taken, refused = 0, ""
    for number in range(400):
        try:
            smtp.send(node.inside, "alice@a.example", ["carol@c.example"], mails.plain(number, recipient="carol@c.example", size=600_000))
            taken += 1
        except smtp.Refused as answer:
            refused = answer.reply
            break
    assert taken > 20 and refused.startswith("452 4.3.1") and "is full" in refused, (taken, refused)
    wait_until(lambda: "no space left" in node.log_text(), 10, "the log names the cause")
    assert node.stop() == 0
    fill(disk)
    busy["on"] = False
    node.start()
    node.command("queue", "retry", "--all", status=None)
    wait_until(lambda: len({d.raw for d in world.snapshot()}) == taken, 120, lambda: f"{len(world.snapshot())} of {taken}\n{node.log_tail()}")
    wait_until(lambda: not node.queue(), 60, "the queue is empty")
    (disk / "filler").unlink()
    smtp.send(node.inside, "alice@a.example", ["carol@c.example"], mails.plain(1000, recipient="carol@c.example"))
    assert node.stop() == 0
    text = node.log_text().lower()
    assert "input/output error" not in text, node.log_tail(60)


def case_init_on_a_full_disk_says_so(lab):
    """The cause and the place; nothing half-made stands in the way of the next try."""
    disk = small_disk(lab)
    fill(disk)
    node = lab.node("b.example")
    command = [node.program or __import__("harness.node", fromlist=["program"]).program(), "--config", str(disk / "culvert.toml"), "init", "--domain",
               "c.example", "--data-dir", str(disk / "data")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1 and "no space left" in done.stderr.lower(), done
    (disk / "filler").unlink()
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done
