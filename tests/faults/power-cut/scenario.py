"""Power cuts under load: what was acknowledged is there afterwards, and a disk that lies about syncing is found out."""
import random
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from harness import ledger  # noqa: E402
from harness.lab import Skip  # noqa: E402
from harness.load import Load, arrivals_at, still_queued  # noqa: E402
from harness.node import is_sanitized  # noqa: E402

FILE = Path(__file__).resolve()


def pair_on_disk(lab, prefix=()):
    """A pair whose node a has its data directory on a Disk."""
    from disk import Disk
    folder = lab.path("power")
    disk = Disk(folder)
    pair = lab.pair(a_options={"data": disk.path / "data", "prefix": prefix})
    return disk, pair


def cuts(lab, disk, pair, count):
    """Cuts the power of node a `count` times under load; returns the ledger's findings, and whether a always came back and all came
    to rest."""
    source = random.Random(count)
    load = Load(pair, lab.folder / "ledger", sizes=(500, 5_000)).start()
    came_back = True
    for _ in range(count):
        time.sleep(source.uniform(0.05, 0.6))
        disk.cut_power()
        pair.a.kill()
        disk.power_again()
        try:
            pair.a.start()
        except AssertionError:
            came_back = False
            break
    time.sleep(0.3 if came_back else 0)
    load.stop()
    known = set()
    if came_back:
        pair.a.command("queue", "retry", "--all", status=None)
        came_back = load.come_to_rest(seconds=60)
        known = still_queued(pair)
    findings = ledger.check(load.book.entries, arrivals_at(pair.at_b), between_nodes=True, still_known=known)
    lab.note(f"{count} power cuts: {str(findings).splitlines()[0]}, {len(findings.faults)} faults"
             + ("" if came_back else "; the node did not come back, or did not come to rest"))
    return findings, came_back


def power_cuts(lab):
    disk, pair = pair_on_disk(lab)
    findings, came_back = cuts(lab, disk, pair, 200 if lab.full else 20)
    assert not findings.faults, findings
    assert came_back and findings.acknowledged >= 50, findings


def power_cuts_of_a_careless_disk(lab):
    library = lab.path("careless.so")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(FILE.with_name("careless.c")), "-ldl"], check=True)
    disk, pair = pair_on_disk(lab, prefix=["env", f"LD_PRELOAD={library}"])
    findings, came_back = cuts(lab, disk, pair, 5)
    assert findings.faults or not came_back, "nothing was synced and nothing was lost: the harness is broken"
    lab.nodes.remove(pair.a)  # its end is not of interest
    pair.a.kill()


def case_what_was_acknowledged_survives(lab):
    """20 power cuts (full: 200) of the sealing node's disk under four clients: I1 to I4 hold, the file system is clean."""
    lab.in_namespace(FILE, "power_cuts", kinds=("--mount",))


def case_control_a_lying_disk_is_found_out(lab):
    """The same with a disk that never syncs must report loss, or this test shows nothing."""
    if is_sanitized():
        raise Skip("a sanitizer's program does not take another preloaded library")
    lab.in_namespace(FILE, "power_cuts_of_a_careless_disk", kinds=("--mount",))
