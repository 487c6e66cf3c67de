"""What a node's memory holds is nobody else's to read."""
import os
import re
import signal
from pathlib import Path


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
