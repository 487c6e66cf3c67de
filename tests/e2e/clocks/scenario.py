"""Clocks that differ: what was sealed ahead of the receiver's clock waits, says by how much, and is opened when its time comes."""
from pathlib import Path

from harness import mails, smtp
from harness.lab import Skip
from harness.node import is_sanitized
from harness.until import wait_until

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


def clock_of(lab, offset):
    """(file, prefix): a process begun with the prefix reads its wall clock's difference from the file, again and again. The monotonic clock stays."""
    if is_sanitized():
        raise Skip("faketime cannot be loaded before a sanitizer")
    if not FAKETIME:
        raise Skip("libfaketime is not installed")
    file = lab.path("clock")
    file.write_text(offset)
    return file, ["env", f"LD_PRELOAD={FAKETIME}", f"FAKETIME_TIMESTAMP_FILE={file}", "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"]


def case_a_clock_behind_holds_mail_until_it_is_set(lab):
    """b's clock falls five hours behind: alice's mail is held as `future`, b and a say so with the hours, and it is opened by itself once the clock is right."""
    clock, prefix = clock_of(lab, "-2d")
    others, other_prefix = clock_of(lab, "-2d")
    pair = lab.strangers(a_options={"prefix": other_prefix}, b_options={"prefix": prefix})  # with certificates of that day
    for node, file in ((pair.a, others), (pair.b, clock)):
        assert node.stop() == 0
        file.write_text("+0")
        node.start()
    pair.b.accept(pair.a.invite("b.example"))
    pair.a.wait_route("b.example")
    pair.b.wait_route("a.example")
    clock.write_text("-5h")
    smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], mails.plain(1))
    held, = wait_until(lambda: pair.b.quarantine(), 30, lambda: pair.b.log_tail())
    assert held["reason"] == "future" and "5 h 0 min ahead" in held["text"], held
    assert "opens" in pair.b.json("quarantine", "show", held["id"]), held
    assert not pair.at_b.snapshot()
    # Asked again it says the same, and loses nothing.
    pair.b.command("quarantine", "release", held["id"])
    wait_until(lambda: pair.b.quarantine(), 30, lambda: pair.b.log_tail())
    told = "cannot hand on 1 of the mails that were sealed for it; the first: the mail gateway of gate.b.example keeps it until its time comes"
    wait_until(lambda: told in pair.a.log_text(), 30, lambda: f"a is told\n{pair.a.log_tail()}")
    wait_until(lambda: any("5 h 0 min behind" in w for w in pair.a.json("status")["warnings"]), 90, lambda: pair.a.json("status")["warnings"])
    wait_until(lambda: any("5 h 0 min ahead of" in w for w in pair.b.json("status")["warnings"]), 90, lambda: pair.b.json("status")["warnings"])
    clock.write_text("+0")
    pair.at_b.wait_for(1, 60)
    wait_until(lambda: not pair.b.quarantine(), 20, "nothing is held")
    assert b"signed=yes" in pair.at_b.snapshot()[0].raw
