"""The data directory in the hands of somebody who can write it and has no key; and the way from a store of version 1 to 2."""
import lzma
import shutil
import tarfile
import time
from pathlib import Path

from harness import mails, smtp
from harness.disk import database, flipped
from harness.lab import Skip
from harness.node import is_sanitized
from harness.until import wait_until

# Its certificates are valid then. Not `faketime` itself, which stands between the node and its signals.
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
THEN = ("env", f"LD_PRELOAD={FAKETIME}", "FAKETIME=@2026-11-30 04:00:00")
OLD = Path(__file__).resolve().parents[2] / "store/data/version-1"


def restart_with(pair, change):
    """Stops a, changes its disk, starts it again."""
    assert pair.a.stop() == 0
    with database(pair.a.data) as disk:
        change(disk)
    pair.a.start()


def expect_held(pair, table):
    """Mail to the peer and to the world waits with a reason; what comes in is taken; check and status name the table."""
    smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], mails.plain(1))
    smtp.send(pair.a.inside, "alice@a.example", ["carol@c.example"], mails.plain(2))
    smtp.send(pair.a.outside, "carol@c.example", ["alice@a.example"], mails.plain(3))
    wait_until(lambda: len(pair.a.queue()) == 2 and all("altered on disk" in i["reason"] for i in pair.a.queue()), 30,
               lambda: f"two mails wait and say why: {pair.a.queue()}")
    assert all(table in item["reason"] for item in pair.a.queue()), pair.a.queue()
    assert pair.at_a.wait_for(1, 20) == 1, pair.a.log_tail()  # inside goes on
    pair.a.command("queue", "retry", "--all")
    time.sleep(2)
    assert not pair.at_b.snapshot() and not pair.world.snapshot()
    assert "altered on disk" in pair.a.log_text()
    checked = pair.a.json("check", status=None)
    assert not checked["valid"] and any(table in f["text"] and "trusted copy" in f["text"] for f in checked["findings"]), checked
    assert table in pair.a.json("status")["store"]["altered"]
    assert table in pair.a.command("status").stdout


def with_table(lab, table, change):
    pair = lab.pair()
    before = {}

    def act(disk):
        before.update(disk.records(table))
        change(disk, dict(before))
    restart_with(pair, act)
    assert pair.a.running()
    expect_held(pair, table)
    # With the right records back, what waited goes, sealed.
    restart_with(pair, lambda disk: disk.replace(table, before))
    pair.a.command("queue", "retry", "--all")
    lab.delivered_whole(pair.at_b, "bob@b.example", mails.plain(1), seconds=60)
    lab.delivered_whole(pair.world, "carol@c.example", mails.plain(2), seconds=60)
    assert b"quick brown fox" not in pair.wires_seen()
    assert pair.a.json("status")["store"]["altered"] == ""


def case_an_altered_peer_holds_mail(lab):
    """Octets changed in a peer's record: serve starts and says so, nothing is sent to others until the record is back."""
    def change(disk, records):
        for key, value in records.items():
            disk.put("peers", key, flipped(value, len(value) // 2))
    with_table(lab, "peers", change)


def case_a_missing_route_holds_mail(lab):
    """The route to a partner taken away: its mail does not go in clear."""
    def change(disk, records):
        for key in records:
            disk.remove("routes", key)
    with_table(lab, "routes", change)


def case_a_forgotten_rule_holds_mail(lab):
    """A rule that made encryption mandatory taken away."""
    def change(disk, records):
        disk.put("rules", b"\0" * 32, b"\0" * 60)
    with_table(lab, "rules", change)


def case_broken_records_of_mail_are_set_aside(lab):
    """A broken record of the queue, of a message and of the quarantine: the rest is delivered, and a person is told of each."""
    pair = lab.pair()
    pair.b.stop()
    for number in range(6):
        smtp.send(pair.a.inside, "alice@a.example", [f"m{number}@b.example"], mails.plain(number))
    wait_until(lambda: len(pair.a.queue()) == 6, 20, "six mails wait")

    def change(disk):
        queue, messages = disk.records("queue"), disk.records("messages")
        first, second = sorted(queue)[:2]
        disk.put("queue", first, flipped(queue[first]))
        disk.put("messages", second[:16], flipped(messages[second[:16]]))
    restart_with(pair, change)
    pair.b.start()
    pair.a.command("queue", "retry", "--all")
    wait_until(lambda: len(pair.at_b.snapshot()) == 4, 90, lambda: f"the others arrive\n{pair.a.log_tail()}")
    held, = wait_until(lambda: [i for i in pair.a.queue() if i["state"] == "held"], 20, "the entry of the broken message is held")
    assert "damaged" in held["reason"], held
    checked = pair.a.json("check")
    told = [f["text"] for f in checked["findings"] if "set aside" in f["text"]]
    assert len(told) == 2 and any(t.startswith("the record queue ") for t in told), checked
    wait_until(lambda: pair.a.json("status")["store"]["set_aside"] == 2, 90, lambda: f"status counts them {pair.a.json('status')}")
    broken = next(t for t in told if t.startswith("the record queue ")).split()[3]
    pair.a.command("queue", "drop", broken)
    pair.a.command("queue", "drop", held["id"])
    wait_until(lambda: not any("set aside" in f["text"] for f in pair.a.json("check")["findings"]), 10, "nothing is left of them")
    assert pair.a.json("status")["store"]["set_aside"] == 0 and not pair.a.queue()


def old_node(lab):
    """A node with the data directory and the key file that the program of version 1 left (tests/store/data/version-1)."""
    if is_sanitized():
        raise Skip("faketime cannot be loaded before a sanitizer")
    if not FAKETIME:
        raise Skip("libfaketime is not installed")
    inside, world = lab.sink(), lab.sink()
    node = lab.node("a.example", prefix=THEN)
    shutil.rmtree(node.data)
    with lzma.open(OLD / "node.tar.xz") as packed, tarfile.open(fileobj=packed) as tar:
        tar.extractall(node.folder / "old")
    shutil.copytree(node.folder / "old/data", node.data)
    key = node.folder / node.key_file
    shutil.copy(node.folder / "old/node.key", key)
    key.chmod(0o600)
    node.set("delivery", inside=f"smtp://{inside.address}", outside=f"smtp://{world.address}")
    return node, inside, world


def case_a_store_of_version_1_is_refused_and_migrated(lab):
    """serve and every other command refuse it and name migrate; migrate finds everything; then what waited is delivered."""
    node, inside, world = old_node(lab)
    node.start(wait=False)
    assert node.process.wait(20) == 1 and "culvert migrate" in node.log_text(), node.log_text()
    node.process = None
    for words in (["status"], ["queue", "list"], ["peer", "list"], ["check"]):
        done = node.command(*words, status=None)
        assert done.returncode != 0 and "culvert migrate" in done.stdout + done.stderr, (words, done.stdout, done.stderr)
    dry = node.json("migrate", "--dry-run")
    assert (dry["from"], dry["to"], dry["left_out"]) == (1, 2, []) and dry["records"] > 20, dry
    assert "culvert migrate" in node.command("status", status=1).stderr
    done = node.json("migrate")
    assert (done["from"], done["to"], done["left_out"]) == (1, 2, []) and done["records"] == dry["records"], done
    assert node.json("migrate")["from"] == 2
    key = node.folder / node.key_file
    assert key.read_text().endswith("\nstore=2\n") and key.stat().st_mode & 0o777 == 0o600
    assert not (node.data / "store.new").exists()
    [peer] = node.json("peer", "list")
    assert peer["domains"] == ["b.example"], peer
    assert node.routes()["b.example"]["state"] == "active"
    assert len(node.quarantine()) >= 1 and node.json("policy", "show")["rules"]
    waiting = node.queue()
    assert any(i["path"] == "clear" for i in waiting) and any(i["path"] == "tunnel" for i in waiting), waiting
    clear = b"".join(p.read_bytes() for p in node.data.rglob("*") if p.is_file())
    for word in (b"canaryperson", b"canaryhost", b"b.example"):
        assert word not in clear.lower(), word
    node.start()
    node.command("queue", "retry", "--all")
    assert world.wait_for(1, 60) >= 1, node.log_tail()
    assert all(b"canarysubject clear" in d.raw for d in world.snapshot() if d.recipients == ["canaryperson@c.example"])
    assert node.stop() == 0


def case_an_old_store_is_never_taken_back(lab):
    """After `culvert migrate` a store of version 1 in its place, altered or not, is refused by every command, migrate too."""
    node, _, _ = old_node(lab)
    old = (node.data / "store/data.mdb").read_bytes()
    node.command("migrate")
    (node.data / "store/data.mdb").write_bytes(old)
    (node.data / "store/lock.mdb").unlink(missing_ok=True)
    node.start(wait=False)
    assert node.process.wait(20) == 1 and "old store was put in its place" in node.log_text(), node.log_text()
    node.process = None
    for words in (["status"], ["migrate"], ["migrate", "--dry-run"], ["queue", "list"], ["check"]):
        done = node.command(*words, status=None)
        assert done.returncode != 0 and "old store was put in its place" in done.stdout + done.stderr, (words, done)
    assert (node.data / "store/data.mdb").read_bytes() == old


def case_migrate_waits_for_the_node_to_stop(lab):
    """Beside a running node it is refused, and the node is not disturbed."""
    pair = lab.strangers()
    done = pair.a.command("migrate", status=1)
    assert "another node runs" in done.stderr, done.stderr
    smtp.send(pair.a.inside, "alice@a.example", ["carol@c.example"], mails.plain(2))
    lab.delivered_whole(pair.world, "carol@c.example", mails.plain(2))
