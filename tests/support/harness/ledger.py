"""The ledger of every fault test: what was sent, what was acknowledged, what arrived, and the promises I1 to I6 over both.

    I1 acknowledged => delivered, or a DSN, or still queued
    I2 never acknowledged => delivered zero or one time, never partly
    I3 delivered bytes = sent bytes
    I4 duplicates between nodes = 0, elsewhere only where the cut fell between the next hop's 250 and our commit
    I5 each message's canary is found nowhere between the nodes, in data directories or in logs
    I6 nothing clear went to a mandatory domain
"""
import hashlib
import json
import os
import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Entry:
    id: str
    sha256: str
    recipients: list
    canary: str = ""
    acknowledged: bool = False


class Ledger:
    """Written by the load clients before and after each message; a line is on disk before the call returns."""

    def __init__(self, path):
        self._file = open(path, "a", encoding="utf-8")
        self._lock = threading.Lock()
        self.entries = {}

    def close(self):
        self._file.close()

    def _write(self, record):
        self._file.write(json.dumps(record) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def sent(self, id, raw, recipients, canary=""):
        entry = Entry(id, hashlib.sha256(raw).hexdigest(), list(recipients), canary)
        with self._lock:
            self._write(dict(id=id, sha256=entry.sha256, recipients=entry.recipients, state="sent"))
            self.entries[id] = entry

    def acknowledged(self, id):
        with self._lock:
            self._write(dict(id=id, state="acknowledged"))
            self.entries[id].acknowledged = True


@dataclass
class Arrival:
    """One recipient's copy at a sink: `id` from its envelope, `sha256` of the original below the added fields."""
    id: str
    recipient: str
    sha256: str


@dataclass
class Findings:
    faults: list = field(default_factory=list)
    messages: int = 0
    acknowledged: int = 0
    delivered: int = 0
    duplicates: int = 0

    def bound(self):
        """No failure in N: the true rate is below 3/N at 95 % (the rule of three)."""
        return f"below {3 / self.acknowledged:.2g} at 95 %" if self.acknowledged and not self.faults else "none"

    def __str__(self):
        text = (f"{self.messages} sent, {self.acknowledged} acknowledged, {self.delivered} arrived, {self.duplicates} duplicates; "
                f"loss {self.bound()}")
        return text + "".join("\n  " + f for f in self.faults[:20])


def check(entries, arrivals, still_known=(), between_nodes=True, haystacks=(), clear_to_mandatory=()):
    """The promises over a run that came to rest. `still_known`: ids that are queued or came back as a DSN. `haystacks`: (name, bytes)
    in which no canary may be. `clear_to_mandatory`: what went in clear where it must not, as text."""
    findings = Findings(messages=len(entries))
    seen = Counter((a.id, a.recipient) for a in arrivals)
    for entry in entries.values():
        findings.acknowledged += entry.acknowledged
        for recipient in entry.recipients:
            count = seen.pop((entry.id, recipient), 0)
            findings.delivered += bool(count)
            findings.duplicates += max(0, count - 1)
            if entry.acknowledged and not count and entry.id not in still_known:
                findings.faults.append(f"I1: {entry.id} for {recipient} was acknowledged and is lost")
            if count > 1 and between_nodes:
                findings.faults.append(f"I4: {entry.id} for {recipient} arrived {count} times")
    for (id, recipient), count in seen.items():
        findings.faults.append(f"I2: {id} for {recipient} arrived {count} times and was never sent to this recipient")
    for arrival in arrivals:
        entry = entries.get(arrival.id)
        if entry and arrival.sha256 != entry.sha256:
            findings.faults.append(f"I3: {arrival.id} for {arrival.recipient} arrived with other bytes")
    canaries = {e.canary.encode(): e.id for e in entries.values() if e.canary}
    for name, hay in haystacks:
        findings.faults += [f"I5: the canary of {canaries[c]} stands in {name}" for c in canaries_in(hay, canaries)]
    findings.faults += [f"I6: {text}" for text in clear_to_mandatory]
    return findings


def canaries_in(hay, canaries):
    """Those of `canaries` (all of one length, all starting with "canary") that stand in the bytes."""
    found, at, length = set(), 0, len(next(iter(canaries), b""))
    while length and (at := hay.find(b"canary", at)) >= 0:
        if hay[at:at + length] in canaries:
            found.add(hay[at:at + length])
        at += 6
    return found
