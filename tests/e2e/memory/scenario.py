"""What a node's memory holds is nobody else's to read, and of mail that is gone nothing is left."""
import os
import re
import signal
import time
from pathlib import Path

from harness import mails, smtp
from harness.until import wait_until


def searched(pid, needle):
    """How often `needle` lies in the writable memory of a process, and how many octets were searched."""
    found = total = 0
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) (rw)\S+ \S+ \S+ \d+\s*(.*)", line)
            if not match or match.group(4).startswith("/"):
                continue
            begin, end = int(match.group(1), 16), int(match.group(2), 16)
            memory.seek(begin)
            while begin < end:
                try:
                    piece = memory.read(min(end - begin, 1 << 24))
                except OSError:
                    break
                if not piece:
                    break
                found, total, begin = found + piece.count(needle), total + len(piece), begin + len(piece)
    return found, total


def case_no_core_and_no_other_process_looks_in(lab):
    """A core of a node that crashes would hold its keys: no file is written, whatever the limit of its parent; and ptrace is not for its user."""
    node = lab.node("a.example")
    node.start()
    limits = Path(f"/proc/{node.process.pid}/limits").read_text()
    assert re.search(r"Max core file size\s+0\s+0\s", limits), limits
    node.process.send_signal(signal.SIGSEGV)
    _, status = os.waitpid(node.process.pid, 0)
    node.process.returncode = 0  # it is gone; the lab need not end it
    assert os.WIFSIGNALED(status) and not os.WCOREDUMP(status), status


def case_mail_that_is_gone_is_not_in_memory(lab):
    """After delivery no line of an ordinary mail's text lies in the memory of either node; how much of a large one does, is told."""
    pair = lab.pair(strip_starttls=False)
    canaries = []
    for number, size in enumerate((200, 2_000, 5_000, 12_000, 1_500_000)):
        canary = b"canary%02d-%s" % (number, os.urandom(12).hex().encode())
        canaries.append(canary)
        body = b"".join(canary + b" line %06d\r\n" % n for n in range(max(1, size // 50)))
        raw = b"From: alice@a.example\r\nTo: bob@b.example\r\nSubject: size %d\r\nMessage-ID: <%d@a.example>\r\n\r\n" % (size, number) + body
        smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], raw)
    wait_until(lambda: len(pair.at_b.to("bob@b.example")) == len(canaries), 60, "the mails at b")

    def copies():
        return {node.name: [searched(node.process.pid, c)[0] for c in canaries] for node in (pair.a, pair.b)}
    left = copies()
    for _ in range(20):  # what is in hand in this moment is let go in the next
        if not any(sum(counts[:-1]) for counts in left.values()):
            break
        time.sleep(0.25)
        left = copies()
    lab.note(f"lines left in memory, by mail: {left}")
    assert not any(sum(counts[:-1]) for counts in left.values()), left
